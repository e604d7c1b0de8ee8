"""How long a reader waits for a picture: times taken in the page, one frame (17 ms) fine."""

from __future__ import annotations

import time

from tools.browser import controls
from tools.browser.lab import IDLE

# What is seen of a root: the address of a loaded image, the source of a drawing, or a word.
SEEN = """const seen = root => {
  const picture = root.querySelector('img, svg');
  if (!picture) return root.querySelector('.widget-html')?.textContent ?? '';
  if (picture.tagName !== 'IMG') return picture.outerHTML;
  return picture.complete && picture.naturalWidth ? picture.src : '';
};"""
STEP = f"""css => {{ {SEEN}
  const root = document.querySelector(css), old = seen(root);
  let start = null;
  const mark = () => {{ start ??= performance.now(); }};
  document.addEventListener('keydown', mark, {{capture: true, once: true}});
  window.stepped = new Promise(done => {{
    const look = () => {{
      const now = start === null ? old : seen(root);
      if (now && now !== old) done(performance.now() - start);
      else requestAnimationFrame(look);
    }};
    requestAnimationFrame(look);
  }});
}}"""
WATCH = f"""css => {{ {SEEN}
  const root = document.querySelector(css);
  let old = seen(root);
  window.released = null;
  window.changed = performance.now();
  document.addEventListener('pointerup', () => {{ window.released = performance.now(); }},
    {{capture: true, once: true}});
  const look = () => {{
    const now = seen(root);
    if (now && now !== old) [old, window.changed] = [now, performance.now()];
    requestAnimationFrame(look);
  }};
  requestAnimationFrame(look);
}}"""
AT_REST = """window.released && performance.now() - Math.max(changed, released) > 1000 &&
  jupyterapp.shell.currentWidget.sessionContext.session.kernel.status === 'idle'"""


def step(page, css: str, handle, key: str) -> float:
    """Press a key on a control; ms until the picture (or the word) in `css` has changed."""
    handle.focus()
    page.wait_for_function(IDLE)  # it may still be busy with what another step left behind
    page.evaluate(STEP, css)
    page.keyboard.press(key)
    return page.evaluate("window.stepped")


def backlog(page, root, control, seconds: float = 2) -> float:
    """Drag a slider there and back; ms from its release to the last picture (0: before it)."""
    page.evaluate(WATCH, ".qnn-edu")
    end = time.monotonic() + seconds
    with controls.held(root, control) as move:
        while (left := end - time.monotonic()) > 0:
            move(abs(2 * left / seconds - 1))
    page.wait_for_function(AT_REST, timeout=60_000)
    return max(0.0, page.evaluate("changed - released"))
