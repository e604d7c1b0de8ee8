// An explorer that has not answered for a while says that it is computing, until it has.

const COMPUTING = "computing \u2026";
const PATIENCE = 200; // ms; most answer within 40

// Follows the messages that the controls send, each until the kernel is done with it.
function watchWork(model, say) {
  const kernel = model.widget_manager?.kernel; // of JupyterLab alone
  const controls = new Set(model.get("controls"));
  const asked = new Set();
  let timer;
  const wait = () => { timer = setTimeout(say, PATIENCE, COMPUTING); };
  const isDone = (msg) => msg.header.msg_type === "status"
    && msg.content.execution_state === "idle" && asked.delete(msg.parent_header.msg_id);
  const follow = (_, { msg, direction }) => {
    if (direction === "send" && controls.has(msg.content.comm_id)) {
      if (asked.size === 0) wait();
      asked.add(msg.header.msg_id);
    } else if (direction === "recv" && isDone(msg)) {
      clearTimeout(timer);
      say("");
      if (asked.size > 0) wait(); // another control's
    }
  };
  kernel?.anyMessage.connect(follow);
  return () => {
    clearTimeout(timer);
    kernel?.anyMessage.disconnect(follow);
  };
}
