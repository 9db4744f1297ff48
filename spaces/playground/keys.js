// Keyboard shortcuts, and accessible names that Gradio does not set.
(() => {
  const names = {prefix: "Code before the cursor", suffix: "Code after the cursor", edited: "Edited candidate"};
  const isShown = (element) => element && element.offsetParent !== null;
  const press = (selector) => {
    const button = [...document.querySelectorAll(selector)].find(isShown);
    if (button) button.click();
    return Boolean(button);
  };
  const card = () => document.activeElement?.closest(".candidate") ?? [...document.querySelectorAll(".candidate")].find(isShown);
  const act = (word) => {
    const target = card();
    return target ? press(`#${target.id} .${word}`) : false;
  };
  const actions = {KeyA: "accept", KeyE: "edit", KeyR: "reject"};

  // In the capture phase, before the editor handles its own keys.
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

  // Put the cursor at the end of an editor, once the page shows it.
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
