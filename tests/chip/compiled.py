"""Headers compiled into one program, which is then asked for a network's answers."""

from math import prod

import numpy as np

from qnn_edu import chip
from qnn_edu.core.affine import dequantize
from qnn_edu.engine.run import run
from tests.chip.needs import need
from tools.chip.targets import HOST, STRICT

_MAIN = """\
#include "{ends}"
{includes}
int main(void)
{{
    int32_t model = -1;
    take(&model, sizeof model);
{cases}
    return 2;
}}
"""
_CASE = """\
    if (model == {k}) {{
{held}
{begin}        while ({takes}) {{
            m{k}_run({arguments});
{gives}
        }}
        return 0;
    }}"""


class Compiled:
    """Networks in one program for a target; network k is `export_c(graphs[k], name=f"m{k}")`."""

    def __init__(self, graphs, folder, flags=STRICT, target=HOST, headers=None):
        self.graphs, self.folder, self.target = graphs, folder, need(target)
        self.programs = [chip.program(graph, f"m{k}") for k, graph in enumerate(graphs)]
        for k, header in enumerate(headers or map(chip.text, self.programs)):
            (folder / f"m{k}.h").write_text(header, encoding="ascii")
        cases = "\n".join(_case(k, program) for k, program in enumerate(self.programs))
        includes = "".join(
            f'#define M{k}_IMPLEMENTATION\n#include "m{k}.h"\n' for k in range(len(graphs))
        )
        text = _MAIN.format(ends=target.ends, includes=includes, cases=cases)
        (folder / "main.c").write_text(text)
        self.program = target.compile(folder / "main.c", folder / "program", *flags)

    def run(self, k, examples):
        """What network k makes of one example after the other: lists of arrays of integers."""
        sent = np.int32(k).tobytes() + b"".join(x.tobytes() for each in examples for x in each)
        answer, at, answers = self.target.run(self.program, sent), 0, []
        outputs = [end.tensor for end in self.programs[k].ends if not end.is_input]
        for _ in examples:
            answers.append([])
            for tensor in outputs:
                count = prod(tensor.shape)
                array = np.frombuffer(answer, tensor.dtype, count, at)
                answers[-1].append(array.reshape(tensor.shape))
                at += array.nbytes
        assert at == len(answer)
        return answers


def assert_equals_engine(compiled, k, *inputs):
    """Every output of network k is the engine's, bit for bit; how many values that were.

    `inputs` has an array for each input, (examples, *shape); what remembers, remembers all along.
    """
    program, values = compiled.programs[k], 0
    integers, expected = engine_ends(compiled.graphs[k], program, inputs)
    ends = [end for end in program.ends if not end.is_input]
    for ours, (theirs, outputs) in zip(compiled.run(k, integers), expected, strict=True):
        for end, one, other, output in zip(ends, ours, theirs, outputs, strict=True):
            np.testing.assert_array_equal(one, other)
            real = dequantize(one, end.tensor.params) if end.is_real else one
            np.testing.assert_array_equal(real, output)
            assert (real.dtype, one.dtype) == (output.dtype, other.dtype)
            values += one.size
    return values


def engine_ends(graph, program, inputs):
    """What the engine has at a program's ends: integers that go in, and those that come out.

    With the latter come the tensors of the file that stand for them.
    """
    given, expected, state = [], [], None
    for example in zip(*inputs, strict=True):
        result = run(graph, list(example), kernels="reference", keep=True, state=state)
        state = result.state
        given.append([])
        for end, x in zip([e for e in program.ends if e.is_input], example, strict=True):
            given[-1].append(result.tensors[end.tensor.index] if end.is_real else x)
        ends = [end for end in program.ends if not end.is_input]
        out = [result.tensors[end.tensor.index] for end in ends]
        expected.append((out, [result.tensors[end.file.index] for end in ends]))
    return given, expected


def random_inputs(graph, count, seed):
    """`count` random examples for each input; half of the real numbers are ties."""
    rng = np.random.default_rng(seed)
    return [_drawn(rng, end, count) for end in chip.program(graph).ends if end.is_input]


def _drawn(rng, end, count):
    grid, shape = np.iinfo(end.tensor.dtype), (count, *end.file.shape)
    whole = rng.integers(grid.min, grid.max + 1, shape)
    if not end.is_real:
        return whole.astype(end.tensor.dtype)
    part = np.where(rng.random(shape) < 0.5, 0.5, rng.random(shape))
    return np.float32((whole + part - end.tensor.zero_point) * end.tensor.scale)


def _case(k, program):
    ends = {True: [], False: []}
    for end in program.ends:
        ends[end.is_input].append(end)
    names = {id(end): f"m{k}_{end.parameter}" for end in program.ends}
    held = [
        f"        static {e.tensor.dtype.name}_t {names[id(e)]}[{prod(e.tensor.shape)}];"
        for e in program.ends
    ]
    state = [f"&m{k}_kept"] if program.variables else []
    if state:
        held.append(f"        static m{k}_state m{k}_kept;")
    takes = " && ".join(f"take({names[id(e)]}, sizeof {names[id(e)]})" for e in ends[True])
    gives = "\n".join(
        f"            give({names[id(e)]}, sizeof {names[id(e)]});" for e in ends[False]
    )
    arguments = ", ".join([*state, *(names[id(e)] for e in program.ends)])
    begin = f"        m{k}_begin({state[0]});\n" if state else ""
    held = "\n".join(held)
    return _CASE.format(k=k, held=held, begin=begin, takes=takes, arguments=arguments, gives=gives)
