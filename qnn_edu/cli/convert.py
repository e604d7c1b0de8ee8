"""`qnn-edu convert`: a trained model into a LiteRT file, quantized as asked."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from qnn_edu.cli.files import read_arrays, whole_file
from qnn_edu.cli.output import note, show, working
from qnn_edu.core.range_methods import RANGE_METHODS
from qnn_edu.tflite import Graph, read

CONVERTERS_OWN = "min_max"
OFFERED = [name for name, method in RANGE_METHODS.items() if not method.in_order]


def convert(
    source: Annotated[Path, typer.Argument(help="A SavedModel folder, or a .keras or .h5 file.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write, .tflite.")],
    recipe: Annotated[
        str, typer.Option(help="float32, float16, dynamic, int8 or int16x8.")
    ] = "int8",
    calibration: Annotated[
        Path | None,
        typer.Option(
            help="About 100 inputs, real numbers as in training: an .npy file (n, ...), or .npz "
            "with an array under each input's name. int8 and int16x8 need it."
        ),
    ] = None,
    io: Annotated[
        str | None, typer.Option(help="Type of inputs and outputs: int8, uint8, int16, float32.")
    ] = None,
    per_tensor: Annotated[
        bool, typer.Option("--per-tensor", help="One scale for a whole weight, not one a channel.")
    ] = False,
    how: Annotated[
        str, typer.Option("--ranges", help="Activation ranges: " + ", ".join(OFFERED) + ".")
    ] = CONVERTERS_OWN,
    keep_float: Annotated[
        list[str] | None, typer.Option(help="Leave this operator in float; may be repeated.")
    ] = None,
    batch: Annotated[
        int, typer.Option(help="Images that the file takes at once; 0 leaves the number open.")
    ] = 1,
    signature: Annotated[
        str | None, typer.Option(help="Which of several functions of a SavedModel to convert.")
    ] = None,
    graphs: Annotated[
        Path | None,
        typer.Option("--dump-graphviz", help="A folder for pictures from before and after."),
    ] = None,
) -> None:
    """Convert a trained model to a LiteRT file, quantized by a recipe.

    Examples:

    \b
        qnn-edu convert model.keras -o model.tflite --calibration images.npy
        qnn-edu convert saved_model -o model.tflite --recipe dynamic
        qnn-edu convert model.keras -o model.tflite --calibration images.npy \\
            --ranges mse --io uint8 --dump-graphviz graphs
    """
    from qnn_edu import nets

    if how not in OFFERED:
        raise ValueError(f"No ranges {how!r}; choose one of {', '.join(OFFERED)}.")
    data = None if calibration is None else read_arrays(calibration)
    with whole_file(output) as part, working(f"Converting {source}"):
        model = nets.load_model(source, signature=signature)
        content = nets.convert(
            model,
            recipe,
            calibration=data,
            io=io,
            per_channel=not per_tensor,
            ranges=None if how == CONVERTERS_OWN else RANGE_METHODS[how],
            keep_float=keep_float or (),
            batch=batch or None,
        )
        if graphs is not None:
            _dump(graphs, {"before": nets.tensorflow_graph(model), "after": read(content)})
        part.write_bytes(content)
    show(f"{output}: {len(content):,} bytes, {recipe}")


def _dump(folder: Path, graphs: dict[str, Graph]) -> None:
    """Write each graph as NAME.dot, and as NAME.svg where the program dot is there to draw it.

    All pictures are made before the first is written.
    """
    from qnn_edu import draw

    pictures = {name: draw.diagram(graph) for name, graph in graphs.items()}
    folder.mkdir(parents=True, exist_ok=True)
    drawn = shutil.which("dot") is not None
    for name, picture in pictures.items():
        picture.write(folder / f"{name}.dot")
        try:
            if drawn:
                picture.write(folder / f"{name}.svg")
        except draw.NotDrawn as error:
            note(f"{folder} has no {name}.svg. {error}")
    if not drawn:
        note(f"{folder} has .dot files only: install Graphviz (see `qnn-edu doctor`) for pictures.")
