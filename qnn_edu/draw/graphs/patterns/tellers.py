"""What the box of a pattern says of the operators that it stands for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from qnn_edu.draw.graphs.group import Group
from qnn_edu.draw.graphs.words import notation
from qnn_edu.draw.graphs.words.constants import weights
from qnn_edu.draw.graphs.words.operators import details
from qnn_edu.draw.graphs.words.options import activation, options
from qnn_edu.tflite.graph import Operator, Subgraph, Tensor

Members = Sequence[Operator]
MOST = 4  # variables; of more than these only the number is told


def nothing(members: Members, graph: Subgraph) -> tuple[str, ...]:
    """A name that says all."""
    return ()


def layers(members: Members, graph: Subgraph) -> tuple[str, ...]:
    """Channels from layer to layer; what is done to each channel alone; weights, activations."""
    found = {each: w for each in members if (w := weights(each, graph.tensors)) is not None}
    shapes = [w.shape for each, w in found.items() if each.name != "DEPTHWISE_CONV_2D"]
    channels = [shapes[0][-1], *(shape[0] for shape in shapes)]
    lines = [f"{' → '.join(map(str, channels))} channels"]
    for each in members:
        if each.name == "DEPTHWISE_CONV_2D":
            lines.append(", ".join(options(each, graph.tensors)))
        elif isinstance(each, Group) and each.lines:
            lines.append(f"{each.name}, {each.lines[0]}")
    lines.append(f"w {_joined(map(notation.stored, found.values()))}")
    inside = [each for each in found if each is not members[-1]]  # the last one's is at the foot
    words = _joined(filter(None, map(activation, inside)))
    return (*lines, words) if words else tuple(lines)


def means(members: Members, graph: Subgraph) -> tuple[str, ...]:
    """What the means are taken over."""
    first = next(each for each in members if each.name in ("MEAN", "SUM"))
    return tuple(details(first, graph))


def steps(members: Members, graph: Subgraph) -> tuple[str, ...]:
    """What is done one after the other."""
    return tuple(f"{each.name} {', '.join(details(each, graph))}".strip() for each in members)


def variables(members: Members, graph: Subgraph) -> tuple[str, ...]:
    """Which variables are assigned to, and what they hold."""
    assigned = [each.inputs[:2] for each in members if each.name == "ASSIGN_VARIABLE"]
    lines = [_assignment(graph.tensors[v], graph.tensors[i]) for v, i in assigned]
    more = len(lines) - MOST
    return tuple(lines) if more <= 0 else (*lines[:MOST], f"and {more} more")


def _assignment(variable: Tensor, value: Tensor) -> str:
    held = f"{notation.name(variable)} {notation.shape_and_type(value)}"
    same = value.data is not None and value.data.size and (value.data == value.data.flat[0]).all()
    return f"{held}, all {value.data.flat[0]}" if same else held


def _joined(words: Iterable[str]) -> str:
    """Words, each once."""
    return ", ".join(dict.fromkeys(words))
