"use strict";
// A copy button for every snippet. Without JavaScript there is none, and the text can be selected as ever.
for (const figure of document.querySelectorAll(".snippet")) {
  const button = document.createElement("button");
  const code = figure.querySelector("code");
  button.type = "button";
  button.className = "copy";
  button.textContent = "Copy";
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code.textContent);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(code);
      button.textContent = "Selected";
    }
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  });
  figure.querySelector("figcaption").append(button);
}
