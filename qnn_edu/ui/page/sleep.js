// An explorer or a quiz whose kernel is gone. JupyterLab would strew it with red icons, let its
// sliders move, and leave it out of the notebook that it saves next, so that the notebook opened
// again would say "Error displaying widget" in its place. Here it sleeps, and stays as it was.

const ASLEEP = "Asleep: its kernel has ended. Run the cells above, then this one, to wake it.";
const GONE = ["restarting", "autorestarting", "terminating", "dead"];
const NOBODY = { send: () => "", close: () => "" }; // at the other end of a comm
const left = new WeakSet(); // boxes that no cell shows any more

// Nothing in hosts other than Jupyter.
const boxOf = async (model) => model.widget_manager?.get_model?.(model.get("box"));

// A widget with all that it is made of: parts, layouts, styles.
function family(model, found = new Set()) {
  found.add(model);
  for (const part of Object.values(model.attributes).flat()) {
    if (part?.comm_live !== undefined && !found.has(part)) family(part, found);
  }
  return found;
}

// JupyterLab saves with a notebook those widgets that it believes a kernel answers for.
const save = (box, saved) => family(box).forEach((each) => { each.comm_live = saved; });

// Whether the notebook shows the box: its cell may have been run again since.
function isShown(model) {
  const { context } = model.widget_manager; // JupyterLab's alone
  if (!context || context.isDisposed) return false;
  return JSON.stringify(context.model.toJSON().cells).includes(model.get("box"));
}

// Falls asleep when the kernel goes, and now if it went before the notebook was opened.
async function watchKernel(model) {
  const box = await boxOf(model);
  if (!box) return undefined;
  const settle = () => {
    family(box).forEach((each) => { each.comm = NOBODY; });
    if (isShown(model)) save(box, true);
  };
  const sleep = () => {
    if (model.get("asleep") && box.comm === NOBODY) return;
    model.set("asleep", true);
    setTimeout(settle); // once JupyterLab has told all of the family
  };
  const onComm = () => box.comm_live || left.has(box) || sleep();
  const onStatus = (_, status) => GONE.includes(status) && sleep();
  const { kernel } = model.widget_manager; // JupyterLab's alone
  onComm();
  box.on("comm_live_update", onComm);
  kernel?.statusChanged.connect(onStatus);
  kernel?.disposed.connect(sleep);
  return () => {
    box.off("comm_live_update", onComm);
    kernel?.statusChanged.disconnect(onStatus);
    kernel?.disposed.disconnect(sleep);
  };
}

// What no cell shows is not worth its place in the notebook: its cell was run again, or deleted.
async function leave(model) {
  const box = await boxOf(model);
  if (!box || isShown(model)) return;
  left.add(box);
  save(box, false);
}

async function comeBack(model) {
  const box = await boxOf(model);
  if (box && left.delete(box)) save(box, true);
}

// Neither the mouse nor the keyboard reaches a control that nobody answers.
const CONTROLS = ".widget-hslider, .widget-checkbox, .widget-toggle-buttons, .widget-button";
const putToBed = (root) => all(root, CONTROLS).forEach((control) => { control.inert = true; });
