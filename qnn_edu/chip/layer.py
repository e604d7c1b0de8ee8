"""One step of the program: a kernel, its numbers, the tensors that it reads and writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from qnn_edu.chip.refusal import require
from qnn_edu.engine.node import Node

CLAMPS = ("NONE", "RELU", "RELU6", "RELU_N1_TO_1")


@dataclass(frozen=True, eq=False)
class Layer:
    """`kernel` names a file of `kernels`; `numbers` are the fields of its structure, in C's order.

    `operands` are the tensors, by the file's index, that the kernel's pointers point to.
    """

    node: Node
    kernel: str
    operands: tuple[int, ...]
    numbers: Mapping = field(default_factory=dict)

    @property
    def index(self) -> int:
        return self.node.operator.index

    @property
    def output(self) -> int:
        return self.node.output.index


def clamp_numbers(node: Node) -> dict[str, int]:
    """The fields `lowest` and `highest`: what the type and the fused activation allow.

    Raises:
        ValueError: a fused activation that is no clamp.
    """
    activation = node.option("fused_activation_function", "NONE")
    came = f"has the fused activation {activation}; expected one of {', '.join(CLAMPS)}."
    require(activation in CLAMPS, node.operator, came)
    lowest, highest = node.clamp()
    return {"lowest": int(lowest), "highest": int(highest)}
