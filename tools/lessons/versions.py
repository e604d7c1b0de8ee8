"""One lesson in three versions: with its solutions, for readers, and for graders.

A source holds every solution, between two markers inside the function of its exercise. The cell
after it holds the check, and nothing else:

    # %%
    def my_levels(bits):
        ### BEGIN SOLUTION
        return 2**bits
        ### END SOLUTION

    # %%
    check.levels(my_levels)

Everything else follows from that. All functions take a notebook and return a new one.
"""

import copy
import re
from itertools import pairwise

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
STUB = "raise NotImplementedError"
SOLUTION = re.compile(rf"^( *){BEGIN}\n.*?^\1{END}$", flags=re.DOTALL | re.MULTILINE)
CHECK = re.compile(r"check\.(\w+)\((my_\w+)\)")
CHECKS_OF = re.compile(r"from qnn_edu\.lessons import (lesson_\d\d) as check")
POINTS = 1

# Imports what it needs, since a student's notebook may have another thing of that name.
GRADED_CHECK = """
from qnn_edu.lessons import {module}
from qnn_edu.lessons.grading import grade

grade({module}.{name}, {function})
""".strip()


def exercises(notebook):
    """(answer cell, check cell, name of the check, reader's function) of each exercise, in order.

    Raises ValueError where a solution has no check behind it, or a check no solution before it.
    """
    found, cells = [], notebook.cells
    for before, cell in pairwise([*cells[:1], *cells]):
        check = CHECK.fullmatch(cell.source)
        function = check and re.search(rf"^def {check[2]}\(", before.source, flags=re.MULTILINE)
        if check and function and SOLUTION.search(before.source):
            found.append((before, cell, check[1], check[2]))
        elif check:
            raise ValueError(f"No solution of {check[2]} stands before its check: {cell.source}")
    answers = [answer for answer, *_ in found]
    for cell in cells:
        if (BEGIN in cell.source or END in cell.source) and not any(cell is one for one in answers):
            raise ValueError(f"No check stands right after this solution:\n{cell.source}")
    return found


def with_grading(notebook):
    """The notebook with nbgrader's metadata on each answer and each check."""
    notebook = copy.deepcopy(notebook)
    for answer, check, name, _ in exercises(notebook):
        answer.metadata["nbgrader"] = _grading(f"answer-{name}", solution=True)
        check.metadata["nbgrader"] = _grading(f"check-{name}", grade=True, points=POINTS)
    return notebook


def _grading(grade_id, *, solution=False, grade=False, **points):
    kinds = {"solution": solution, "grade": grade, "task": False, "locked": not solution}
    return {"schema_version": 3, "grade_id": grade_id, **kinds, **points}


def without_solutions(notebook):
    """The notebook as readers get it: a stub in the place of each solution."""
    notebook = copy.deepcopy(notebook)
    for cell in notebook.cells:
        cell.source = SOLUTION.sub(rf"\1{STUB}", cell.source)
    return notebook


def with_graded_checks(notebook):
    """The notebook with checks that fail as nbgrader understands it: by an error.

    A reader's check answers with a verdict and raises nothing, which to nbgrader, and to a student
    who presses *Validate*, looks like a success. *Run all* goes on behind such a cell.
    """
    notebook = copy.deepcopy(notebook)
    imports = [CHECKS_OF.search(cell.source) for cell in notebook.cells]
    module = next((found[1] for found in imports if found), None)
    for _, check, name, function in exercises(notebook):
        check.source = GRADED_CHECK.format(module=module, name=name, function=function)
        check.metadata["tags"] = [*check.metadata.get("tags", []), "raises-exception"]
    return notebook
