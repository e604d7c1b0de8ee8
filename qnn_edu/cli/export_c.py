"""`qnn-edu export-c`: a model file as C99 for a processor without floating point."""

from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from qnn_edu.cli.files import whole_file
from qnn_edu.cli.output import show, show_json
from qnn_edu.tflite import read

if TYPE_CHECKING:
    from qnn_edu.chip.ends import End


def export_c(
    file: Annotated[Path, typer.Argument(help="A model that computes in 8 bits, .tflite.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The header to write, .h.")],
    name: Annotated[
        str, typer.Option(help="What every name in C begins with: the function is NAME_run.")
    ] = "model",
    as_json: Annotated[bool, typer.Option("--json", help="Print the sizes as JSON.")] = False,
) -> None:
    """Make one C99 header of an int8 or uint8 model: its numbers, plain loops, one function.

    It computes what LiteRT's reference kernels compute, bit for bit, in integers only, and needs
    neither malloc nor a library. Its first comment says what it takes and gives, and shows a
    program. Where the file takes or gives real numbers, it takes or gives the integers that stand
    for them. What keeps a file from becoming C is listed, all of it.

    Examples:

    \b
        qnn-edu export-c model.tflite -o model.h
        qnn-edu export-c digits_int8.tflite -o digits.h --name digits
        qnn-edu export-c model.tflite -o model.h --json | jq .sizes.arena
    """
    from qnn_edu import chip

    with whole_file(output) as part:
        graph = read(file)
        program = chip.program(graph, name)
        part.write_text(chip.text(program), encoding="ascii")
    sizes = {"constants": program.constant_bytes, "arena": program.arena_bytes}
    sizes |= {"state": program.state_bytes} if program.variables else {}
    if as_json:
        ends = {
            "inputs": [_end(end) for end in program.ends if end.is_input],
            "outputs": [_end(end) for end in program.ends if not end.is_input],
        }
        answer = {"file": str(file), "output": str(output), "function": f"{name}_run"}
        show_json(answer | ends | {"sizes": sizes})
        return
    told = ", ".join(f"{count:,} bytes of {what}" for what, count in sizes.items())
    show(f"{output}: {name}_run, {told}")


def _end(end: "End") -> dict:
    """What a caller must know of an input or output; real numbers in the file are its to make."""
    tensor = end.tensor
    return {
        "name": end.file.name,
        "type": tensor.type,
        "shape": tensor.shape,
        "bytes": prod(tensor.shape) * tensor.dtype.itemsize,
        "real": end.is_real,
        "scale": tensor.scale,
        "zero_point": tensor.zero_point,
    }
