"""What students hand in: right, half right, empty, and hostile in every way we know.

A submission is made from the notebook that was handed out. `answers` maps the name of an exercise
to the body of its function; everything else stays a stub.
"""

import copy
import textwrap

LOOP = "while True:\n    pass"
STUBBORN = f"import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n{LOOP}"
EXIT = "import sys\nsys.exit()"
DIE = "import os\nos._exit(0)"
FLOOD = "for _ in range(34):\n    print(1_000_000 * 'x')"  # in each of three cases: 100 MB
WARN = "import warnings\nwarnings.warn('mind the gap')"
SPOOF = "import sys\nsys.displayhook(1.0)\nreturn None"


def grade_id(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id", "")


def cell_of(notebook, name):
    (found,) = (cell for cell in notebook.cells if grade_id(cell) == name)
    return found


def answered(notebook, answers):
    """A copy of the notebook with these function bodies in the places of its stubs."""
    notebook = copy.deepcopy(notebook)
    for name, body in answers.items():
        cell = cell_of(notebook, f"answer-{name}")
        assert cell.source.endswith("raise NotImplementedError")
        head = cell.source.removesuffix("    raise NotImplementedError")
        cell.source = head + textwrap.indent(body, "    ")
    return notebook


def without(notebook, *names):
    """A copy of the notebook in which these cells were deleted."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if grade_id(cell) not in names]
    return notebook


def solutions(notebook):
    """The bodies of the solutions in a notebook of the teacher."""
    found = {}
    for cell in notebook.cells:
        if grade_id(cell).startswith("answer-"):
            body = cell.source.split("### BEGIN SOLUTION\n")[1].split("    ### END SOLUTION")[0]
            found[grade_id(cell).removeprefix("answer-")] = textwrap.dedent(body).rstrip()
    return found
