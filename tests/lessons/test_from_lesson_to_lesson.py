"""What is kept in one lesson runs in the next, in a new kernel."""

import pytest
from nbclient import NotebookClient

from tools.lessons import build

pytestmark = pytest.mark.slow


def said(notebook, folder):
    """All that a lesson prints, run in a folder."""
    resources = {"metadata": {"path": str(folder)}}
    NotebookClient(notebook, timeout=100, kernel_name="python3", resources=resources).execute()
    return "".join(o.get("text", "") for cell in notebook.cells for o in cell.get("outputs", []))


def test_lesson_02_takes_what_lesson_01_kept(tmp_path):
    pytest.importorskip("ai_edge_litert")
    first, second = (next(build.SOURCES.glob(f"{number}_*.py")) for number in ("01", "02"))
    solved = said(build.with_solutions(first), tmp_path)
    assert solved.count(": yours\n") == 3 and ": ours" not in solved
    assert "my_qnn.py has your my_input, my_probabilities, my_top.\n" in solved
    unsolved = said(build.from_source(second), tmp_path)
    assert "model_input: yours, from my_qnn.py\n" in unsolved
    assert "probabilities: yours, from my_qnn.py\n" in unsolved
    assert "leak: ours, until yours is right\n" in unsolved
    assert [path.name for path in tmp_path.glob("*.*")] == ["my_qnn.py"]
