"""What a reader wrote is used where it is right, kept in a file, and never lost."""

import os
import runpy
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.lessons import lesson_00, lesson_01, lesson_02, mine
from qnn_edu.lessons.exercise import Verdict
from qnn_edu.lessons.mine import disk, proof, text
from qnn_edu.lessons.mine.pieces import Piece, Refused, pieces
from tests.lessons.cells import Session

ROOT = Path(__file__).parents[2]
EXERCISES = [
    getattr(lesson, name) for lesson in (lesson_00, lesson_01, lesson_02) for name in lesson.__all__
]
INPUT = """
def my_input(image, scale, zero_point):
    q = np.round(image / scale) + zero_point  # hers
    return np.clip(q, -128, 127).astype(np.int8)
"""
WRONG_INPUT = INPUT.replace("np.round", "np.floor")
PROBABILITIES = """
LEVELS = 256


def wide(q):
    return q.astype(np.int32)


def my_probabilities(q, scale, zero_point):
    assert LEVELS == 256
    return scale * (wide(q) - zero_point)
"""
TOP = "def my_top(p, k):\n    return np.argsort(-p)[:k]"


@pytest.fixture(autouse=True)
def nothing_solved(tmp_path, monkeypatch):
    """An empty folder, and a session in which nothing was checked."""
    monkeypatch.chdir(tmp_path)
    restart()
    yield
    restart()


def restart():
    for exercise in EXERCISES:
        exercise._right.clear()


@pytest.fixture
def session():
    session = Session()
    session.run("import math\nimport numpy as np\nfrom qnn_edu.lessons import lesson_01 as check")
    return session


def keep(lesson, capsys):
    capsys.readouterr()
    mine.keep(lesson)
    return capsys.readouterr().out


def use(exercise, capsys):
    """The function, and what is said of it."""
    capsys.readouterr()
    function = mine.use(exercise)
    return function, capsys.readouterr().out.removeprefix(f"{exercise.name}: ").strip()


def solve(session, *cells):
    """Run the cells, and the check of each function that answers an exercise of lesson 01."""
    names = {"my_input": "model_input", "my_probabilities": "probabilities", "my_top": "top"}
    for cell in cells:
        session.run(cell)
        for function, exercise in names.items():
            if f"def {function}(" in cell:
                getattr(lesson_01, exercise)(session[function])


# Used at once


def test_a_verdict_calls_the_reader_s_function_if_right_and_ours_until_then():
    right, wrong = lesson_00.levels(lambda bits: 1 << bits), lesson_00.levels(lambda bits: 2 * bits)
    assert (right(3), wrong(3)) == (8, 8)
    assert (right.whose, wrong.whose) == ("yours", "ours, until yours is right")
    assert repr(right) == right.text and "not yet" in repr(wrong)


def test_the_verdict_on_a_verdict_is_that_on_its_answer():
    for answer in (lambda bits: 1 << bits, lambda bits: 2 * bits):
        verdict = lesson_00.levels(answer)
        assert lesson_00.levels(verdict) == verdict


def test_a_hint_is_no_function():
    with pytest.raises(TypeError, match="a text to read"):
        lesson_00.levels.hint()(3)
    assert not lesson_00.levels(lesson_00.levels.hint()).passed
    assert Verdict(True, "Right.") == Verdict(True, "Right.")


def test_the_last_answer_counts(session, capsys):
    ours = lesson_01.model_input.solution
    assert use(lesson_01.model_input, capsys) == (ours, "ours, until yours is right")
    solve(session, INPUT)
    assert use(lesson_01.model_input, capsys) == (session["my_input"], "yours")
    solve(session, WRONG_INPUT)
    assert use(lesson_01.model_input, capsys) == (ours, "ours, until yours is right")


def test_an_answer_that_is_right_need_not_be_a_function_to_be_used(capsys):
    raised = partial(pow, 2)
    lesson_00.levels(raised)
    assert use(lesson_00.levels, capsys) == (raised, "yours")


@pytest.mark.parametrize("name", ["np", "my_input"])
def test_after_a_restart_a_check_says_which_cell_to_run(name):
    session = Session()
    session.run(f"def my_top(p, k):\n    return {name}.argsort(-p)[:k]")
    said = lesson_01.top(session["my_top"]).text
    which = {"np": "the first cell of the lesson", "my_input": "the cell that defines it"}
    assert f"name '{name}' is not defined. Run {which[name]}, as after every restart." in said


def test_a_name_written_wrong_is_no_restart():
    assert "Run the" not in lesson_01.top(lambda p, k: argsort(p)).text  # noqa: F821


# Kept


def test_nothing_right_is_nothing_kept(session, capsys, tmp_path):
    solve(session, WRONG_INPUT)
    assert keep(lesson_01, capsys).startswith("Nothing to keep yet.")
    assert not list(tmp_path.iterdir())


def test_what_is_kept_is_her_own_source_with_what_it_needs(session, capsys):
    solve(session, PROBABILITIES, INPUT)
    assert keep(lesson_01, capsys) == "my_qnn.py has your my_input, my_probabilities.\n"
    kept = Path("my_qnn.py").read_text()
    assert INPUT.strip() in kept and kept.count("import numpy as np") == 1
    assert "import math" not in kept
    order = ["LEVELS = 256", "def wide(q)", "# Lesson 01, exercise probabilities: my_probabilities"]
    assert [kept.index(each) for each in order] == sorted(kept.index(each) for each in order)
    assert not list(Path().glob("*.bak*"))


def test_a_later_session_takes_it_from_the_file(session, capsys):
    solve(session, PROBABILITIES)
    keep(lesson_01, capsys)
    restart()
    function, said = use(lesson_01.probabilities, capsys)
    assert said == "yours, from my_qnn.py" and function.__name__ == "my_probabilities"
    assert use(lesson_01.model_input, capsys)[1] == "ours, until yours is right"
    lesson_01.probabilities(lambda *case: 0)
    assert use(lesson_01.probabilities, capsys)[1] == "yours, from my_qnn.py"


LATER = """
import sys, numpy
from qnn_edu.lessons import lesson_01, mine
before = set(sys.modules)
mine.use(lesson_01.model_input)
assert mine.use(lesson_01.top)(numpy.arange(9), 2).tolist() == [8, 7]
assert "my_qnn" not in set(sys.modules) - before
import my_qnn
assert lesson_01.top.accepts(my_qnn.my_top)
"""


def test_a_fresh_process_has_it_and_can_import_it(session, capsys):
    solve(session, TOP)
    keep(lesson_01, capsys)
    assert "my_top" in runpy.run_path("my_qnn.py")
    environment = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}."}
    command = [sys.executable, "-c", LATER]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "model_input: ours, until yours is right\ntop: yours, from my_qnn.py\n"


def test_a_better_version_takes_the_place_of_the_old_one_which_is_copied(session, capsys):
    for number, cell in enumerate((INPUT, INPUT.replace("hers", "better"), INPUT)):
        solve(session, cell)
        keep(lesson_01, capsys)
        assert cell.strip() in Path("my_qnn.py").read_text()
        assert len(list(Path().glob("my_qnn.py.bak*"))) == number
    assert "better" in Path("my_qnn.py.bak-2").read_text()
    assert Path("my_qnn.py").read_text().count("def my_input") == 1


@pytest.mark.parametrize("last", ["", "    # a last word\n", "\n    # one\n    # more\n"])
def test_keeping_twice_writes_nothing(session, capsys, last):
    solve(session, PROBABILITIES + last)
    keep(lesson_01, capsys)
    before = Path("my_qnn.py").stat().st_mtime_ns
    assert keep(lesson_01, capsys) == "my_qnn.py has your my_probabilities.\n"
    assert Path("my_qnn.py").stat().st_mtime_ns == before
    assert [path.name for path in Path().iterdir()] == ["my_qnn.py"]


def test_what_was_used_from_the_file_can_be_built_upon(session, capsys):
    solve(session, PROBABILITIES)
    keep(lesson_01, capsys)
    restart()
    session = Session()
    session["real"] = mine.use(lesson_01.probabilities)
    session.run("import math\n\ndef my_probabilities(q, s, z):\n    return real(q, s, z)")
    lesson_01.probabilities(session["my_probabilities"])
    refused = keep(lesson_01, capsys)  # it would call itself
    assert "probabilities is not kept: my_probabilities is not right" in refused
    session.run("import math\n\ndef my_real(q, s, z):\n    return real(q, s, z) * math.floor(1)")
    lesson_01.probabilities(session["my_real"])
    assert keep(lesson_01, capsys) == "my_qnn.py has your my_real.\n"
    restart()
    assert use(lesson_01.probabilities, capsys)[0].__name__ == "my_real"
    assert "\nreal = my_probabilities\n" in Path("my_qnn.py").read_text()


def test_a_name_that_two_lessons_use_for_two_things_is_refused(session, capsys):
    solve(session, PROBABILITIES)
    keep(lesson_01, capsys)
    before = Path("my_qnn.py").read_text()
    session.run(
        "def wide(x):\n    return 2.0 ** x\n\n\ndef my_levels(bits):\n    return int(wide(bits))"
    )
    assert lesson_00.levels(session["my_levels"]).passed
    said = keep(lesson_00, capsys)
    assert "levels is not kept: with it my_probabilities of lesson 01 is not right any more" in said
    assert Path("my_qnn.py").read_text() == before


NOT_KEPT = {
    "lambda": ("levels = lambda bits: 2**bits", "a lambda has no name"),
    "partial": ("import functools\nlevels = functools.partial(pow, 2)", "only a function"),
    "object": (
        "class L:\n    def __call__(self, b):\n        return 2**b\n\nlevels = L()",
        "only a function",
    ),
    "builtin": ("levels = (1).__lshift__", "only a function"),
    "closure": (
        "def of(n):\n    def levels(b):\n        return n**b\n    return levels\n\nlevels = of(2)",
        "levels was made by another function",
    ),
    "array": (
        "table = np.int64(2) ** np.arange(40)\n\ndef levels(b):\n    return int(table[b])",
        "levels uses table, of type ndarray",
    ),
    "class": (
        "class C:\n    two = 2\n\ndef levels(b):\n    return C.two**b",
        "levels uses C, of type class",
    ),
    "ours": (
        "from qnn_edu.lessons import lesson_00\nlevels = lesson_00.levels.solution",
        "it is not your own",
    ),
    "state": (
        "n = [2, set]\n\ndef levels(b):\n    return n[0] ** b",
        "levels uses n, of type list",
    ),
}


@pytest.mark.parametrize(("source", "why"), NOT_KEPT.values(), ids=NOT_KEPT)
def test_what_cannot_be_kept_is_told_in_a_sentence(source, why, session, capsys):
    session.run(source)
    assert lesson_00.levels(session["levels"]).passed
    said = keep(lesson_00, capsys)
    assert said.startswith("levels is not kept: ") and why in said and said.count("\n") == 1
    assert not Path("my_qnn.py").exists()


def test_a_function_without_source_is_told_in_a_sentence(session, capsys):
    exec("def levels(bits):\n    return 2**bits", session)
    lesson_00.levels(session["levels"])
    assert "levels has no source. Define it in a cell" in keep(lesson_00, capsys)


KINDS = {
    "module": ("import numpy.random as draw", "int(draw.default_rng(1).integers(1))"),
    "dotted": ("import os.path", "len(os.path.sep) - 1"),
    "from": ("from math import floor, ceil as up", "floor(0.5) + up(-0.5)"),
    "numpy's": ("from numpy import round as nearest", "int(nearest(0.4))"),
    "constant": ("ZERO = {'a': (0, [1])}", "ZERO['a'][0]"),
    "ours": ("from qnn_edu.lessons import lesson_00\ndown = lesson_00.levels(0)", "down(0) - 1"),
    "default": ("ZERO = 0", "(lambda x=ZERO: x)()"),
    "nested": ("ZERO = 0", "[[ZERO for _ in range(2)] for _ in range(2)][0][0]"),
    "itself": ("", "(0 if bits == 0 else my_levels(0) - 1)"),
}


@pytest.mark.parametrize(("before", "zero"), KINDS.values(), ids=KINDS)
def test_all_that_a_function_needs_goes_with_it(before, zero, session, capsys):
    session.run(f"{before}\n\n\ndef my_levels(bits):\n    return 2**bits + {zero}")
    assert lesson_00.levels(session["my_levels"]).passed
    assert keep(lesson_00, capsys) == "my_qnn.py has your my_levels.\n"
    restart()
    assert use(lesson_00.levels, capsys)[1] == "yours, from my_qnn.py"


def test_only_what_is_used_is_needed(session):
    """A local name, an attribute or an argument may be called like a thing of the notebook."""
    session.run(
        "scale = np.zeros(9)\nq = np\n\ndef f(q, x):\n    scale = q\n    return x.scale + scale"
    )
    assert pieces(session["f"]) == [
        Piece("f", "def f(q, x):\n    scale = q\n    return x.scale + scale")
    ]


# A file that others write in too


BROKEN = {
    "syntax": ("def my_input(:", "cannot be run (line 1: "),
    "error": ("import numpy as np\n1 / 0\n", "cannot be run (line 2: division by zero)"),
    "missing": ("import no_such", "cannot be run (line 1: No module named 'no_such')"),
    "exit": ("\nimport sys\nsys.exit()", "cannot be run (line 3: SystemExit)"),
    "bytes": (b"\xff\xfe\x00", "cannot be read"),
}


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
def test_a_file_broken_by_hand_gives_one_sentence_and_stays(content, said, session, capsys):
    path = Path("my_qnn.py")
    marked = f"{content}\n# Lesson 01, exercise model_input: my_input\n"
    path.write_bytes(content if isinstance(content, bytes) else marked.encode())
    before = path.read_bytes()
    function, whose = use(lesson_01.model_input, capsys)
    assert function is lesson_01.model_input.solution
    assert whose.startswith(f"ours, since my_qnn.py {said}"), whose
    solve(session, INPUT)
    kept = keep(lesson_01, capsys)
    assert kept.startswith("Nothing kept: my_qnn.py cannot be r") and kept.count("\n") == 1
    assert path.read_bytes() == before and [each.name for each in Path().iterdir()] == [path.name]


def test_a_function_that_was_made_wrong_by_hand_is_not_used(session, capsys):
    solve(session, INPUT, TOP)
    keep(lesson_01, capsys)
    path = Path("my_qnn.py")
    path.write_text(path.read_text().replace("np.round", "np.floor").replace("-p", "p"))
    restart()
    said = "ours, since my_input in my_qnn.py is not right any more"
    assert use(lesson_01.model_input, capsys)[1] == said
    solve(session, INPUT)
    assert keep(lesson_01, capsys) == "my_qnn.py has your my_input.\n"  # my_top was wrong before
    assert "np.floor" in Path("my_qnn.py.bak").read_text()


def test_what_a_reader_adds_by_hand_stays(session, capsys):
    solve(session, INPUT)
    keep(lesson_01, capsys)
    path = Path("my_qnn.py")
    hers = "# mine\nBITS, MORE = 4, 8\n\n\ndef helper(x):\n    return x + BITS  # mine too\n"
    path.write_text("from __future__ import annotations\n" + path.read_text() + hers)
    solve(session, PROBABILITIES, INPUT.replace("hers", "better"))
    keep(lesson_01, capsys)
    kept = path.read_text()
    assert hers in kept and kept.startswith("from __future__ import annotations\n")
    assert "better" in kept
    restart()
    assert use(lesson_01.probabilities, capsys)[1] == "yours, from my_qnn.py"


def test_a_folder_that_may_not_be_written_gives_one_sentence(session, capsys, monkeypatch):
    def refuse(*_):
        raise PermissionError(13, "Permission denied")

    solve(session, INPUT)
    monkeypatch.setattr(disk, "write_whole", refuse)
    said = "Nothing kept: my_qnn.py cannot be read or written here (Permission denied).\n"
    assert keep(lesson_01, capsys) == said


def test_a_folder_of_that_name_gives_one_sentence(session, capsys):
    Path("my_qnn.py").mkdir()
    solve(session, INPUT)
    assert "cannot be read or written here (Is a directory)" in keep(lesson_01, capsys)
    restart()
    assert "cannot be read (Is a directory)" in use(lesson_01.model_input, capsys)[1]


def test_a_link_stays_a_link(session, capsys, tmp_path):
    other = tmp_path / "elsewhere" / "all.py"
    other.parent.mkdir()
    Path("my_qnn.py").symlink_to(other)
    solve(session, INPUT)
    keep(lesson_01, capsys)
    assert Path("my_qnn.py").is_symlink() and "def my_input" in other.read_text()


@pytest.mark.skipif(disk.fcntl is None, reason="this system cannot lock a folder")
def test_notebooks_that_keep_at_the_same_moment_lose_nothing(tmp_path):
    path = tmp_path / "many.py"

    def add(number):
        with disk.alone(tmp_path):
            disk.replace(path, text.put(disk.read(path), Piece(f"n{number}", f"n{number} = 1")))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(40)))
    assert {f"n{number}" for number in range(40)} <= set(text.bound(path.read_text()))


KEPT = {  # name: versions, each right
    "my_input": [INPUT, INPUT.replace("hers", "better")],
    "my_probabilities": [PROBABILITIES, PROBABILITIES.replace("wide", "wider")],
    "my_top": [TOP, TOP.replace("[:k]", "[0:k]")],
}
BY_HAND = [
    "# a note",
    "def wide(q):\n    return q.astype(int)",
    "LEVELS = 256; OTHER = 1",
    'TEXT = """\ndef my_input(image):\n"""',
    "if True:\n    import numpy as np",
    "def my_top(p, k):\n    return p",
    "@staticmethod\ndef hers(x):\n    return x",
    "import numpy as np, math",
]
STEPS = st.one_of(
    st.tuples(st.sampled_from(sorted(KEPT)), st.integers(0, 1)),
    st.tuples(st.sampled_from(["above", "below"]), st.integers(0, len(BY_HAND) - 1)),
    st.tuples(st.just("unmark"), st.just(0)),
)


@given(steps=st.lists(STEPS, min_size=1, max_size=8))
def test_whatever_happens_each_line_that_was_ever_there_is_there_or_in_a_copy(
    steps, tmp_path_factory
):
    folder = tmp_path_factory.mktemp("steps")
    path, session, ever = folder / "my_qnn.py", Session(), set()
    session.run("import numpy as np")
    restart()
    for what, which in steps:
        before = disk.read(path)
        if what in KEPT:
            solve(session, KEPT[what][which])
            with pytest.MonkeyPatch.context() as patch:
                patch.chdir(folder)
                mine.keep(lesson_01)
            after = disk.read(path)
            proof.run(after)
            name = text.answers(after)["lesson_01", {"my_input": "model_input"}.get(what, what[3:])]
            assert name == what and getattr(lesson_01, KEY[what]).accepts(
                vars(proof.run(after))[what]
            )
        elif what == "unmark":
            path.write_text(
                "\n".join(x for x in before.split("\n") if not x.startswith("# Lesson"))
            )
            continue
        else:
            parts = [BY_HAND[which], before] if what == "above" else [before, BY_HAND[which]]
            path.write_text("\n\n\n".join(part for part in parts if part) + "\n")
        ever |= set(disk.read(path).split("\n"))
        there = "\n".join(each.read_text() for each in folder.iterdir()).split("\n")
        assert {line for line in ever if not line.startswith("# Lesson")} <= set(there)


KEY = {"my_input": "model_input", "my_probabilities": "probabilities", "my_top": "top"}


def test_the_refusal_of_a_piece_is_a_sentence():
    with pytest.raises(Refused, match="only a function"):
        pieces(3)
