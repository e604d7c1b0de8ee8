"""The comment that a header begins with: what is in it, how much of it, and how to use it."""

from __future__ import annotations

import re
import textwrap
from math import prod

import numpy as np

import qnn_edu
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.program import Program
from qnn_edu.tflite import Tensor

_RULES = """\
The arithmetic is that of LiteRT's reference kernels, bit for bit: sums in int32, products of 64
bits, no floating point. It needs two's complement for int32_t, which C99 promises, and shifts no
negative number, as C99 promises nothing there. {name}_run works in one static arena, so two calls
must not run at once; input and output must not overlap. Include this file in one .c file."""

_USE = """\
#include <stdio.h>
#include "{name}.h"

int main(void)
{{
    static {value} input[{name}_input_size], output[{name}_output_size]; // all 0: put data here
    {name}_run(input, output);
    for (int i = 0; i < {name}_output_size; i++) {{
        printf("%d\\n", output[i]);
    }}
    return 0;
}}"""


def described(made: Program) -> str:
    """The comment at a header's beginning.

    >>> from qnn_edu.chip.program import program
    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> comment = described(program(read(asset("digits_int8.tflite"))))
    >>> print(next(line for line in comment.splitlines() if "arena" in line))
       arena          3,072 bytes that all activations share
    """
    version = qnn_edu.__version__
    parts = [
        f"/* {made.name}.h: a quantized neural network in C99.\n\n"
        f"Made by `qnn-edu export-c`, version {version}: {len(made.layers)} layers.",
        "\n".join(_sizes(made)),
        "\n".join(_end(made, word, i) for word, i in made.ends),
        _RULES.format(name=made.name),
    ]
    if len(made.graph.inputs) == len(made.graph.outputs) == 1:
        use = _USE.format(name=made.name, value=made.value_type)
        parts.append("How to use it:\n\n" + textwrap.indent(use, "    "))
    text = "\n\n".join(parts)
    first, *rest = text.splitlines()
    return "\n".join([first, *(f"   {line}".rstrip() for line in rest)]) + " */"


def layer_title(layer: Layer) -> str:
    """A layer's place in the file, operator, name and shapes, safe in a comment.

    >>> from qnn_edu.chip.program import program
    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> layer_title(program(read(asset("digits_int8.tflite"))).layers[0])
    '0 CONV_2D: conv_relu, 1x8x8x1 to 1x8x8x16'
    """
    node = layer.node
    read = [tensor for tensor in node.inputs if tensor is not None][layer.part or 0]
    shapes = " to ".join("x".join(map(str, t.shape)) for t in (read, node.output))
    return f"{layer.label} {node.operator.name}: {_safe(node.output)}, {shapes}"


def _sizes(made: Program) -> list[str]:
    arrays = made.constant_bytes - made.number_bytes
    return [
        f"constants  {made.constant_bytes:>8,} bytes: {arrays:,} in arrays (weights, biases, "
        f"multipliers, shifts),",
        f"           {made.number_bytes:>8,} in the layers' numbers where pointers have 32 bits",
        f"arena      {made.arena_bytes:>8,} bytes that all activations share",
    ]


def _end(made: Program, word: str, index: int) -> str:
    tensor = made.graph.tensors[index]
    shape = " x ".join(map(str, tensor.shape))
    scale = str(np.float32(tensor.scale))  # the shortest decimal that is this float32
    real = f"{scale} * (q - {tensor.zero_point})".replace("- -", "+ ")
    count = f"{prod(tensor.shape):>8,} {made.value_type}"
    return f"{word:<10} {count}, {shape}: q stands for {real}"


def _safe(tensor: Tensor) -> str:
    """A name without what could end a comment or begin another."""
    return re.sub(r"[^A-Za-z0-9_.-]", "_", tensor.short_name)
