"""Headers compiled by gcc into one program, which is then asked for a model's answers."""

import shutil
import subprocess
from math import prod

import numpy as np
import pytest

from qnn_edu.engine.run import run

STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O2")
SANITIZED = ("-std=c99", "-g", "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all")

_MAIN = """\
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
{includes}
int main(int count, char **arguments)
{{
    static unsigned char *in, *out;
    const int model = count > 1 ? atoi(arguments[1]) : -1;
{cases}
    return 2;
}}
"""
_CASE = """\
    if (model == {k}) {{
        in = malloc({size_in});
        out = malloc({size_out});
        while (fread(in, 1, {size_in}, stdin) == {size_in}) {{
            m{k}_run({pointers});
            fwrite(out, 1, {size_out}, stdout);
        }}
        free(in);
        free(out);
        return 0;
    }}"""


def gcc(source, target, *flags):
    """Compile a C file; skip, and say so, where there is no gcc."""
    if shutil.which("gcc") is None:
        pytest.skip("needs a C compiler: no gcc here")
    line = ["gcc", *flags, str(source), "-o", str(target)]
    done = subprocess.run(line, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return target


def sanitizers(folder):
    """The flags of gcc's sanitizers; skip where their libraries are not there."""
    (folder / "empty.c").write_text("int main(void) { return 0; }\n")
    if shutil.which("gcc") is None:
        pytest.skip("needs a C compiler: no gcc here")
    line = ["gcc", *SANITIZED, str(folder / "empty.c"), "-o", str(folder / "empty")]
    if subprocess.run(line, capture_output=True).returncode:
        pytest.skip("gcc has no sanitizers here (libasan, libubsan)")
    return SANITIZED


class Compiled:
    """Models in one program; model k is `export_c(graphs[k], name=f"m{k}")`."""

    def __init__(self, headers, graphs, folder, flags=STRICT):
        self.graphs, self.folder = graphs, folder
        for k, header in enumerate(headers):
            (folder / f"m{k}.h").write_text(header, encoding="ascii")
        cases = "\n".join(_case(k, graph) for k, graph in enumerate(graphs))
        includes = "".join(f'#include "m{k}.h"\n' for k in range(len(graphs)))
        (folder / "main.c").write_text(_MAIN.format(includes=includes, cases=cases))
        self.program = gcc(folder / "main.c", folder / "program", *flags)

    def run(self, k, *inputs):
        """Outputs of model k, as lists of arrays; inputs (n, ...) each."""
        rows = [np.ascontiguousarray(x).reshape(len(x), -1).view(np.uint8) for x in inputs]
        sent = np.concatenate(rows, axis=1).tobytes()
        done = subprocess.run([self.program, str(k)], input=sent, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
        outputs = [self.graphs[k].tensors[i] for i in self.graphs[k].outputs]
        ends = np.cumsum([prod(t.shape) for t in outputs])
        answer = np.frombuffer(done.stdout, np.uint8).reshape(len(inputs[0]), ends[-1])
        parts = np.split(answer, ends[:-1], axis=1)
        return [
            np.ascontiguousarray(part).view(t.dtype).reshape(-1, *t.shape[1:])
            for part, t in zip(parts, outputs, strict=True)
        ]


def assert_equals_engine(compiled, k, *inputs):
    """Every output of model k is the engine's, bit for bit; how many values that were."""
    expected = engine_outputs(compiled.graphs[k], inputs)
    values = 0
    for ours, theirs in zip(compiled.run(k, *inputs), expected, strict=True):
        assert ours.dtype == theirs.dtype
        np.testing.assert_array_equal(ours.reshape(theirs.shape), theirs)
        values += ours.size
    return values


def engine_outputs(graph, inputs):
    """What reference kernels give, as the engine computes them."""
    return run(graph, list(inputs), kernels="reference").outputs


def random_inputs(graph, count, seed):
    """`count` random examples for each input of a model."""
    rng = np.random.default_rng(seed)
    drawn = []
    for tensor in (graph.tensors[i] for i in graph.inputs):
        grid = np.iinfo(tensor.dtype)
        shape = (count, *tensor.shape[1:])
        drawn.append(rng.integers(grid.min, grid.max + 1, shape).astype(tensor.dtype))
    return drawn


def _case(k, graph):
    value = "(int8_t *)" if graph.tensors[graph.inputs[0]].dtype == np.int8 else ""
    pointers, total = [], {}
    for buffer, tensors in {"in": graph.inputs, "out": graph.outputs}.items():
        at = 0
        for i in tensors:
            pointers.append(f"{value}{buffer} + {at}")
            at += prod(graph.tensors[i].shape)
        total[f"size_{buffer}"] = at
    return _CASE.format(k=k, pointers=", ".join(pointers), **total)
