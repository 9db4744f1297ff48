// Shortcuts, and names for what Gradio leaves without one.
(() => {
  const names = {prefix: "Code before the cursor", suffix: "Code after the cursor", edited: "Candidate, as you would have it"};
  const isShown = (element) => element && element.offsetParent !== null;
  const press = (selector) => {
    const button = [...document.querySelectorAll(selector)].find(isShown);
    if (button) button.click();
    return Boolean(button);
  };
  const card = () => document.activeElement?.closest(".candidate") ?? [...document.querySelectorAll(".candidate")].find(isShown);
  const act = (word) => {
    const found = card();
    return found ? press(`#${found.id} .${word}`) : false;
  };
  const actions = {KeyA: "accept", KeyE: "edit", KeyR: "reject"};

  // In the capture phase: the editor has keys of its own.
  document.addEventListener("keydown", (event) => {
    let done = false;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) done = press("#keep-edit") || press("#complete");
    else if (event.altKey && !event.ctrlKey && !event.metaKey && actions[event.code]) done = act(actions[event.code]);
    if (done) {
      event.preventDefault();
      event.stopPropagation();
    }
  }, true);

  const label = () => {
    for (const content of document.querySelectorAll(".cm-content")) {
      const box = content.closest("#prefix, #suffix, #edited, .candidate, #api-code");
      const name = box && (names[box.id] ?? (box.id === "api-code" ? "Example of the API" : box.querySelector("h3")?.textContent));
      if (name && content.getAttribute("aria-label") !== name) content.setAttribute("aria-label", name);
    }
    const status = document.querySelector("#status");
    if (status) status.setAttribute("aria-live", "polite");
  };
  const watch = () => new MutationObserver(label).observe(document.body, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["aria-label"],
  });
  if (document.body) watch();
  else addEventListener("DOMContentLoaded", watch);

  // The end of an editor, where one goes on typing, once the page shows it.
  window.seedbed = {
    focus: (id) => requestAnimationFrame(() => {
      const content = document.querySelector(`#${id} .cm-content`);
      if (!content) return;
      content.focus();
      getSelection().selectAllChildren(content);
      getSelection().collapseToEnd();
    }),
  };
})();
