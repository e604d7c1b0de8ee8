"""One network on a diagram: boxes in columns, joined by arrows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from qnn_edu.draw import style
from qnn_edu.draw.graphs import boxes
from qnn_edu.draw.graphs.blocks import Block
from qnn_edu.draw.graphs.drawing import Diagram
from qnn_edu.draw.graphs.group import Group, numbered
from qnn_edu.draw.graphs.layout import Layout, ranks, spine
from qnn_edu.draw.graphs.segments import fed
from qnn_edu.draw.graphs.words import notation, operators
from qnn_edu.draw.graphs.words.options import activation
from qnn_edu.tflite.graph import Operator, Subgraph, Tensor

NEAR = 4  # levels of a column's first block that an arrow from its top leads to


class Home(NamedTuple):
    """Where a tensor comes from: a node, what the node is called, and its column."""

    node: str
    called: str
    column: int


class Sheet:
    """The columns `shown` of a graph's layout; `prefix` keeps its nodes apart from other graphs'.

    An arrow into another column would cross the picture, and a `far` one would pass by too much.
    Either is drawn as two ends instead, "to 8" below where it comes from and "from 7" at the top of
    the column, or above the box that it leads to.
    """

    def __init__(
        self,
        graph: Subgraph,
        layout: Layout,
        values: Mapping[int, float],
        scale: boxes.Scale,
        prefix: str = "",
        shown: range | None = None,
    ) -> None:
        self._graph, self._layout, self._prefix = graph, layout, prefix
        self._values, self._scale = values, scale
        self._shown = range(len(layout.columns)) if shown is None else shown
        self._homes = self._find_homes()
        self._tops: dict[int, list[str]] = {column: [] for column in self._shown}
        lines = [self._line(layout.columns[column]) for column in self._shown]
        self._spine = {node for line in lines for node in line}
        self._straight = {pair for line in lines for pair in pairwise(line)}
        self._labelled: set[int] = set()  # tensors whose words stand at an arrow already
        self._heads: dict[str, None] = {}  # the nodes that arrows lead to, and from
        self._tails: set[str] = set()
        self._repeated = {  # tensors that stand for several, each with a scale of its own
            i
            for column in layout.columns
            for block in column
            for run in block.repeats[:-1]
            for operator in run
            for i in operator.outputs
        }

    @property
    def tops(self) -> list[str]:
        """The nodes that the columns begin with, once it is drawn."""
        return [self._tops[column][0] for column in self._shown]

    @property
    def bottoms(self) -> list[str]:
        """The nodes that no arrow leads down from, once it is drawn."""
        return [node for node in self._heads if node not in self._tails]

    def node(self, operator: Operator) -> str:
        """The node of an operator's box."""
        word = re.sub(r"\W+", "_", operator.name)  # a colon, for one, would mean a port
        return f"{self._prefix}{operator.index} {word}"

    def draw(self, dot: Diagram) -> None:
        """Add the boxes and arrows of the columns to a diagram."""
        for i in dict.fromkeys(self._graph.inputs):
            node, called, column = self._homes[i]
            if column in self._shown:
                self._tops[column].append(node)
                self._end(dot, node, called, i, column)
        for column in self._shown:
            for block in self._layout.columns[column]:
                self._block(dot, block, column)
        for column in self._shown:
            for operator in self._drawn(column):
                for i in self._read(operator):
                    self._arrow(dot, i, operator, column)
        self._outputs(dot)
        self._leads(dot)
        self._stack(dot)
        self._align(dot)

    def _columns(self) -> list[tuple[Block, ...]]:
        return [self._layout.columns[column] for column in self._shown]

    def _drawn(self, column: int) -> list[Operator]:
        """The operators whose boxes stand in a column."""
        return [op for block in self._layout.columns[column] for op in block.operators]

    def _find_homes(self) -> dict[int, Home]:
        homes, first = {}, {}
        for column, blocks in enumerate(self._layout.columns):
            for block in blocks:
                for run in block.repeats:
                    for operator, drawn in zip(run, block.operators, strict=True):
                        home = Home(self.node(drawn), _number(block, drawn), column)
                        homes.update(dict.fromkeys(operator.outputs, home))
                        for i in operator.inputs:
                            first.setdefault(i, column)
        for n, i in enumerate(dict.fromkeys(self._graph.inputs)):
            homes[i] = Home(f"{self._prefix}input {n}", "input", first.get(i, 0))
        return homes

    def _line(self, column: Sequence[Block]) -> list[str]:
        """The nodes of a column that stand in line: on the longest ways from its inputs down."""
        ready = fed(self._graph)
        parts = [[op for op in one.operators if ready.intersection(op.inputs)] for one in column]
        return [self.node(operator) for part in parts for operator in spine(tuple(part))]

    def _read(self, operator: Operator) -> list[int]:
        """The tensors whose arrows lead to an operator."""
        return [i for i in dict.fromkeys(operator.inputs) if i in self._homes]

    def _is_far(self, tensor: int, reader: Operator, column: int) -> bool:
        elsewhere = self._homes[tensor].column != column
        return elsewhere or (tensor, reader.index) in self._layout.far

    def _group(self, column: int) -> str:
        return f"{self._prefix}column {column}"

    def _end(self, dot: Diagram, node: str, called: str, tensor: int, column: int) -> None:
        name = notation.name(self._graph.tensors[tensor])
        dot.node(node, boxes.box(called, [name], fill=style.SHADE), group=self._group(column))

    def _outputs(self, dot: Diagram) -> None:
        for n, i in enumerate(self._graph.outputs):
            node = f"{self._prefix}output {n}"
            home = self._homes.get(i, Home("", "", len(self._layout.columns) - 1))
            if home.column in self._shown:
                self._end(dot, node, "output", i, home.column)
                if home.node:
                    self._edge(dot, i, home.node, node)

    def _block(self, dot: Diagram, block: Block, column: int) -> None:
        if len(block.repeats) == 1:
            self._boxes(dot, block, column)
            return
        frame = {
            "label": f"× {len(block.repeats)}",
            "labeljust": "r",
            "style": "dashed,rounded",
            "color": style.PURPLE,
            "fontcolor": style.ink(style.PURPLE),
            "margin": "6",
            "fontsize": str(boxes.TEXT + 3),
        }
        first = self.node(block.operators[0])
        with dot.subgraph(name=f"cluster {first}", graph_attr=frame) as cluster:
            self._boxes(cluster, block, column)

    def _boxes(self, dot: Diagram, block: Block, column: int) -> None:
        for operator in block.operators:
            self._box(dot, block, operator, column)
        first, *others = sorted(ranks(block.operators)[0], key=self._is_root)
        if not self._is_root(first):
            with dot.subgraph(graph_attr={"rank": "same"}) as row:
                for left, right in pairwise([first, *filter(self._is_root, others)]):
                    row.edge(self.node(left), self.node(right), style="invis")

    def _is_root(self, operator: Operator) -> bool:
        """Whether no arrow leads to an operator: it works on constants."""
        return not any(i in self._homes for i in operator.inputs)

    def _box(self, dot: Diagram, block: Block, operator: Operator, column: int) -> None:
        value = next((self._values[i] for i in operator.outputs if i in self._values), None)
        quantizer = operators.is_quantizer(operator)
        fill = boxes.QUANTIZER if quantizer else "white"
        label = boxes.box(
            notation.shortened(operator.name),
            operators.details(operator, self._graph),
            number=_number(block, operator),
            value=value,
            foot=activation(operator),
            fill=fill if value is None else self._scale.fill(value),
            quantizer=quantizer,
            merged=isinstance(operator, Group),
        )
        node = self.node(operator)
        dot.node(node, label, group=self._group(column) if node in self._spine else None)

    def _arrow(self, dot: Diagram, tensor: int, reader: Operator, column: int) -> None:
        """An arrow to a reader, or the second end of one that is far."""
        home = self._homes[tensor]
        if not self._is_far(tensor, reader, column):
            self._edge(dot, tensor, home.node, self.node(reader))
            return
        node = self._far_end(tensor, reader, column)
        words = boxes.words([f"from {home.called}"])
        if self._is_near_top(reader, column):
            dot.node(node, words, group=self._group(column))
            if node not in self._tops[column]:
                self._tops[column].append(node)
        else:
            dot.node(node, words)
        self._edge(dot, tensor, node, self.node(reader))

    def _far_end(self, tensor: int, reader: Operator, column: int) -> str:
        """The node of an arrow's second end: at the top of a column, or above the reader's box."""
        at = f"column {column}" if self._is_near_top(reader, column) else str(reader.index)
        return f"{self._prefix}{self._homes[tensor].called}, tensor {tensor}, for {at}"

    def _is_near_top(self, reader: Operator, column: int) -> bool:
        levels = ranks(self._layout.columns[column][0].operators)
        return any(reader in level for level in levels[:NEAR])

    def _edge(self, dot: Diagram, tensor: int, source: str, reader: str) -> None:
        label = None if tensor in self._labelled else self._words(tensor)
        self._labelled.add(tensor)
        weight = "8" if (source, reader) in self._straight else None
        self._join(dot, source, reader, label, weight=weight, **_look(self._graph.tensors[tensor]))

    def _join(self, dot: Diagram, tail: str, head: str, label: str | None = None, **look: Any) -> None:
        dot.edge(tail, head, label, **look)
        self._heads[head] = None
        self._tails.add(tail)

    def _leads(self, dot: Diagram) -> None:
        """The first ends of all arrows that are far, each below where it comes from."""
        readers: dict[int, list[str]] = {}
        for column, blocks in enumerate(self._layout.columns):
            for block in blocks:
                for operator in block.operators:
                    for i in self._read(operator):
                        if self._homes[i].column in self._shown and self._is_far(
                            i, operator, column
                        ):
                            readers.setdefault(i, []).append(_number(block, operator))
        for i, numbers in readers.items():
            home = self._homes[i]
            bottom = f"{home.node}, tensor {i}, to others"
            words = boxes.words([f"to {', '.join(dict.fromkeys(numbers))}"])
            dot.node(bottom, words, group=self._group(home.column))
            self._join(dot, home.node, bottom, **_look(self._graph.tensors[i]))

    def _words(self, tensor: int) -> str:
        stored = self._graph.tensors[tensor]
        lines = notation.described(stored, self._layout.brief or tensor in self._repeated)
        return boxes.words(lines, style.GREY if stored.scale is None else style.ink(style.BLUE))

    def _stack(self, dot: Diagram) -> None:
        """Hold below the block before it what no arrow leads to from there."""
        for column in self._shown:
            for above, below in pairwise(self._layout.columns[column]):
                for operator in below.operators:
                    read = self._read(operator)
                    if read and all(self._is_far(i, operator, column) for i in read):
                        last = self.node(above.operators[-1])
                        for i in read:
                            end = self._far_end(i, operator, column)
                            self._join(dot, last, end, style="invis", weight="0")

    def _align(self, dot: Diagram) -> None:
        """Begin all columns at one height, in their order from left to right."""
        with dot.subgraph(graph_attr={"rank": "same"}) as row:
            for column, top in self._tops.items():
                if not top:
                    top.append(f"{self._prefix}top {column}")
                    row.node(top[0], "", style="invis")
                for node in top:
                    row.node(node)
            for left, right in pairwise(self._tops.values()):
                row.edge(left[-1], right[0], style="invis")
        for column in self._shown:
            for operator in self._drawn(column):
                if self._is_root(operator):
                    top = self._tops[column][0]
                    self._join(dot, top, self.node(operator), style="invis", weight="0")


def _number(block: Block, drawn: Operator) -> str:
    """The operator's number; from the first to the last where a box stands for several."""
    position = block.operators.index(drawn)
    numbers = [numbered(run[position]) for run in block.repeats]
    return numbers[0] if len(numbers) == 1 else f"{numbers[0]} … {numbers[-1]}"


def _look(tensor: Tensor) -> dict[str, str]:
    """An arrow from the bottom of a box to the top of the next; what is quantized is thick blue."""
    look = {"tailport": "s", "headport": "n", "color": style.GREY}
    if tensor.scale is not None:
        return look | {"color": style.BLUE, "penwidth": "1.4"}
    return look if "FLOAT" in tensor.type else look | {"style": "dashed"}
