"""Every way to round a layer, by its name; all take and give the same."""

from __future__ import annotations

from collections.abc import Callable

from qnn_edu.ptq.rounding.adaround import adaround
from qnn_edu.ptq.rounding.descend import descend
from qnn_edu.ptq.rounding.gptq import gptq
from qnn_edu.ptq.rounding.nearest import round_to_nearest
from qnn_edu.ptq.rounding.rounded import Rounded

ROUNDINGS: dict[str, Callable[..., Rounded]] = {
    "nearest": round_to_nearest,
    "gptq": gptq,
    "descend": descend,
    "adaround": adaround,
}
