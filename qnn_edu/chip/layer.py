"""One step of the program: a kernel, its numbers, the tensors that it reads and writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from qnn_edu.chip.arrays import Numbers
from qnn_edu.engine.node import Node
from qnn_edu.tflite.graph import Tensor


@dataclass(frozen=True, eq=False)
class Layer:
    """`kernel` names a file of `kernels`; `numbers` are the fields of its structure, in C's order.

    `operands` are the tensors, by number, that the kernel's pointers point to, and `output` the one
    that it writes: `made`, where that is a tensor that the file lacks. Where an operator becomes
    several layers, `part` counts them.
    """

    node: Node
    kernel: str
    operands: tuple[int, ...]
    output: int
    numbers: Numbers = field(default_factory=dict)
    part: int | None = None
    made: Tensor | None = None

    @property
    def label(self) -> str:
        """The operator's place in the file, and the part: what names of the layer end in."""
        index = self.node.operator.index
        return str(index) if self.part is None else f"{index}_{self.part}"


def layer(node: Node, kernel: str, numbers: Numbers, inputs: int = 1) -> Layer:
    """The layer of an operator whose first `inputs` are operands, and that has one output."""
    return Layer(node, kernel, node.operator.inputs[:inputs], node.output.index, numbers)


def in_parts(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers of one operator, each with a label of its own."""
    if len(layers) == 1:
        return tuple(layers)
    return tuple(replace(each, part=k) for k, each in enumerate(layers))


def clamp_numbers(node: Node) -> dict[str, int]:
    """The fields `lowest` and `highest`: what the type and the fused activation allow."""
    lowest, highest = node.clamp()
    return {"lowest": int(lowest), "highest": int(highest)}
