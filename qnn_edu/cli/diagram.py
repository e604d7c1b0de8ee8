"""`qnn-edu diagram`: a picture of the network in a model file."""

from pathlib import Path
from typing import Annotated

import typer

from qnn_edu.cli.files import whole_file
from qnn_edu.cli.output import show
from qnn_edu.tflite import read


def diagram(
    file: Annotated[Path, typer.Argument(help="A model, .tflite.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to: .svg, .pdf, .png or .dot."),
    ] = None,
) -> None:
    """Draw the network in a model file; without -o, tell it in plain text.

    The program dot of Graphviz draws; .dot and the text are made without it.

    Examples:

    \b
        qnn-edu diagram model.tflite
        qnn-edu diagram model.tflite -o model.svg
        qnn-edu diagram model.tflite --output model.dot
    """
    from qnn_edu import draw

    picture = draw.diagram(read(file))
    if output is None:
        show(picture.text)
        return
    with whole_file(output) as part:
        picture.write(part)
