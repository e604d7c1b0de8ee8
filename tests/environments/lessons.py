"""The lessons by what they need, and the two ways of running one: shared by this folder's tests."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
LESSONS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
LIGHT = {"00", "02", "03"}  # run whole in a light installation
MARKED = {"09"}  # run but for the cells that a tag marks
MAY_FAIL = "raises-exception"


def marked_cells(notebook) -> list[int]:
    """The places, among the code cells, of those that may end in a sentence."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    return [k for k, cell in enumerate(code) if MAY_FAIL in cell.metadata.get("tags", [])]
