"""An explorer that works longer than a moment says so, and only then."""

from __future__ import annotations

from tools.browser import controls

MAKE = "from qnn_edu.ui import explorers\ne = explorers.affine()\n"
SLOW = """import time
usual = e._compute
def slow(**values):
    time.sleep({})
    return usual(**values)
e._compute = slow
"""
# Every word of the sign and every read-out, with the time since the first key, in ms.
WATCH = """() => {
  window.seen = [];
  let began;
  const at = () => Math.round(performance.now() - began);
  document.addEventListener('keydown', () => { began ??= performance.now(); }, {capture: true});
  const watch = (css, name) => new MutationObserver(() =>
    seen.push([name, document.querySelector(css).textContent, at()]))
    .observe(document.querySelector(css), {childList: true, subtree: true});
  watch('.qnn-sign', 'sign');
  watch('.widget-html:has([role=status])', 'words');
}"""
COMPUTING = "computing \N{HORIZONTAL ELLIPSIS}"


def test_a_slow_step_is_announced_and_the_sign_goes_with_the_answer(jupyter):
    with jupyter.notebook([MAKE + SLOW.format(0.8) + "e"]) as page:
        sign = page.locator(".qnn-sign[role=status]")
        page.get_by_role("slider", name="bits").wait_for()
        page.evaluate(WATCH)
        page.get_by_role("slider", name="bits").press("ArrowRight")
        sign.get_by_text(COMPUTING).wait_for()
        box, picture = sign.bounding_box(), page.locator(".qnn-picture").bounding_box()
        assert 0 <= box["y"] - picture["y"] < 20  # upon the picture, which moves for no sign
        page.wait_for_function("seen.length >= 3 && seen.at(-1)[0] === 'sign'")
        (shown, gone), (words,) = (
            [it for it in page.evaluate("seen") if it[0] == name] for name in ("sign", "words")
        )
        assert (shown[1], gone[1]) == (COMPUTING, "") and "of 16" in words[1]
        assert 200 <= shown[2] < 600 < gone[2] and abs(gone[2] - words[2]) < 200
        assert page.told == []


def test_a_fast_explorer_never_says_so(jupyter):
    """Nor while it is dragged, which sends one step after the other."""
    with jupyter.notebook([MAKE + "e", SLOW.format(0.05)]) as page:
        page.wait_for_selector(".qnn-edu [role=status]")
        page.evaluate(WATCH)
        handle = page.locator(".noUi-handle").first
        for key in ("ArrowRight", "ArrowLeft") * 10:
            handle.press(key)
        root, own = page.locator(".qnn-edu"), _own()
        with controls.held(root, own.controls["range"]) as move:
            for step in range(60):
                move(abs(30 - step) / 30)
        page.wait_for_function("seen.filter(it => it[0] === 'words').length > 10")
        assert page.evaluate("seen.filter(it => it[0] === 'sign')") == []


def _own():
    from qnn_edu.ui import explorers

    return explorers.affine()
