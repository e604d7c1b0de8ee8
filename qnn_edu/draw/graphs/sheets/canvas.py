"""Nodes in columns, held in their places by arrows that nobody sees."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise, product

from qnn_edu.draw.graphs.picture.drawing import Diagram


class Canvas:
    """Columns from left to right, all beginning at one height; `prefix` is for names of nodes.

    A `dot` to draw on is given each time, since some boxes stand in frames.
    """

    def __init__(self, columns: Iterable[int], prefix: str = "") -> None:
        self.columns, self._prefix = tuple(columns), prefix
        self._tops: dict[int, list[str]] = {column: [] for column in self.columns}
        self._nodes: list[str] = []
        self._tails: set[str] = set()

    @property
    def top(self) -> str:
        """A node at the height of the first boxes, once all are aligned."""
        return self._tops[self.columns[0]][0]

    @property
    def first(self) -> str:
        """The node that was drawn first."""
        return self._nodes[0]

    @property
    def bottoms(self) -> list[str]:
        """The nodes that no arrow leads down from."""
        return [node for node in self._nodes if node not in self._tails]

    def place(
        self,
        dot: Diagram,
        node: str,
        label: str,
        column: int,
        *,
        in_line: bool = True,
        at_top: bool = False,
    ) -> None:
        """Draw a node: in line with others of its column, at its top."""
        dot.node(node, label, group=f"{self._prefix}column {column}" if in_line else None)
        self._nodes.append(node)
        if at_top and node not in self._tops[column]:
            self._tops[column].append(node)

    def join(
        self, dot: Diagram, tail: str, head: str, label: str | None = None, **look: str | None
    ) -> None:
        """Draw an arrow."""
        dot.edge(tail, head, label, **look)
        self._tails.add(tail)

    def hold(self, dot: Diagram, above: str, below: str, weight: int = 0) -> None:
        """Hold a node below another, and by its `weight` near it."""
        self.join(dot, above, below, style="invis", weight=str(weight))

    def hold_in_column(self, dot: Diagram, column: int, below: str, weight: int = 0) -> None:
        """Hold a node below the top of its column, once all are aligned."""
        self.hold(dot, self._tops[column][0], below, weight)

    def align(self, dot: Diagram) -> None:
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
