"""The button *Validate* in a teacher's JupyterLab: it says what grading will say."""

from __future__ import annotations

import nbformat
import pytest

from tests.teach import nbgrader
from tests.teach.submissions import answered, solutions
from tools.browser.lab import Lab, server
from tools.lessons import build, versions

pytestmark = nbgrader.needed
SOURCE = build.SOURCES / "00_start_here.py"
WRONG = "return 2 * bits"
FAILED = "The following cell failed:"
VERDICTS = {  # by what is handed in
    "right": ["Success! Your notebook passes all the tests."],
    "wrong": [FAILED, "What happened: each bit doubles the number of levels"],
    "untouched": [FAILED, "not written yet"],
}


@pytest.fixture(scope="module")
def desk(jupyter, tmp_path_factory):
    """A teacher's JupyterLab, on lesson 00 as handed in, in three ways."""
    folder = tmp_path_factory.mktemp("teacher")
    complete = versions.with_graded_checks(build.with_solutions(SOURCE))
    blank, right = versions.without_solutions(complete), solutions(complete)
    with server(folder, python=nbgrader.PYTHON) as (address, _):
        for name, answers in {
            "right": right,
            "wrong": dict.fromkeys(right, WRONG),
            "untouched": {},
        }.items():
            nbformat.write(answered(blank, answers), folder / "work" / f"{name}.ipynb")
        yield Lab(address, folder / "work", jupyter.context)


@pytest.mark.parametrize("name", VERDICTS)
def test_validate_says_whether_the_checks_pass(desk, name):
    with desk.opened(f"{name}.ipynb") as page:
        page.get_by_role("button", name="Validate").click()
        dialog = page.get_by_role("dialog")
        for words in VERDICTS[name]:
            dialog.get_by_text(words).first.wait_for(timeout=60_000)
