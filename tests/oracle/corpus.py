"""What becomes of a public file: the engine equals LiteRT, or one of the two refuses it.

    python -m tests.oracle.corpus KERNELS FILE ...

judges files, a line of JSON for each. A network that quantizes real numbers when they come, by
their own range, is judged operator by operator, each on LiteRT's own tensors: there a last bit of a
float may make another integer, a step of 2**-8 of the largest value, which grows from layer to
layer to 2**-4 in one file. LiteRT may end the process that runs a damaged file, so
`judged` asks another process, and a new one for the files behind such a one.
"""

import json
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from qnn_edu import engine, nets, tflite
from qnn_edu.engine.blockers import blockers
from qnn_edu.engine.compute import outputs_of
from qnn_edu.engine.declared import kernel_of
from qnn_edu.engine.kernel import FLOATS
from qnn_edu.engine.operators import OPERATORS
from qnn_edu.engine.plan import plan
from qnn_edu.nets.litert.comparison import integer_share

EQUAL, REFUSED, BY_LITERT = OUTCOMES = ("equal", "refused", "LiteRT itself refuses")
BOUND = 2.0**-14  # of a tensor's largest value: how far sums of real numbers lead in a network
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Verdict:
    """`outcome` is one of OUTCOMES, or says what is wrong; `why` has the reasons of a refusal.

    `integer`: whether it computes in integers, at least in part. `runs`: whether LiteRT runs it.
    `named`: whether the engine knows each of its operators. `values`: how many were compared.
    """

    file: str
    outcome: str
    why: str = ""
    integer: bool = False
    runs: bool = False
    named: bool = False
    values: int = 0


def judged(files, kernels):
    """A verdict for each file."""
    verdicts, left = [], list(files)
    while left:
        command = [sys.executable, "-m", "tests.oracle.corpus", kernels, *map(str, left)]
        told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        lines = [line for line in told.stdout.splitlines() if line.startswith("{")]
        verdicts += [Verdict(**json.loads(line)) for line in lines]
        left = left[len(lines) :]
        if left:
            assert told.returncode < 0, told.stderr[-2000:]
            verdicts.append(Verdict(left.pop(0).name, BY_LITERT, "it ends the process"))
    return verdicts


def verdict(path, kernels):
    """The file under one kernel set, on inputs drawn at random."""
    try:
        graph = tflite.read(path)
    except ValueError as error:
        return Verdict(path.name, REFUSED, str(error))
    reasons = dict.fromkeys(f"{b.operator}: {b.reason}" for b in blockers(graph, kernels))
    known = {
        "integer": integer_share(graph) > 0,
        "named": {op.name for op in graph.operators} <= OPERATORS.keys(),
    }
    inputs = [_drawn(graph.tensors[i], seed) for seed, i in enumerate(graph.inputs)]
    if any(x is None for x in inputs):
        return Verdict(path.name, REFUSED, "; ".join(reasons) or "it takes text", **known)
    try:
        theirs = nets.run_tflite(path, inputs, kernels=kernels, keep=True)
    except ValueError as error:
        return Verdict(path.name, BY_LITERT, str(error), **known)
    known["runs"] = True
    if reasons:
        return Verdict(path.name, REFUSED, "; ".join(reasons), **known)
    nodes = plan(graph, kernels).nodes
    if any(_is_hybrid(node) for node in nodes):
        wrong, values = _one_by_one(nodes, theirs.tensors)
    else:
        ours = engine.run(graph, inputs, kernels=kernels, keep=True)
        wrong, values = _compared(graph, ours, theirs)
    return Verdict(path.name, "; ".join(wrong) or EQUAL, values=values, **known)


def _is_hybrid(node):
    """Whether an operator multiplies real numbers by weights that are integers."""
    kernel = kernel_of(node)
    return kernel.types == FLOATS and "INT8" in kernel.weights


def _one_by_one(nodes, theirs):
    """What differs where each operator gets what LiteRT made, and how many values were compared."""
    wrong, values = [], 0
    for node in nodes:
        read = [t and (theirs.get(t.index) if t.data is None else t.data) for t in node.inputs]
        unread = [t.index for t, x in zip(node.inputs, read, strict=True) if t and x is None]
        assert not unread, f"LiteRT keeps no tensors {unread}"
        for tensor, made in zip(node.outputs, outputs_of(node, read), strict=True):
            if tensor.index in theirs:
                values += made.size
                alike = _alike(made, theirs[tensor.index])
                wrong += [] if alike else [f"tensor {tensor.index}"]
    return wrong, values


def _drawn(tensor, seed):
    """Any integers where there is a scale or few bits, else such as name a place; None for text."""
    rng, kind = np.random.default_rng(seed), tensor.dtype.kind
    if kind == "f":
        return rng.normal(0, 1, tensor.shape).astype(tensor.dtype)
    if kind not in "iub":
        return None
    if kind == "b" or (tensor.scale is None and tensor.dtype.itemsize > 2):
        return rng.integers(0, 2, tensor.shape).astype(tensor.dtype)
    grid = np.iinfo(tensor.dtype)
    return rng.integers(grid.min, grid.max, tensor.shape, endpoint=True).astype(tensor.dtype)


def _compared(graph, ours, theirs):
    """Which tensors differ, and how many values were compared: all that both have, outputs too."""
    pairs = [
        (f"tensor {t.index}", ours.tensors[t.index], theirs.tensors[t.index])
        for t in graph.tensors
        if t.data is None and t.index in ours.tensors and t.index in theirs.tensors
    ]
    both = zip(ours.outputs, theirs.outputs, strict=True)
    pairs += [(f"output {i}", a, b) for i, (a, b) in enumerate(both)]
    wrong = [name for name, a, b in pairs if not _alike(a, b)]
    return wrong, sum(a.size for _, a, _ in pairs)


def _alike(a, b):
    if (a.dtype, a.shape) != (b.dtype, b.shape):
        return False
    if a.dtype.kind != "f":
        return np.array_equal(a, b)
    allowed = BOUND * np.abs(b[np.isfinite(b)]).max(initial=0)
    return np.allclose(a, b, rtol=0, atol=allowed, equal_nan=True)


def main(kernels, *files):
    for file in map(Path, files):
        try:
            found = verdict(file, kernels)
        except Exception as error:  # what is looked for: anything but a refusal
            found = Verdict(file.name, f"{type(error).__name__}: {error}")
        print(json.dumps(asdict(found)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
