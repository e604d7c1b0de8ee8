"""The matrix of kinds and functions: what works, what is refused, and what must not be.

    python -m tests.nets.kinds [PART OF A NAME ...]

Kinds run in a process of their own, which starts anew behind a step that kills it; what they saved
is loaded in one more.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

LETTERS = {"works": "+", "refused": "o", "not reached": " ", "foreign": "X", "died": "!"}
ANEW = "load anew"
_CALL = "import sys; from tests.nets.kinds.__main__ import {0}; {0}(*sys.argv[1:])"


def matrix(names, folder):
    """The answer of each (kind, step), as dictionaries."""
    out = Path(folder) / "answers"
    while (done := _python("work", folder, *names)).returncode:
        begun = [line for line in done.stdout.splitlines() if line.startswith("[")]
        if not begun:
            raise RuntimeError(done.stderr)
        message = f"the process ended with {done.returncode}: {done.stderr[-300:]}"
        _write(out, *json.loads(begun[-1]), outcome="died", message=message)
    done = _python("load", folder, *names)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return _answers(out)


def work(folder, *names):
    """Walk kinds, and write a line for each step, begun and ended."""
    from tests.nets.kinds.walk import STEPS, Walk

    out = Path(folder) / "answers"
    ended = {(each["kind"], each["step"]) for each in _answers(out)}
    for number, name in enumerate(names):
        here = Path(folder) / str(number)
        here.mkdir(exist_ok=True)
        walk = Walk(name, here)
        for step in STEPS:
            if (name, step) not in ended:
                print(json.dumps([name, step]), flush=True)
                _write(out, name, step, **vars(walk.step(step)))


def load(folder, *names):
    """Load what `work` saved, in a process that has made nothing itself."""
    from tests.nets.kinds.walk import NOT_REACHED, loaded_anew

    for number, name in enumerate(names):
        here = Path(folder) / str(number)
        there = (here / "prepared.keras").exists() and (here / "prepared.tflite").exists()
        answer = vars(loaded_anew(here)) if there else {"outcome": NOT_REACHED, "message": ""}
        _write(Path(folder) / "answers", name, ANEW, **answer)


def show(answers):
    """A row for each kind, a letter for each step; then all that must not be."""
    steps = list(dict.fromkeys(each["step"] for each in answers))
    for k, step in enumerate(steps):
        counts = Counter(each["outcome"] for each in answers if each["step"] == step)
        print(f"{k:2d} {step:20}", ", ".join(f"{n} {word}" for word, n in sorted(counts.items())))
    for kind in dict.fromkeys(each["kind"] for each in answers):
        by_step = {each["step"]: each["outcome"] for each in answers if each["kind"] == kind}
        print(f"{kind:42.42} {' '.join(LETTERS[by_step[step]] for step in steps)}")
    for each in answers:
        if each["outcome"] in ("foreign", "died"):
            print(f"{each['outcome']}: {each['kind']} / {each['step']}: {each['message'][:400]}")
    print(dict(Counter(each["outcome"] for each in answers)))


def _python(function, *arguments):
    line = [sys.executable, "-c", _CALL.format(function), *map(str, arguments)]
    return subprocess.run(line, capture_output=True, text=True)


def _write(out, kind, step, **answer):
    with out.open("a") as lines:
        print(json.dumps({"kind": kind, "step": step} | answer), file=lines)


def _answers(out):
    return [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []


if __name__ == "__main__":
    from tests.nets.kinds.table import KINDS

    wanted = [n for n in KINDS if not sys.argv[1:] or any(part in n for part in sys.argv[1:])]
    with tempfile.TemporaryDirectory() as place:
        found = matrix(wanted, place)
    show(found)
    Path("build").mkdir(exist_ok=True)
    Path("build/kinds.json").write_text(json.dumps(found, indent=1))
