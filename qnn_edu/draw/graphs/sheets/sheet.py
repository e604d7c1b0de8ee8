"""One network on a diagram: boxes in columns, joined by arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from qnn_edu.draw import style
from qnn_edu.draw.graphs import boxes
from qnn_edu.draw.graphs.bands import Layout
from qnn_edu.draw.graphs.blocks import Block
from qnn_edu.draw.graphs.group import Group
from qnn_edu.draw.graphs.layout import ranks, spine
from qnn_edu.draw.graphs.picture.drawing import Diagram
from qnn_edu.draw.graphs.segments import fed
from qnn_edu.draw.graphs.sheets.canvas import Canvas
from qnn_edu.draw.graphs.sheets.wiring import Wiring
from qnn_edu.draw.graphs.words import notation, operators
from qnn_edu.draw.graphs.words.options import activation
from qnn_edu.tflite.graph import Operator, Subgraph, Tensor


class Sheet:
    """A `band` of a graph's layout; `prefix` keeps its nodes apart from other graphs'."""

    def __init__(
        self,
        graph: Subgraph,
        layout: Layout,
        band: range,
        values: Mapping[int, float],
        scale: boxes.Scale,
        prefix: str = "",
    ) -> None:
        self._graph, self._layout, self._prefix = graph, layout, prefix
        self._values, self._scale = values, scale
        self._wiring, self.canvas = Wiring(graph, layout, prefix), Canvas(band, prefix)
        lines = [self._line(layout.columns[column]) for column in band]
        self._spine = {node for line in lines for node in line}
        self._straight = {pair for line in lines for pair in pairwise(line)}
        self._labelled: set[int] = set()  # tensors whose words stand at an arrow already
        self._repeated = {  # tensors that stand for several, each with a scale of its own
            i
            for column in layout.columns
            for block in column
            for run in block.repeats[:-1]
            for operator in run
            for i in operator.outputs
        }

    def node(self, operator: Operator) -> str:
        """The node of an operator's box."""
        return self._wiring.node(operator)

    def draw(self, dot: Diagram) -> None:
        """Add the boxes and arrows of the band to a diagram."""
        shown = self.canvas.columns
        for i in dict.fromkeys(self._graph.inputs):
            node, called, column = self._wiring.homes[i]
            if column in shown:
                self._end(dot, node, called, i, column)
        for column in shown:
            for block in self._layout.columns[column]:
                self._block(dot, block, column)
        for column in shown:
            for operator in self._drawn(column):
                self._arrows(dot, operator, column)
        self._outputs(dot)
        self._leads(dot)
        self._stack(dot)
        self.canvas.align(dot)
        for column in shown:
            for operator in filter(self._wiring.is_root, self._drawn(column)):
                weight = 0 if operator.outputs else 1
                self.canvas.hold_in_column(dot, column, self.node(operator), weight)

    def _drawn(self, column: int) -> list[Operator]:
        """The operators whose boxes stand in a column."""
        return [op for block in self._layout.columns[column] for op in block.operators]

    def _line(self, column: Sequence[Block]) -> list[str]:
        """The nodes of a column that stand in line: on the longest ways from its inputs down."""
        ready = fed(self._graph)
        parts = [[op for op in one.operators if ready.intersection(op.inputs)] for one in column]
        return [self.node(operator) for part in parts for operator in spine(tuple(part))]

    def _end(self, dot: Diagram, node: str, called: str, tensor: int, column: int) -> None:
        label = boxes.box(called, [notation.name(self._graph.tensors[tensor])], fill=style.SHADE)
        self.canvas.place(dot, node, label, column, at_top=called == "input")

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
            self._box(dot, operator, column)
        is_root = self._wiring.is_root
        first, *others = sorted(ranks(block.operators)[0], key=is_root)
        if not is_root(first):
            with dot.subgraph(graph_attr={"rank": "same"}) as row:
                for left, right in pairwise([first, *filter(is_root, others)]):
                    row.edge(self.node(left), self.node(right), style="invis")

    def _box(self, dot: Diagram, operator: Operator, column: int) -> None:
        value = next((self._values[i] for i in operator.outputs if i in self._values), None)
        quantizer = operators.is_quantizer(operator)
        fill = boxes.QUANTIZER if quantizer else "white"
        label = boxes.box(
            notation.shortened(operator.name),
            operators.details(operator, self._graph, brief=self._layout.brief),
            number=self._wiring.number(operator),
            value=value,
            foot=activation(operator),
            fill=fill if value is None else self._scale.fill(value),
            quantizer=quantizer,
            merged=isinstance(operator, Group),
        )
        node = self.node(operator)
        self.canvas.place(dot, node, label, column, in_line=node in self._spine)

    def _arrows(self, dot: Diagram, reader: Operator, column: int) -> None:
        """The arrows to an operator; of those that are far the second ends."""
        for i in self._wiring.near(reader):
            self._edge(dot, i, self._wiring.homes[i].node, self.node(reader))
        ends = self._wiring.far_ends(reader)
        alone = len(ends) == 1 and not self._wiring.near(reader)
        for node, words, tensors, at_top in ends:
            in_line = alone or at_top
            label = boxes.words([words])
            self.canvas.place(dot, node, label, column, in_line=in_line, at_top=at_top)
            if len(tensors) > 1:
                self._labelled.update(tensors)
            self._edge(dot, tensors[0], node, self.node(reader))

    def _edge(self, dot: Diagram, tensor: int, tail: str, head: str) -> None:
        label = None if tensor in self._labelled else self._words(tensor)
        self._labelled.add(tensor)
        weight = "8" if (tail, head) in self._straight else None
        look = _look(self._graph.tensors[tensor])
        self.canvas.join(dot, tail, head, label, weight=weight, **look)

    def _words(self, tensor: int) -> str:
        stored = self._graph.tensors[tensor]
        lines = notation.described(stored, self._layout.brief or tensor in self._repeated)
        return boxes.words(lines, style.GREY if stored.scale is None else style.ink(style.BLUE))

    def _outputs(self, dot: Diagram) -> None:
        for n, i in enumerate(self._graph.outputs):
            home = self._wiring.homes.get(i)
            column = home.column if home else len(self._layout.columns) - 1
            if column in self.canvas.columns:
                node = f"{self._prefix}output {n}"
                self._end(dot, node, "output", i, column)
                if home:
                    self._edge(dot, i, home.node, node)

    def _leads(self, dot: Diagram) -> None:
        """The first ends of all arrows that are far, each below where it comes from."""
        for i, numbers in self._wiring.far_readers().items():
            home = self._wiring.homes[i]
            if home.column in self.canvas.columns:
                node = f"{home.node}, tensor {i}, to other columns"
                words = boxes.words([f"to {', '.join(dict.fromkeys(numbers))}"])
                self.canvas.place(dot, node, words, home.column)
                self.canvas.join(dot, home.node, node, **_look(self._graph.tensors[i]))

    def _stack(self, dot: Diagram) -> None:
        """Hold below the block before it what no arrow leads to from there."""
        for column in self.canvas.columns:
            for above, below in pairwise(self._layout.columns[column]):
                last, apart = self.node(above.operators[-1]), self._wiring.is_apart(below)
                for operator in below.operators:
                    ends = self._wiring.far_ends(operator)
                    if ends and not self._wiring.near(operator):
                        for end in ends:
                            self.canvas.hold(dot, last, end.node, weight=1)
                    elif apart and self._wiring.is_root(operator):
                        self.canvas.hold(dot, last, self.node(operator), weight=1)


def _look(tensor: Tensor) -> dict[str, Any]:
    """An arrow from the bottom of a box to the top of the next; what is quantized is thick blue."""
    look = {"tailport": "s", "headport": "n", "color": style.GREY}
    if tensor.scale is not None:
        return look | {"color": style.BLUE, "penwidth": "1.4"}
    return look if "FLOAT" in tensor.type else look | {"style": "dashed"}
