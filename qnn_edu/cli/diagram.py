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
        typer.Option("--output", "-o", help="Where to: .svg, .html, .pdf, .png or .dot."),
    ] = None,
    merge: Annotated[
        bool | None,
        typer.Option(
            "--merge/--no-merge",
            help="Show what operators do together, such as SiLU, as one box, or never. By default "
            "in large networks.",
        ),
    ] = None,
) -> None:
    """Draw the network in a model file; without -o, tell it in plain text.

    A large network is an outline: its parts are folds in .html, and stand below one another in
    other files. The program dot of Graphviz draws; .dot, .html (in words then) and the text are
    made without it.

    Examples:

    \b
        qnn-edu diagram model.tflite
        qnn-edu diagram model.tflite -o model.svg
        qnn-edu diagram model.tflite --no-merge -o model.html
        qnn-edu diagram model.tflite --output model.dot
    """
    from qnn_edu import draw

    picture = draw.diagram(read(file), merge=merge)
    if output is None:
        show(picture.text)
        return
    try:
        with whole_file(output) as part:
            picture.write(part)
    except draw.NotDrawn:
        show(picture.text)
        raise
