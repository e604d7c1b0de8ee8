"""Floor 2: integer-only inference in numpy. LiteRT is not imported here.

`run` computes a network as LiteRT's kernels do, bit for bit; `explain` follows one output value
step by step; `first_difference` shows where two kernel sets part; `blockers` has all that keeps a
network from running. `OPERATORS` has the kernels by the operator's name, `KERNEL_SETS` the words
for whose rounding, `State` what a network remembers from one image to the next.
"""

from qnn_edu.engine.blockers import blockers
from qnn_edu.engine.differences import first_difference
from qnn_edu.engine.explain import Explanation, explain
from qnn_edu.engine.operators import OPERATORS
from qnn_edu.engine.prepare import Blocker
from qnn_edu.engine.run import KERNEL_SETS, Result, run
from qnn_edu.engine.state import State

__all__ = [
    "KERNEL_SETS",
    "OPERATORS",
    "Blocker",
    "Explanation",
    "Result",
    "State",
    "blockers",
    "explain",
    "first_difference",
    "run",
]
