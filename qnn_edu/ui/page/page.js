// What runs in every explorer and quiz, for all that stands in `.qnn-edu`: `names.js`, `sleep.js`
// and `work.js` come before this in one script.

const initialize = ({ model }) => watchKernel(model);

function render({ model, el }) {
  el.classList.add("qnn-sign");
  set(el, "role", "status");
  let frame;
  let unwatch = () => {};
  let observer;
  const start = () => {
    const root = el.closest(".qnn-edu");
    if (!root) {
      frame = requestAnimationFrame(start); // ipywidgets puts it there when all parts are made
      return;
    }
    const say = (words) => {
      const asleep = model.get("asleep");
      root.classList.toggle("qnn-asleep", asleep);
      if (asleep) putToBed(root);
      el.style.top = `${root.querySelector(".qnn-picture")?.offsetTop ?? 0}px`;
      el.textContent = asleep ? ASLEEP : words;
    };
    const update = () => nameAll(root, model.get("about"));
    observer = new MutationObserver(update);
    const attributeFilter = ["class", "aria-valuenow", "src"];
    observer.observe(root, { subtree: true, childList: true, attributes: true, attributeFilter });
    update();
    say("");
    model.on("change:asleep", () => say(""));
    unwatch = watchWork(model, say);
  };
  start();
  comeBack(model);
  return () => {
    cancelAnimationFrame(frame);
    observer?.disconnect();
    unwatch();
    leave(model);
  };
}

export default { initialize, render };
