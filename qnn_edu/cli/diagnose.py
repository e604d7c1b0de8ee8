"""`qnn-edu diagnose`: what stands between a float network and a file of integers."""

from pathlib import Path
from typing import Annotated, Any

import numpy as np
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
            "there are any; and calibration, some hundred training examples, if there are any. "
            "Of several inputs, arrays called NAME and calibration_NAME."
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
    from qnn_edu.nets.conversion.source import source as source_of

    loaded = read_arrays(data)
    arrays = loaded if isinstance(loaded, dict) else {"x": loaded}
    model = nets.load_model(source)
    x, calibration = _fed(data, arrays, [each.name for each in source_of(model).inputs])
    with bar() as work_on:
        found = nets.diagnose(
            model,
            (x, arrays.get("y")),
            calibration=calibration,
            tolerance=tolerance,
            progress=work_on("Diagnosing"),
        )
    if as_json:
        show_json({"file": str(source), **found.as_dict()})
    else:
        show(str(found))
    raise typer.Exit(0 if found.healthy else 1)


def _fed(data: Path, arrays: dict[str, np.ndarray], names: list[str]) -> tuple[Any, Any]:
    """Examples and calibration data: an array of the only input, a dict by name of several."""
    called = {"x": "calibration"} if len(names) == 1 else {n: f"calibration_{n}" for n in names}
    known, there = {*called, *called.values(), "y"}, called.values() & arrays.keys()
    if not set(called) <= set(arrays) <= known or len(there) not in (0, len(called)):
        raise ValueError(
            f"{data} holds {', '.join(sorted(arrays))}; expected {', '.join(called)}, and if there "
            f"are any, y and {', '.join(called.values())}."
        )
    if len(names) == 1:
        return arrays["x"], arrays.get("calibration")
    calibration = {name: arrays[key] for name, key in called.items()} if there else None
    return {name: arrays[name] for name in names}, calibration
