"""Floor 2: integer-only inference in numpy. LiteRT is not imported here.

`run` computes a network as LiteRT's kernels do, bit for bit; `explain` follows one output value
step by step; `first_difference` shows where two kernel sets part.
"""

from qnn_edu.engine.differences import first_difference
from qnn_edu.engine.explain import Explanation, explain
from qnn_edu.engine.run import KERNEL_SETS, KERNELS, Result, run

__all__ = [
    "KERNELS",
    "KERNEL_SETS",
    "Explanation",
    "Result",
    "explain",
    "first_difference",
    "run",
]
