"""The matrix of kinds and functions: what works, what is refused, and what must not be.

    python -m tests.nets.kinds [PART OF A NAME ...]

Kinds run in a process of their own, which starts anew behind a step that kills it.
"""

import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

LETTERS = {"works": "+", "refused": "o", "not reached": " ", "foreign": "X", "died": "!"}
_WORK = "import sys; from tests.nets.kinds.__main__ import work; work(*sys.argv[1:])"


def work(folder, *names):
    """Walk kinds, and write a line for each step, begun and ended."""
    from tests.nets.kinds.walk import STEPS, Walk

    out = Path(folder) / "answers"
    done = [json.loads(line) for line in out.read_text().splitlines()] if out.exists() else []
    ended = {(each["kind"], each["step"]) for each in done}
    with out.open("a") as lines:
        for number, name in enumerate(names):
            here = Path(folder) / str(number)
            here.mkdir(exist_ok=True)
            walk = Walk(name, here)
            for step in STEPS:
                if (name, step) in ended:
                    continue
                print(json.dumps([name, step]), file=sys.stdout, flush=True)
                answer = walk.step(step)
                line = {"kind": name, "step": step} | vars(answer)
                print(json.dumps(line), file=lines, flush=True)


def matrix(names, folder):
    """The answer of each (kind, step), as dictionaries."""
    out = Path(folder) / "answers"
    while True:
        line = [sys.executable, "-c", _WORK, str(folder), *names]
        done = subprocess.run(line, capture_output=True, text=True)
        if done.returncode == 0:
            return [json.loads(line) for line in out.read_text().splitlines()]
        begun = [line for line in done.stdout.splitlines() if line.startswith("[")]
        if not begun:
            raise RuntimeError(done.stderr)
        kind, step = json.loads(begun[-1])
        message = f"the process ended with {done.returncode}: {done.stderr[-300:]}"
        with out.open("a") as lines:
            entry = {"kind": kind, "step": step, "outcome": "died", "message": message}
            print(json.dumps(entry), file=lines)


def show(answers):
    """A row for each kind, a letter for each step; then all that must not be."""
    steps = list(dict.fromkeys(each["step"] for each in answers))
    for k, step in enumerate(steps):
        print(f"{k:2d} {step}")
    for kind in dict.fromkeys(each["kind"] for each in answers):
        by_step = {each["step"]: each["outcome"] for each in answers if each["kind"] == kind}
        print(f"{kind:42.42} {' '.join(LETTERS[by_step[step]] for step in steps)}")
    for each in answers:
        if each["outcome"] in ("foreign", "died"):
            print(f"{each['outcome']}: {each['kind']} / {each['step']}: {each['message'][:400]}")
    print(Counter(each["outcome"] for each in answers))


if __name__ == "__main__":
    from tests.nets.kinds.table import KINDS

    wanted = [n for n in KINDS if not sys.argv[1:] or any(part in n for part in sys.argv[1:])]
    with tempfile.TemporaryDirectory() as place:
        found = matrix(wanted, place)
    show(found)
    Path("build").mkdir(exist_ok=True)
    Path("build/kinds.json").write_text(json.dumps(found, indent=1))
