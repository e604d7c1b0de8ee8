"""`qnn-edu diagnose`: what stands between a float network and a file of integers."""

from pathlib import Path
from typing import Annotated

import typer

from qnn_edu.cli.files import read_arrays
from qnn_edu.cli.output import show, show_json
from qnn_edu.cli.progress import bar


def diagnose(
    source: Annotated[Path, typer.Argument(help="A SavedModel folder, or a .keras or .h5 file.")],
    data: Annotated[
        Path,
        typer.Option(
            help="An .npz file: test examples x, real numbers as in training; class numbers y, if "
            "there are any; and calibration, some hundred training examples, if there are any."
        ),
    ],
    tolerance: Annotated[
        float | None,
        typer.Option(help="The loss in points that is accepted. Without it: the standard error."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Find what keeps a network from being quantized well, and say what to do about it.

    Climbs the ladder of docs/your_own_network.md: the float file, the input, channels, bounds,
    calibration, int8, and, if that loses too much, what helps. The exit code is 0 for a network in
    which nothing is wrong, 1 where something was found.

    Examples:

    \b
        qnn-edu diagnose model.keras --data test.npz
        qnn-edu diagnose saved_model --data test.npz --tolerance 0.5 --json
    """
    from qnn_edu import nets

    loaded = read_arrays(data)
    arrays = loaded if isinstance(loaded, dict) else {"x": loaded}
    model = nets.load_model(source)
    if "x" not in arrays or not set(arrays) <= {"x", "y", "calibration"}:
        raise ValueError(
            f"{data} holds {', '.join(sorted(arrays))}; expected x, and if there are any, y and "
            "calibration."
        )
    with bar() as work_on:
        found = nets.diagnose(
            model,
            (arrays["x"], arrays.get("y")),
            calibration=arrays.get("calibration"),
            tolerance=tolerance,
            progress=work_on("Diagnosing"),
        )
    if as_json:
        show_json({"file": str(source), **found.as_dict()})
    else:
        show(str(found))
    raise typer.Exit(0 if found.healthy else 1)
