"""A model as one C99 header: its numbers, the loops that it needs, and one function."""

from __future__ import annotations

from math import prod

from qnn_edu.chip.arrays import structure
from qnn_edu.chip.describe import described, layer_title
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.program import Program, program
from qnn_edu.chip.sources import source, structure_of
from qnn_edu.tflite import Graph


def export_c(graph: Graph, *, name: str = "model") -> str:
    """A C99 header with the function `void NAME_run(const int8_t *input, int8_t *output)`.

    It needs neither floats nor malloc, of the library only <stdint.h>, and gives what
    `engine.run(graph, inputs, kernels="reference")` gives, bit for bit. `name` begins every name
    in it. A model with several inputs or outputs has a parameter for each; a uint8 model of 2018
    takes and gives uint8_t.

    Raises:
        ValueError: what `program` refuses.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> text = export_c(read(asset("digits_int8.tflite")), name="digits")
    >>> "static void digits_run(const int8_t *input, int8_t *output)" in text
    True
    """
    return text(program(graph, name))


def text(made: Program) -> str:
    """The header of a program.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> print(text(program(read(asset("digits_int8.tflite")))).splitlines()[0])
    /* model.h: a quantized neural network in C99.
    """
    guard = f"{made.name.upper()}_H"
    kernels = source([layer.kernel for layer in made.layers], made.name, made.value_type)
    parts = [
        described(made),
        f"#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>\n\n{_sizes(made)}",
        f"/* ---- The arithmetic ---- */\n\n{kernels}",
        "/* ---- The numbers; tensors are numbered as in the model's file ---- */",
        *_constants(made),
        "/* ---- The network ---- */",
        _run(made),
        f"#endif /* {guard} */\n",
    ]
    return "\n\n".join(parts)


def _sizes(made: Program) -> str:
    sizes = (
        f"{made.name}_{parameter}_size = {prod(made.graph.tensors[i].shape)}"
        for parameter, i in made.ends
    )
    return f"enum {{ {', '.join(sizes)} }};"


def _constants(made: Program) -> list[str]:
    """Layer by layer: a title, the arrays that were not yet there, and the layer's numbers."""
    parts, done = [], set()
    for layer in made.layers:
        lines = [f"/* {layer_title(layer)} */"]
        for array in made.of(layer):
            if array.name not in done:
                lines.append(array.text(made.name))
                done.add(array.name)
        kind = structure_of(layer.kernel)
        lines.append(structure(kind, f"layer_{layer.label}", layer.numbers, made.name))
        parts.append("\n".join(lines))
    return parts


def _run(made: Program) -> str:
    """The arena, and the function that calls one kernel after the other."""
    value, inputs = made.value_type, len(made.graph.inputs)
    parameters = [
        f"{'const ' if k < inputs else ''}{value} *{parameter}"
        for k, (parameter, _) in enumerate(made.ends)
    ]
    lines = [f"static void {made.name}_run({', '.join(parameters)})", "{"]
    if made.offsets:
        lines.insert(0, f"static {value} {made.name}_arena[{made.arena_bytes}];\n")
        lines.append(f"    {value} *const arena = {made.name}_arena;")
    lines += [f"    {_call(made, layer)}" for layer in made.layers]
    return "\n".join([*lines, "}"])


def _call(made: Program, layer: Layer) -> str:
    pointers = [_pointer(made, i) for i in (*layer.operands, layer.output)]
    layer_numbers = f"&{made.name}_layer_{layer.label}"
    return f"{made.name}_{layer.kernel}({', '.join([layer_numbers, *pointers])});"


def _pointer(made: Program, tensor: int) -> str:
    """Where a tensor lies: at a parameter, in the arena, or in a constant array."""
    places = {i: parameter for parameter, i in made.ends}
    if tensor in made.offsets:
        return f"arena + {made.offsets[tensor]}"
    return places.get(tensor, f"{made.name}_tensor_{tensor}")
