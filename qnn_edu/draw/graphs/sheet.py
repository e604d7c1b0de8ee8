"""One network on a diagram: boxes in columns, joined by arrows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise, product
from typing import Any

from qnn_edu.draw import style
from qnn_edu.draw.graphs import boxes
from qnn_edu.draw.graphs.blocks import Block
from qnn_edu.draw.graphs.drawing import Diagram
from qnn_edu.draw.graphs.group import Group
from qnn_edu.draw.graphs.layout import Layout, ranks, spine
from qnn_edu.draw.graphs.segments import fed
from qnn_edu.draw.graphs.wiring import Wiring
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
        self._graph, self._layout, self._shown, self._prefix = graph, layout, band, prefix
        self._values, self._scale = values, scale
        self._wiring = Wiring(graph, layout, prefix)
        self._tops: dict[int, list[str]] = {column: [] for column in self._shown}
        self._nodes: list[str] = []
        self._tails: set[str] = set()
        lines = [self._line(layout.columns[column]) for column in self._shown]
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

    @property
    def top(self) -> str:
        """A node at the height of the first boxes, once it is drawn."""
        return self._tops[self._shown[0]][0]

    @property
    def first(self) -> str:
        """The node of the first box, an input or an operator, once it is drawn."""
        return self._nodes[0]

    @property
    def bottoms(self) -> list[str]:
        """The nodes that no arrow leads down from, once it is drawn."""
        return [node for node in self._nodes if node not in self._tails]

    def node(self, operator: Operator) -> str:
        """The node of an operator's box."""
        return self._wiring.node(operator)

    def draw(self, dot: Diagram) -> None:
        """Add the boxes and arrows of the bands to a diagram."""
        for i in dict.fromkeys(self._graph.inputs):
            node, called, column = self._wiring.homes[i]
            if column in self._shown:
                self._tops[column].append(node)
                self._end(dot, node, called, i, column)
        for column in self._shown:
            for block in self._layout.columns[column]:
                self._block(dot, block, column)
        for column in self._shown:
            for operator in self._drawn(column):
                self._arrows(dot, operator, column)
        self._outputs(dot)
        self._leads(dot)
        self._stack(dot)
        self._align(dot)

    def _drawn(self, column: int) -> list[Operator]:
        """The operators whose boxes stand in a column."""
        return [op for block in self._layout.columns[column] for op in block.operators]

    def _line(self, column: Sequence[Block]) -> list[str]:
        """The nodes of a column that stand in line: on the longest ways from its inputs down."""
        ready = fed(self._graph)
        parts = [[op for op in one.operators if ready.intersection(op.inputs)] for one in column]
        return [self.node(operator) for part in parts for operator in spine(tuple(part))]

    def _place(
        self, dot: Diagram, node: str, label: str, column: int, *, in_line: bool = True
    ) -> None:
        group = f"{self._prefix}column {column}" if in_line else None
        dot.node(node, label, group=group)
        self._nodes.append(node)

    def _join(
        self, dot: Diagram, tail: str, head: str, label: str | None = None, **look: str | None
    ) -> None:
        dot.edge(tail, head, label, **look)
        self._tails.add(tail)

    def _end(self, dot: Diagram, node: str, called: str, tensor: int, column: int) -> None:
        name = notation.name(self._graph.tensors[tensor])
        self._place(dot, node, boxes.box(called, [name], fill=style.SHADE), column)

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
        self._place(dot, node, label, column, in_line=node in self._spine)

    def _arrows(self, dot: Diagram, reader: Operator, column: int) -> None:
        """The arrows to an operator; of those that are far the second ends."""
        for i in self._wiring.read(reader):
            if not self._wiring.is_far(i, reader):
                self._edge(dot, i, self._wiring.homes[i].node, self.node(reader))
        ends = self._wiring.far_ends(reader)
        in_line = len(ends) == 1 and self._is_held(reader)
        for end in ends:
            self._place(dot, end.node, boxes.words([end.words]), column, in_line=in_line or end.at_top)
            if end.at_top and end.node not in self._tops[column]:
                self._tops[column].append(end.node)
            if len(end.tensors) > 1:
                self._labelled.update(end.tensors)
            self._edge(dot, end.tensors[0], end.node, self.node(reader))

    def _is_held(self, reader: Operator) -> bool:
        """Whether all arrows to an operator are far, so nothing else holds its place."""
        read = self._wiring.read(reader)
        return bool(read) and all(self._wiring.is_far(i, reader) for i in read)

    def _edge(self, dot: Diagram, tensor: int, tail: str, head: str) -> None:
        label = None if tensor in self._labelled else self._words(tensor)
        self._labelled.add(tensor)
        weight = "8" if (tail, head) in self._straight else None
        self._join(dot, tail, head, label, weight=weight, **_look(self._graph.tensors[tensor]))

    def _words(self, tensor: int) -> str:
        stored = self._graph.tensors[tensor]
        lines = notation.described(stored, self._layout.brief or tensor in self._repeated)
        return boxes.words(lines, style.GREY if stored.scale is None else style.ink(style.BLUE))

    def _outputs(self, dot: Diagram) -> None:
        for n, i in enumerate(self._graph.outputs):
            home = self._wiring.homes.get(i)
            column = home.column if home else len(self._layout.columns) - 1
            if column in self._shown:
                node = f"{self._prefix}output {n}"
                self._end(dot, node, "output", i, column)
                if home:
                    self._edge(dot, i, home.node, node)

    def _leads(self, dot: Diagram) -> None:
        """The first ends of all arrows that are far, each below where it comes from."""
        for i, numbers in self._wiring.far_readers().items():
            home = self._wiring.homes[i]
            if home.column in self._shown:
                bottom = f"{home.node}, tensor {i}, to other columns"
                words = boxes.words([f"to {', '.join(dict.fromkeys(numbers))}"])
                self._place(dot, bottom, words, home.column)
                self._join(dot, home.node, bottom, **_look(self._graph.tensors[i]))

    def _stack(self, dot: Diagram) -> None:
        """Hold below the block before it what no arrow leads to from there."""
        for column in self._shown:
            for above, below in pairwise(self._layout.columns[column]):
                last = self.node(above.operators[-1])
                apart = self._wiring.is_apart(below)
                for operator in below.operators:
                    if self._is_held(operator):
                        for end in self._wiring.far_ends(operator):
                            self._hold(dot, last, end.node, weight="1")
                    elif apart and self._wiring.is_root(operator):
                        self._hold(dot, last, self.node(operator), weight="1")

    def _align(self, dot: Diagram) -> None:
        """Begin all columns at one height, in their order from left to right."""
        with dot.subgraph(graph_attr={"rank": "same"}) as row:
            for column, top in self._tops.items():
                if not top:
                    top.append(f"{self._prefix}top {column}")
                    row.node(top[0], "", style="invis")
                for node in top:
                    row.node(node)
            for beside in pairwise(self._tops.values()):
                for left, right in product(*beside):
                    row.edge(left, right, style="invis")
        for column, top in self._tops.items():
            for operator in self._drawn(column):
                if self._wiring.is_root(operator):
                    weight = "0" if operator.outputs else "1"
                    self._hold(dot, top[0], self.node(operator), weight)

    def _hold(self, dot: Diagram, above: str, below: str, weight: str = "0") -> None:
        """Hold a node below another by an arrow that nobody sees."""
        self._join(dot, above, below, style="invis", weight=weight)


def _look(tensor: Tensor) -> dict[str, Any]:
    """An arrow from the bottom of a box to the top of the next; what is quantized is thick blue."""
    look = {"tailport": "s", "headport": "n", "color": style.GREY}
    if tensor.scale is not None:
        return look | {"color": style.BLUE, "penwidth": "1.4"}
    return look if "FLOAT" in tensor.type else look | {"style": "dashed"}
