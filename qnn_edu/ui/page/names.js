// What ipywidgets leaves unsaid on a page: names of sliders and pictures, values as they are read,
// which button is pressed.

const all = (root, css) => [...root.querySelectorAll(css)];

// Only what differs, since a change of an attribute calls the observer below again.
const set = (node, name, value) => {
  if (value !== undefined && node.getAttribute(name) !== value) node.setAttribute(name, value);
};

const labelOf = (control) => control.querySelector(".widget-label").textContent;

function nameSlider(slider) {
  const label = labelOf(slider);
  const readout = slider.querySelector(".widget-readout");
  const handles = all(slider, ".noUi-handle");
  const values = handles.length > 1 ? readout.textContent.split(" – ") : [readout.textContent];
  handles.forEach((handle, k) => {
    const end = handles.length > 1 ? `, ${["lower", "upper"][k]} end` : "";
    set(handle, "aria-label", label + end);
    // Of its own it would say the exponent, the number of the option, or 2.5000000000000018.
    set(handle, "aria-valuetext", values[k]);
  });
  if (!readout.isContentEditable) return;
  set(readout, "role", "textbox");
  set(readout, "aria-label", `${label}, to type`);
}

function nameButtons(group, question) {
  set(group, "role", "group");
  set(group, "aria-label", labelOf(group).trim() || question);
  for (const button of all(group, "button")) {
    set(button, "aria-pressed", String(button.classList.contains("mod-active")));
  }
}

function nameAll(root, about) {
  all(root, ".widget-hslider").forEach(nameSlider);
  all(root, ".widget-toggle-buttons").forEach((group) => nameButtons(group, about));
  all(root, "img.widget-image").forEach((image) => set(image, "alt", about));
  for (const svg of all(root, "svg:not([aria-labelledby])")) {
    set(svg, "role", "img");
    set(svg, "aria-label", about);
  }
}
