"""The comment that a header begins with: what is in it, how much of it, and how to use it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator
from math import prod

import numpy as np

import qnn_edu
from qnn_edu.chip.ends import End
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.program import Program

_RULES = """\
The arithmetic is that of LiteRT's reference kernels, bit for bit: sums in int32, products of 64
bits, no floating point. It needs two's complement for int32_t, which C99 promises, and shifts no
negative number, as C99 promises nothing there. {name}_run works in one static arena, so two calls
must not run at once; inputs and outputs must not overlap.

Any number of files may include this one. In one of them, of C99 or C++11, {upper}_IMPLEMENTATION
is defined before that: there the functions are compiled."""

_REMEMBERS = """\
The network remembers: {name}_state, {size:,} bytes, is the caller's. {name}_begin makes it ready,
once for each stream of inputs; then each {name}_run reads and changes it."""

_USE = """\
#include <stdio.h>
#define {upper}_IMPLEMENTATION
#include "{name}.h"

int main(void)
{{
    static {taken} input[{name}_input_size]; // all 0: put data here
    static {given} output[{name}_output_size];
{state}    {name}_run({argument}input, output);
    for (int32_t i = 0; i < {name}_output_size; i++) {{
        printf("%d\\n", (int)output[i]);
    }}
    return 0;
}}"""


def described(made: Program) -> str:
    """The comment at a header's beginning.

    >>> from qnn_edu.chip.assemble import program
    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> comment = described(program(read(asset("digits_int8.tflite"))))
    >>> print(next(line for line in comment.splitlines() if "arena" in line))
       arena          3,072 bytes that all activations share
    """
    version, words = qnn_edu.__version__, {"name": made.name, "upper": made.name.upper()}
    parts = [
        f"/* {made.name}.h: a quantized neural network in C99.\n\n"
        f"Made by `qnn-edu export-c`, version {version}: {len(made.layers)} layers.",
        "\n".join(_sizes(made)),
        "\n".join(line for end in made.ends for line in _end(end)),
        _RULES.format(**words),
    ]
    if made.variables:
        parts.append(_REMEMBERS.format(size=made.state_bytes, **words))
    if len(made.ends) == 2:
        parts.append("How to use it:\n\n" + textwrap.indent(_use(made, words), "    "))
    text = "\n\n".join(parts)
    first, *rest = text.splitlines()
    return "\n".join([first, *(f"   {line}".rstrip() for line in rest)]) + " */"


def layer_title(layer: Layer) -> str:
    """A layer's place in the file, operator, name and shapes, safe in a comment.

    >>> from qnn_edu.chip.assemble import program
    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> layer_title(program(read(asset("digits_int8.tflite"))).layers[0])
    '0 CONV_2D: conv_relu, 1x8x8x1 to 1x8x8x16'
    """
    node = layer.node
    known = {t.index: t for t in (*node.inputs, *node.outputs) if t is not None}
    output = known.get(layer.output, node.outputs[0] if node.outputs else None)
    shapes = [known[i].shape for i in layer.operands if i in known][:1]
    shapes += [] if output is None else [output.shape]
    name = "" if output is None else f"{safe(output.short_name)}, "
    told = " to ".join("x".join(map(str, shape)) or "1" for shape in shapes)
    return f"{layer.label} {node.operator.name}: {name}{told}"


def safe(name: str) -> str:
    """A name without what could end a comment or begin another.

    >>> safe("s*/_a/b")
    's___a_b'
    """
    return re.sub(r"[^A-Za-z0-9_.-]", "_", name)


def _sizes(made: Program) -> list[str]:
    arrays = made.constant_bytes - made.number_bytes
    return [
        f"constants  {made.constant_bytes:>8,} bytes: {arrays:,} in arrays (weights, biases, "
        f"multipliers, shifts),",
        f"           {made.number_bytes:>8,} in the layers' numbers where pointers have 32 bits",
        f"arena      {made.arena_bytes:>8,} bytes that all activations share",
    ]


def _end(end: End) -> Iterator[str]:
    """What an input or output holds; where the file has real numbers, how they come about."""
    tensor = end.tensor
    shape = " x ".join(map(str, tensor.shape)) or "1"
    count = f"{prod(tensor.shape):>8,} {tensor.dtype.name}_t"
    if tensor.scale is None:
        yield f"{end.parameter:<10} {count}, {shape}"
        return
    scale = str(np.float32(tensor.scale))  # the shortest decimal that is this float32
    real = f"{scale} * (q - {tensor.zero_point})".replace("- -", "+ ")
    yield f"{end.parameter:<10} {count}, {shape}: q stands for {real}"
    if end.is_real and end.is_input:
        grid = np.iinfo(tensor.dtype)
        q = f"round(x / {scale}) + {tensor.zero_point}".replace("+ -", "- ")
        yield f"{'':<10} the file takes real numbers x: q = {q}, half away"
        yield f"{'':<10} from zero, then from {grid.min} to {grid.max}"
    elif end.is_real:
        yield f"{'':<10} the file gives these real numbers, in float32"
    if end.left:
        yield f"{'':<10} for {end.left}, which the caller does"


def _use(made: Program, words: dict[str, str]) -> str:
    taken, given = (f"{end.tensor.dtype.name}_t" for end in made.ends)
    name = words["name"]
    state = f"    static {name}_state state;\n    {name}_begin(&state);\n" if made.variables else ""
    argument = "&state, " if made.variables else ""
    return _USE.format(taken=taken, given=given, state=state, argument=argument, **words)
