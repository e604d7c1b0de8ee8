"""Which arrows a diagram has: where a tensor comes from, and whether it is too far to draw."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from qnn_edu.draw.graphs.bands import Layout
from qnn_edu.draw.graphs.blocks import Block
from qnn_edu.draw.graphs.layout import ranks
from qnn_edu.tflite.graph import Operator, Subgraph

NEAR = 4  # levels of a column's first block that an arrow from its top leads to
SEVERAL = 2  # far arrows to one box; more of them share an end


class Home(NamedTuple):
    """Where a tensor comes from: a node, what the node is called, and its column."""

    node: str
    called: str
    column: int


class FarEnd(NamedTuple):
    """Where the last piece of far arrows begins: a node, what it says, if at a column's top."""

    node: str
    words: str
    tensors: tuple[int, ...]
    at_top: bool


class Wiring:
    """The arrows of a graph in a layout; `prefix` keeps its nodes apart from other graphs'.

    An arrow into another column would cross the picture, and one that the layout calls far would
    pass by too much. Either is drawn as two ends, "to 8" below where it comes from and "from 7" at
    the top of the column, or above the box that it leads to.
    """

    def __init__(self, graph: Subgraph, layout: Layout, prefix: str = "") -> None:
        self._layout, self._prefix = layout, prefix
        self._numbers: dict[int, str] = {}
        self._columns: dict[int, int] = {}
        self.homes: dict[int, Home] = {}
        first: dict[int, int] = {}
        for column, blocks in enumerate(layout.columns):
            for block in blocks:
                self._settle(block, column)
                for operator in (operator for run in block.repeats for operator in run):
                    for i in operator.inputs:
                        first.setdefault(i, column)
        for n, i in enumerate(dict.fromkeys(graph.inputs)):
            self.homes[i] = Home(f"{prefix}input {n}", "input", first.get(i, 0))
        self._at_top = {
            operator.index
            for blocks in layout.columns
            for level in (ranks(blocks[0].operators)[:NEAR] if blocks else ())
            for operator in level
        }

    def node(self, operator: Operator) -> str:
        """The node of an operator's box."""
        word = re.sub(r"\W+", "_", operator.name)  # a colon, for one, would mean a port
        return f"{self._prefix}{operator.index} {word}"

    def number(self, operator: Operator) -> str:
        """The operator's number; from the first to the last where a box stands for several."""
        return self._numbers[operator.index]

    def is_root(self, operator: Operator) -> bool:
        """Whether no arrow leads to an operator: it works on constants."""
        return not self._read(operator)

    def is_apart(self, block: Block) -> bool:
        """Whether no arrow leads to a block from outside."""
        made = {i for operator in block.operators for i in operator.outputs}
        return all(made.issuperset(self.near(operator)) for operator in block.operators)

    def near(self, reader: Operator) -> list[int]:
        """The tensors whose arrows to an operator are drawn whole."""
        return [i for i in self._read(reader) if not self._is_far(i, reader)]

    def far_ends(self, reader: Operator) -> list[FarEnd]:
        """The second ends of the far arrows to an operator."""
        far = [i for i in self._read(reader) if self._is_far(i, reader)]
        return [self._end(each, reader) for each in ([far] if len(far) > SEVERAL else zip(far))]

    def far_readers(self) -> dict[int, list[str]]:
        """The numbers of the operators that far arrows lead to, for each tensor that has some."""
        found: dict[int, list[str]] = {}
        for blocks in self._layout.columns:
            for operator in (operator for block in blocks for operator in block.operators):
                for i in self._read(operator):
                    if self._is_far(i, operator):
                        found.setdefault(i, []).append(self.number(operator))
        return found

    def _read(self, operator: Operator) -> list[int]:
        """The tensors whose arrows lead to an operator."""
        return [i for i in dict.fromkeys(operator.inputs) if i in self.homes]

    def _is_far(self, tensor: int, reader: Operator) -> bool:
        """Whether the arrow of a tensor to an operator is drawn as two ends."""
        elsewhere = self.homes[tensor].column != self._columns[reader.index]
        return elsewhere or (tensor, reader.index) in self._layout.far

    def _end(self, tensors: Iterable[int], reader: Operator) -> FarEnd:
        """The end of arrows to a reader; that of one tensor, at the top, serves all there."""
        tensors = tuple(tensors)
        called = ", ".join(dict.fromkeys(self.homes[i].called for i in tensors))
        at_top = reader.index in self._at_top
        shared = at_top and len(tensors) == 1
        where = f"column {self._columns[reader.index]}" if shared else str(reader.index)
        node = f"{self._prefix}{called}, tensor {tensors[0]}, for {where}"
        return FarEnd(node, f"from {called}", tensors, at_top)

    def _settle(self, block: Block, column: int) -> None:
        """Give the operators of a block their numbers, and their tensors homes."""
        numbers = block.numbers
        for position, drawn in enumerate(block.operators):
            self._numbers[drawn.index] = numbers[position]
            self._columns[drawn.index] = column
            home = Home(self.node(drawn), numbers[position], column)
            for run in block.repeats:
                self.homes.update(dict.fromkeys(run[position].outputs, home))
