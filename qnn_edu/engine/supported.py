"""What the engine computes, as rows of a table."""

from __future__ import annotations

from dataclasses import dataclass, field

from qnn_edu.engine.kernel import Kernel
from qnn_edu.engine.operators import OPERATORS


@dataclass(frozen=True)
class Supported:
    """A kernel: which operator, on which types, in which kernel sets of LiteRT.

    The metadata are a table's headings.
    """

    operator: str = field(metadata={"heading": "operator"})
    types: tuple[str, ...] = field(metadata={"heading": "values"})
    weights: tuple[str, ...] = field(metadata={"heading": "weights"})
    outputs: tuple[str, ...] = field(metadata={"heading": "outputs"})
    sets: tuple[str, ...] = field(metadata={"heading": "kernel sets"})


def supported() -> list[Supported]:
    """A row for each kernel that is registered, by the operator's name.

    >>> [row.types for row in supported() if row.operator == "FULLY_CONNECTED"][:2]
    [('INT8',), ('UINT8',)]
    """
    return [
        Supported(name, kernel.types, kernel.weights, _outputs(kernel), kernel.sets)
        for name, kernels in OPERATORS.items()
        for kernel in kernels
    ]


def _outputs(kernel: Kernel) -> tuple[str, ...]:
    return () if kernel.outputs == 0 else kernel.to or kernel.types
