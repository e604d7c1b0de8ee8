"""A model as one C99 header: what its users see, and what one source file compiles."""

from __future__ import annotations

from math import prod

from qnn_edu.chip.arrays import Array, structure
from qnn_edu.chip.assemble import program
from qnn_edu.chip.describe import described, layer_title, safe
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.program import Program
from qnn_edu.chip.sources import source, structure_of
from qnn_edu.chip.state import Variable
from qnn_edu.tflite import Graph

WIDTH = 100


def export_c(graph: Graph, *, name: str = "model") -> str:
    """A C99 header with the function `void NAME_run(const int8_t *input, int8_t *output)`.

    It needs neither floats nor malloc, of the library only <stdint.h>, and gives what
    `engine.run(graph, inputs, kernels="reference")` gives, bit for bit. `name` begins every name
    in it. A model with several inputs or outputs has a parameter for each; one that remembers has
    its state in a structure of the caller's, which `NAME_begin` makes ready. Where the file takes
    or gives real numbers, the function takes or gives the integers that stand for them.

    Any number of files may include it; in one of them, of C or C++, `NAME_IMPLEMENTATION` is
    defined before.

    Raises:
        ValueError: what `program` refuses.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> text = export_c(read(asset("digits_int8.tflite")), name="digits")
    >>> "void digits_run(const int8_t *input, int8_t *output)" in text
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
    return "\n\n".join([described(made), *_declared(made), *_implemented(made)]) + "\n"


def _declared(made: Program) -> list[str]:
    """Sizes, the state, and the functions, for every file that includes the header."""
    guard = f"{made.name.upper()}_H"
    sizes = (f"#define {made.name}_{e.parameter}_size {prod(e.tensor.shape)}" for e in made.ends)
    functions = [f"{each};" for each in _signatures(made)]
    return [
        f"#ifndef {guard}\n#define {guard}\n\n#include <stdint.h>",
        "\n".join(sizes),
        '#ifdef __cplusplus\nextern "C" {\n#endif',
        *([_state(made)] if made.variables else []),
        *functions,
        f"#ifdef __cplusplus\n}}\n#endif\n\n#endif /* {guard} */",
    ]


def _implemented(made: Program) -> list[str]:
    """The loops, the numbers, and the functions, for one of the files."""
    asked, done = f"{made.name.upper()}_IMPLEMENTATION", f"{made.name.upper()}_IMPLEMENTED"
    kernels = source([layer.kernel for layer in made.layers], made.name, made.types)
    return [
        f"#if defined({asked}) && !defined({done})\n#define {done}",
        f"/* ---- The arithmetic ---- */\n\n{kernels}",
        "/* ---- The numbers; tensors are numbered as in the model's file ---- */",
        *_constants(made),
        "/* ---- The network ---- */",
        *([_begin(made)] if made.variables else []),
        _run(made),
        f"#endif /* {asked} */",
    ]


def _state(made: Program) -> str:
    """The structure that holds the variables."""
    fields = (
        f"    {_type(each)} {each.field}[{each.begin.size}]; /* {safe(each.name)} */"
        for each in made.variables
    )
    what = "/* What the network remembers from one call to the next. */"
    return "\n".join([what, "typedef struct {", *fields, f"}} {made.name}_state;"])


def _signatures(made: Program) -> list[str]:
    """The functions, without what ends a declaration."""
    state = [f"{made.name}_state *state"] if made.variables else []
    ends = [
        f"{'const ' if e.is_input else ''}{e.tensor.dtype.name}_t *{e.parameter}" for e in made.ends
    ]
    begin = [f"void {made.name}_begin({state[0]})"] if state else []
    run = f"void {made.name}_run({', '.join(state + ends)})"
    if len(run) > WIDTH:
        run = f"void {made.name}_run(\n    " + ",\n    ".join(state + ends) + ")"
    return [*begin, run]


def _constants(made: Program) -> list[str]:
    """Layer by layer: a title, the arrays that were not yet there, and the layer's numbers."""
    parts: list[str] = []
    done: set[str] = set()
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


def _begin(made: Program) -> str:
    """The function that makes a state ready, and what variables begin with."""
    lines = [array.text(made.name) + "\n" for array in map(_beginning, made.variables) if array]
    lines += [_signatures(made)[0], "{"]
    for each in made.variables:
        array = _beginning(each)
        value = f"{made.name}_{array.name}[n]" if array else str(each.begin.ravel()[0])
        lines.append(f"    for (int32_t n = 0; n < {each.begin.size}; n++) {{")
        lines += [f"        state->{each.field}[n] = {value};", "    }"]
    return "\n".join([*lines, "}"])


def _beginning(variable: Variable) -> Array | None:
    """What a variable begins with, None if that is one value everywhere."""
    return None if variable.is_even else Array(f"begin_{variable.field}", variable.begin)


def _run(made: Program) -> str:
    """The arena, and the function that calls one kernel after the other."""
    value = made.types["value"]
    lines = [_signatures(made)[-1], "{"]
    if made.offsets:
        lines.insert(0, f"static {value} {made.name}_arena[{made.arena_bytes}];\n")
        lines.append(f"    {value} *const arena = {made.name}_arena;")
    read = {i for layer in made.layers for i in layer.operands}
    unused = [e.parameter for e in made.ends if e.is_input and e.tensor.index not in read]
    lines += [f"    (void){parameter};" for parameter in unused]
    lines += [f"    {_call(made, layer)}" for layer in made.layers]
    return "\n".join([*lines, "}"])


def _call(made: Program, layer: Layer) -> str:
    pointers = [_pointer(made, i) for i in (*layer.operands, layer.output)]
    layer_numbers = f"&{made.name}_layer_{layer.label}"
    return f"{made.name}_{layer.kernel}({', '.join([layer_numbers, *pointers])});"


def _pointer(made: Program, tensor: int) -> str:
    """Where a tensor lies: at a parameter, in the arena, in the state, or in a constant array."""
    places = {end.tensor.index: end.parameter for end in made.ends}
    places |= {each.tensor.index: f"state->{each.field}" for each in made.variables}
    if tensor in made.offsets:
        return f"arena + {made.offsets[tensor]}"
    return places.get(tensor, f"{made.name}_tensor_{tensor}")


def _type(variable: Variable) -> str:
    return f"{variable.begin.dtype.name}_t"
