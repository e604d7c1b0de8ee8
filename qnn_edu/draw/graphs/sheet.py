"""One network on a diagram: boxes in columns, joined by arrows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from qnn_edu.draw import style
from qnn_edu.draw.graphs import boxes, outline
from qnn_edu.draw.graphs.blocks import Block, fed
from qnn_edu.draw.graphs.drawing import Diagram
from qnn_edu.draw.graphs.layout import ranks, spine
from qnn_edu.tflite.graph import Operator, Subgraph, Tensor


class Home(NamedTuple):
    """Where a tensor comes from: a node, what the node is called, and its column."""

    node: str
    called: str
    column: int


class Sheet:
    """A graph whose blocks stand in `columns`; `prefix` keeps its nodes apart from other graphs'.

    An arrow into another column would cross the picture. It is drawn as two ends instead, "to 8"
    at the bottom of the one and "from 7" at the top of the other.
    """

    def __init__(
        self,
        graph: Subgraph,
        columns: Sequence[Sequence[Block]],
        values: Mapping[int, float],
        scale: boxes.Scale,
        prefix: str = "",
    ) -> None:
        self._graph, self._columns, self._prefix = graph, columns, prefix
        self._values, self._scale = values, scale
        self._homes = self._find_homes()
        self._tops: list[list[str]] = [[] for _ in columns]  # the nodes a column begins with
        lines = [self._line(column) for column in columns]
        self._spine = {node for line in lines for node in line}
        self._straight = {pair for line in lines for pair in pairwise(line)}
        self._labelled: set[int] = set()  # tensors whose words stand at an arrow already
        self._repeated = {  # tensors that stand for several, each with a scale of its own
            i
            for column in columns
            for block in column
            for run in block.repeats[:-1]
            for operator in run
            for i in operator.outputs
        }

    def draw(self, dot: Diagram) -> None:
        """Add the boxes and arrows of the graph to a diagram."""
        for i in dict.fromkeys(self._graph.inputs):
            node, called, column = self._homes[i]
            self._tops[column].append(node)
            self._end(dot, node, called, i, column)
        for column, blocks in enumerate(self._columns):
            for block in blocks:
                self._block(dot, block, column)
        for column, blocks in enumerate(self._columns):
            for operator in (operator for block in blocks for operator in block.operators):
                for i in self._read(operator):
                    self._arrow(dot, i, self._node(operator), column)
        for n, i in enumerate(self._graph.outputs):
            node = f"{self._prefix}output {n}"
            column = self._homes[i].column if i in self._homes else len(self._columns) - 1
            self._end(dot, node, "output", i, column)
            if i in self._homes:
                self._arrow(dot, i, node, column)
        self._align(dot)

    def _find_homes(self) -> dict[int, Home]:
        homes, first = {}, {}
        for column, blocks in enumerate(self._columns):
            for block in blocks:
                for run in block.repeats:
                    for operator, drawn in zip(run, block.operators, strict=True):
                        home = Home(self._node(drawn), _number(block, drawn), column)
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
        return [self._node(operator) for part in parts for operator in spine(tuple(part))]

    def _node(self, operator: Operator) -> str:
        word = re.sub(r"\W+", "_", operator.name)  # a colon, for one, would mean a port
        return f"{self._prefix}{operator.index} {word}"

    def _read(self, operator: Operator) -> list[int]:
        """The tensors whose arrows lead to an operator."""
        return [i for i in dict.fromkeys(operator.inputs) if i in self._homes]

    def _group(self, column: int) -> str:
        return f"{self._prefix}column {column}"

    def _end(self, dot: Diagram, node: str, called: str, tensor: int, column: int) -> None:
        name = outline.name(self._graph.tensors[tensor])
        dot.node(node, boxes.box(called, [name], fill=style.SHADE), group=self._group(column))

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
        first = self._node(block.operators[0])
        with dot.subgraph(name=f"cluster {first}", graph_attr=frame) as cluster:
            self._boxes(cluster, block, column)

    def _boxes(self, dot: Diagram, block: Block, column: int) -> None:
        for operator in block.operators:
            self._box(dot, block, operator, column)
        first, *others = sorted(ranks(block.operators)[0], key=self._is_root)
        if not self._is_root(first):
            with dot.subgraph(graph_attr={"rank": "same"}) as row:
                for left, right in pairwise([first, *filter(self._is_root, others)]):
                    row.edge(self._node(left), self._node(right), style="invis")

    def _is_root(self, operator: Operator) -> bool:
        """Whether no arrow leads to an operator: it works on constants."""
        return not any(i in self._homes for i in operator.inputs)

    def _box(self, dot: Diagram, block: Block, operator: Operator, column: int) -> None:
        value = next((self._values[i] for i in operator.outputs if i in self._values), None)
        quantizer = outline.is_quantizer(operator)
        fill = boxes.QUANTIZER if quantizer else "white"
        label = boxes.box(
            outline.shortened(operator.name),
            outline.details(operator, self._graph),
            number=_number(block, operator),
            value=value,
            foot=outline.activation(operator),
            fill=fill if value is None else self._scale.fill(value),
            quantizer=quantizer,
        )
        node = self._node(operator)
        dot.node(node, label, group=self._group(column) if node in self._spine else None)

    def _arrow(self, dot: Diagram, tensor: int, reader: str, column: int) -> None:
        home, look = self._homes[tensor], _look(self._graph.tensors[tensor])
        source = home.node
        if home.column != column:
            source = f"{self._prefix}{home.called}, tensor {tensor}, for column {column}"
            if source not in self._tops[column]:
                self._cross(dot, tensor, source, column)
        label = None if tensor in self._labelled else self._words(tensor)
        self._labelled.add(tensor)
        weight = "8" if (source, reader) in self._straight else None
        dot.edge(source, reader, label, weight=weight, **look)

    def _cross(self, dot: Diagram, tensor: int, top: str, column: int) -> None:
        """The two ends of an arrow from another column to `column`."""
        home, look = self._homes[tensor], _look(self._graph.tensors[tensor])
        readers = [
            _number(block, operator)
            for block in self._columns[column]
            for operator in block.operators
            if tensor in operator.inputs
        ]
        bottom = f"{home.node}, tensor {tensor}, to column {column}"
        dot.node(bottom, boxes.words([f"to {', '.join(readers)}"]), group=self._group(home.column))
        dot.edge(home.node, bottom, **look)
        dot.node(top, boxes.words([f"from {home.called}"]), group=self._group(column))
        self._tops[column].append(top)

    def _words(self, tensor: int) -> str:
        stored = self._graph.tensors[tensor]
        quantization = "" if tensor in self._repeated else outline.quantization(stored)
        lines = filter(None, [outline.shape_and_type(stored), quantization])
        return boxes.words(lines, style.GREY if stored.scale is None else style.ink(style.BLUE))

    def _align(self, dot: Diagram) -> None:
        """Begin all columns at one height, in their order from left to right."""
        with dot.subgraph(graph_attr={"rank": "same"}) as row:
            for column, top in enumerate(self._tops):
                if not top:
                    top.append(f"{self._prefix}top {column}")
                    row.node(top[0], "", style="invis")
                for node in top:
                    row.node(node)
            for left, right in pairwise(self._tops):
                row.edge(left[-1], right[0], style="invis")
        for column, blocks in enumerate(self._columns):
            for operator in (operator for block in blocks for operator in block.operators):
                if self._is_root(operator):
                    dot.edge(self._tops[column][0], self._node(operator), style="invis", weight="0")


def _number(block: Block, drawn: Operator) -> str:
    """The operator's number; from the first to the last where a box stands for several."""
    position = block.operators.index(drawn)
    numbers = [run[position].index for run in block.repeats]
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]} … {numbers[-1]}"


def _look(tensor: Tensor) -> dict[str, str]:
    """An arrow from the bottom of a box to the top of the next; what is quantized is thick blue."""
    look = {"tailport": "s", "headport": "n", "color": style.GREY}
    if tensor.scale is not None:
        return look | {"color": style.BLUE, "penwidth": "1.4"}
    return look if "FLOAT" in tensor.type else look | {"style": "dashed"}
