"""The text of `my_qnn.py`: what stands in it, and the same text with something more in it."""

from __future__ import annotations

import ast
import re
from itertools import takewhile

from qnn_edu.lessons.exercise import Exercise
from qnn_edu.lessons.mine.pieces import Piece

HEAD = '''\
"""My own quantization package, lesson by lesson.

`mine.keep` in the lessons puts functions here that their checks found right. The file is yours:
what you add stays, and `import my_qnn` gives you all of it.
"""
'''
MARK = "# Lesson {number}, exercise {exercise}: {function}"
MARKS = re.compile(r"^# Lesson (\d\d), exercise (\w+): (\w+)$", re.MULTILINE)
Lines = tuple[int, int]  # where a statement begins, counted from 0, and where it has ended


def answers(text: str) -> dict[tuple[str, str], str]:
    """Which function of the file answers which exercise of which lesson.

    >>> answers("# Lesson 01, exercise top: my_top\\ndef my_top(p, k): ...")
    {('lesson_01', 'top'): 'my_top'}
    """
    return {(f"lesson_{number}", name): own for number, name, own in MARKS.findall(text)}


def put(text: str, piece: Piece) -> str:
    """The text with a statement in it: in the place of the one that bound its name, or at the end.

    An import goes to the others, unless its name is bound already.

    >>> put("A = 1\\nB = 2\\n", Piece("A", "A = 3"))
    'A = 3\\nB = 2\\n'
    >>> put("A = 1\\n", Piece("np", "import numpy as np", imports=True))
    'import numpy as np\\n\\n\\nA = 1\\n'
    """
    text, there = text or HEAD, bound(text or HEAD)
    if piece.imports:
        return text if piece.name in there else _with_import(text, piece)
    place = there.get(piece.name)
    if place is None:
        return f"{text.rstrip()}\n\n\n{piece.text}\n"
    lines = text.split("\n")
    whole = slice(place[0], _end_of_comments(lines, place[1]))
    if "\n".join(lines[whole]) == piece.text:
        return text
    lines[whole] = piece.text.split("\n")
    return "\n".join(lines)


def _end_of_comments(lines: list[str], end: int) -> int:
    """Behind the indented comments after a statement: they belong to it, though no node says so."""
    behind = list(takewhile(lambda line: re.match(r"\s+#|\s*$", line), lines[end:]))
    return max((end + k + 1 for k, line in enumerate(behind) if line.strip()), default=end)


def mark(text: str, exercise: Exercise, function: str) -> str:
    """The text with a line above a function that says which exercise it answers.

    >>> from qnn_edu.lessons import lesson_01
    >>> print(mark("def my_top(p, k): ...", lesson_01.top, "my_top"))
    # Lesson 01, exercise top: my_top
    def my_top(p, k): ...
    """
    line = MARK.format(number=exercise.lesson[-2:], exercise=exercise.name, function=function)
    lines = text.split("\n")
    if line in lines:
        return text
    begins = bound(text)[function][0]
    old = MARK.format(number=exercise.lesson[-2:], exercise=exercise.name, function="")
    above = [each for each in lines[:begins] if not each.startswith(old)]
    below = [each for each in lines[begins:] if not each.startswith(old)]
    return "\n".join([*above, line, *below])


def bound(text: str) -> dict[str, Lines | None]:
    """The names that a file binds, and the lines of the statement that binds each, and it alone.

    None stands for a name that cannot be given another value by replacing whole lines.

    >>> bound("import a, b\\nC = 1\\nD = E = 2")
    {'a': None, 'b': None, 'C': (1, 2), 'D': None, 'E': None}
    """
    statements, found = ast.parse(text).body, {}
    for before, here, after in zip(
        [None, *statements], statements, [*statements[1:], None], strict=False
    ):
        names, lines = _binds(here), _lines(here)
        shared = any(each and _overlap(lines, _lines(each)) for each in (before, after))
        alone = len(names) == 1 and not shared and isinstance(here, _WHOLE)
        found |= dict.fromkeys(names, lines if alone else None)
    return found


_WHOLE = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.AnnAssign, ast.Import, ast.ImportFrom)


def _binds(statement: ast.stmt) -> list[str]:
    """Names that a statement binds where it stands, those inside its branches included."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return [statement.name]
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return [(name.asname or name.name).split(".")[0] for name in statement.names]
    stored = [
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    ]
    inside = [each for each in ast.iter_child_nodes(statement) if isinstance(each, ast.stmt)]
    return list(dict.fromkeys([*stored, *(name for each in inside for name in _binds(each))]))


def _lines(statement: ast.stmt) -> Lines:
    decorators = [each.lineno for each in getattr(statement, "decorator_list", [])]
    return min([statement.lineno, *decorators]) - 1, statement.end_lineno


def _overlap(one: Lines, other: Lines) -> bool:
    return one[0] < other[1] and other[0] < one[1]


def _with_import(text: str, piece: Piece) -> str:
    """Behind the imports that the file begins with, or behind its docstring."""
    lines, end = text.split("\n"), 0
    for number, statement in enumerate(ast.parse(text).body):
        docstring = number == 0 and isinstance(statement, ast.Expr)
        if not docstring and not isinstance(statement, ast.Import | ast.ImportFrom):
            break
        end, apart = statement.end_lineno, docstring
    above, below = lines[:end], "\n".join(lines[end:]).lstrip("\n")
    above += [""] if end and apart else []
    return "\n".join([*above, piece.text]) + (f"\n\n\n{below}" if below else "\n")
