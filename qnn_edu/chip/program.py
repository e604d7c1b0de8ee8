"""A model as a program: layers in order, and the place in memory of every tensor."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

from qnn_edu.chip.arrays import Array, arrays_in, size_of
from qnn_edu.chip.ends import End
from qnn_edu.chip.layer import Layer
from qnn_edu.chip.state import Variable
from qnn_edu.tflite.graph import Tensor


@dataclass(frozen=True, eq=False)
class Program:
    """`offsets` has the place of every tensor in the arena; the others are given, or constants.

    `name` begins every name in C; `kind` is the type of the activations, `INT8` or `UINT8`;
    `tensors` are by number, variables below 0.
    """

    name: str
    kind: str
    ends: tuple[End, ...]
    layers: tuple[Layer, ...]
    tensors: dict[int, Tensor]
    variables: tuple[Variable, ...]
    offsets: dict[int, int]

    @property
    def types(self) -> dict[str, str]:
        """C's type of an activation, and of a place that ARG_MAX finds."""
        places = (self.tensors[e.output].type for e in self.layers if e.kernel == "arg_max")
        return {"value": f"{self.kind.lower()}_t", "index": f"{next(places, 'INT32').lower()}_t"}

    @property
    def arrays(self) -> list[Array]:
        """Every constant array once, in the order of the layers."""
        found = [array for layer in self.layers for array in self.of(layer)]
        found += [Array(f"begin_{v.field}", v.begin) for v in self.variables if not v.is_even]
        return list({each.name: each for each in found}.values())

    def of(self, layer: Layer) -> Iterator[Array]:
        """The constant arrays of a layer: those that its numbers name, and constant operands."""
        yield from arrays_in(layer.numbers)
        for tensor in (self.tensors[i] for i in layer.operands):
            if tensor.data is not None:
                yield Array(f"tensor_{tensor.index}", tensor.data)

    @property
    def constant_bytes(self) -> int:
        """Bytes of all constants: arrays, and the layers' numbers on a chip of 32 bits."""
        return sum(a.values.nbytes for a in self.arrays) + self.number_bytes

    @property
    def number_bytes(self) -> int:
        """Bytes of the layers' structures on a chip of 32 bits."""
        return sum(size_of(layer.numbers) for layer in self.layers)

    @property
    def arena_bytes(self) -> int:
        """Bytes of the arena: where the last of its buffers ends."""
        ends = (at + prod(self.tensors[i].shape) for i, at in self.offsets.items())
        return max(ends, default=0)

    @property
    def state_bytes(self) -> int:
        """Bytes of what the network remembers."""
        return sum(each.begin.nbytes for each in self.variables)
