"""Floor 2: integer-only inference in numpy. LiteRT is not imported here.

`run` computes a network as LiteRT's kernels do, bit for bit; `explain` follows one output value
step by step; `first_difference` shows where two kernel sets part. `OPERATORS` has what can be
computed by name, `KERNEL_SETS` the words for whose rounding.
"""

from qnn_edu.engine.differences import first_difference
from qnn_edu.engine.explain import Explanation, explain
from qnn_edu.engine.operators import OPERATORS
from qnn_edu.engine.run import KERNEL_SETS, Result, run

__all__ = [
    "KERNEL_SETS",
    "OPERATORS",
    "Explanation",
    "Result",
    "explain",
    "first_difference",
    "run",
]
