"""Quizzes and exercises answered in JupyterLab, wrongly and rightly."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from qnn_edu.lessons import lesson_02 as check
from tools.browser.lab import finish, start

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
CHOICES = {"a": "Why a?", "b": "Yes, because."}
ENDINGS = {"a": "Not quite. Why a? The answer is: b.", "b": "Right. Yes, because."}
WAYS = [(choice, how) for choice in CHOICES for how in ("keys", "mouse")]


@pytest.fixture(scope="module")
def page(jupyter):
    """A quiz for each way to answer it."""
    cells = [
        f"from qnn_edu.ui import quiz\nquiz('{choice} {how}', {CHOICES}, answer='b')"
        for choice, how in WAYS
    ]
    with jupyter.notebook(cells, height=1600) as page:
        yield page
    assert page.told == []


@pytest.mark.parametrize(("choice", "how"), WAYS)
def test_a_quiz_is_chosen_locked_and_revealed(page, choice, how):
    def use(button):
        button.press("Space") if how == "keys" else button.click()

    def says(text):
        quiz.get_by_role("status").get_by_text(text).wait_for()

    quiz = page.locator(".qnn-edu").filter(has=page.get_by_text(f"{choice} {how}", exact=True))
    lock, reveal = (quiz.get_by_role("button", name=name) for name in ("Lock in", "Reveal"))
    options = quiz.get_by_role("group", name=f"{choice} {how}").get_by_role("button")
    options.first.wait_for()
    assert lock.is_disabled() and reveal.is_disabled()
    for other in (*CHOICES, choice):  # one may change one's mind
        use(options.get_by_text(other, exact=True))
        says(f"Chosen: {other}.")
    use(lock)
    says(f"Locked in: {choice}.")
    assert all(option.is_disabled() for option in options.all()) and lock.is_disabled()
    assert quiz.get_by_text("Why a?").count() == quiz.get_by_text("because").count() == 0
    use(reveal)
    says(ENDINGS[choice])
    assert reveal.is_disabled()


HEAD = "my_leak = lambda x, w, zero: "
ANSWERS = {
    "wrong": "zero * np.sum(w)",
    "right": "zero * np.sum(w[x == 0])",
}


def test_an_exercise_names_the_mistake_and_then_says_right(jupyter):
    shutil.copy(NOTEBOOKS / "02_quantize_and_dequantize.ipynb", jupyter.work / "exercise.ipynb")
    verdicts = {
        name: check.leak(eval(HEAD.split("= ")[1] + body, {"np": np}))
        for name, body in ANSWERS.items()
    }
    assert verdicts["wrong"].mistake and verdicts["right"].passed
    with jupyter.opened("exercise.ipynb") as page:
        start(page, "notebook:run-all-cells")
        finish(page)
        for name, body in ANSWERS.items():
            write(page, "def my_leak" if name == "wrong" else HEAD, HEAD + body)
            run_cell(page, "check.leak(my_leak)")
            page.wait_for_function(SAYS, arg=["check.leak(my_leak)", f"{verdicts[name]}"])
        assert page.told == []


CELLS = """const notebook = jupyterapp.shell.currentWidget.content;
  const at = text => notebook.widgets.findIndex(cell =>
    cell.model.type === 'code' && cell.model.sharedModel.source.includes(text));"""
ACTIVE = f"""async text => {{ {CELLS}
  notebook.activeCellIndex = at(text);
  await notebook.scrollToItem(at(text), 'center');
}}"""
SAYS = f"""([text, wanted]) => {{ {CELLS}
  const plain = text => text.replace(/\\s+/g, ' ').trim();
  const outputs = notebook.widgets[at(text)].model.outputs.toJSON();
  return outputs.some(output => plain(output.data?.['text/plain'] ?? '') === plain(wanted));
}}"""


def write(page, old: str, new: str) -> None:
    """Type into the cell that holds `old`, in place of all that it holds, and run it."""
    page.evaluate(ACTIVE, old)
    page.locator(".jp-Cell.jp-mod-active .cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.type(new)
    page.keyboard.press("Control+Enter")


def run_cell(page, text: str) -> None:
    page.evaluate(ACTIVE, text)
    page.locator(".jp-Cell.jp-mod-active .cm-content").click()
    page.keyboard.press("Control+Enter")
