"""Where fake quantizers go: after everything that an integer kernel rounds, and nowhere else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from qnn_edu.nets.qat.folding import foldable_norms
from qnn_edu.nets.qat.rules import Rule, activation_of, rule_of
from qnn_edu.nets.qat.wiring import Step, Wiring
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()


@dataclass(frozen=True)
class Grid:
    """A range that one fake quantizer measures, for each of `members` places in the model.

    `bounded`: only what ReLUs leave comes there; `for_last`: only the last layer with weights reads
    it. `positive`, `between`, `top`: as in `Rule`.
    """

    bounded: bool
    positive: bool
    between: tuple[float, float] | None = None
    top: float | None = None
    for_last: bool = False
    members: int = 1


@dataclass(frozen=True)
class Place:
    """A call of a fake quantizer: its name, which of its members this is, and whether it only
    rounds again what lies on that grid already."""

    grid: str
    member: int = 0
    again: bool = False


class Plan:
    """Which layers of an elementary model are rounded how, read from the table of rules alone.

    `weighted`: names of the layers with weights, in order; `norm_of`: the normalisation that goes
    into each; `folded`: the names of those. `grids`: each fake quantizer by its name. `after`: the
    place behind a tensor, by the tensor's id; `before`: that of an input, by the ids of the step
    and the tensor, where the tensor has another range already. `left`: what stays in float.

    Raises:
        ValueError: a layer without a rule, and no layer with weights.

    >>> from qnn_edu.nets.models import digits_net
    >>> from qnn_edu.nets.qat.wiring import wiring_of
    >>> plan = Plan(wiring_of(digits_net()))
    >>> plan.weighted[:2], plan.grids["conv_relu_quant"].positive
    (['conv', 'block1_depthwise'], True)
    >>> [name for name, grid in plan.grids.items() if not grid.bounded]
    ['image_quant', 'average_quant', 'dense_quant']
    """

    def __init__(self, wiring: Wiring, left: frozenset[str] = frozenset()) -> None:
        self.wiring, self.left, self._entries = wiring, left, 0
        self._rules = {step.name: self._rule(step.operation) for step in wiring.steps}
        self.norm_of, self.folded = _norms(wiring, left)
        self._read()
        named = dict.fromkeys(step.name for step in wiring.steps)
        self.weighted = [name for name in named if self._rules[name].weighted]
        if not self.weighted:
            raise ValueError("quantize_aware: the model has no convolution and no dense layer.")
        self.grids: dict[str, Grid] = {}
        self.after: dict[int, Place] = {}
        self.before: dict[tuple[int, int], Place] = {}
        self._on: dict[int, str] = {}  # the grid that a tensor lies on
        for tensor in keras.tree.flatten(wiring.inputs):
            self._open(tensor, tensor.name, Grid(bounded=False, positive=False))
        for step in wiring.steps:
            self._walk(step)
        for tensor in self._only_for_last():
            if id(tensor) in self.after:
                name = self.after[id(tensor)].grid
                self.grids[name] = replace(self.grids[name], for_last=True)

    def is_float(self, step: Step) -> bool:
        """Whether the reader left this layer in float."""
        return step.name in self.left

    def new_name(self, step: Step, what: str) -> str:
        """A name for what stands before an input of a layer."""
        self._entries += 1
        return f"{step.name}_{what}_{self._entries}"

    def grid_of(self, tensor: keras.KerasTensor) -> Grid | None:
        """The grid whose levels a tensor holds; None in float."""
        return self.grids[self._on[id(tensor)]] if id(tensor) in self._on else None

    def passes_by(self, step: Step, tensor: keras.KerasTensor) -> bool:
        """Whether a ReLU reads a tensor as it is before it is rounded for its other readers.

        So it is behind a dense layer: the converter makes a second one, with the ReLU in it.
        """
        maker = self._maker.get(id(tensor))
        made_by = maker and self.folded.get(maker.name, maker.name)
        kinds = {each.name: type(each.operation) for each in self.wiring.steps}
        return bool(made_by) and self._is_clamp(step) and kinds[made_by] is keras.layers.Dense

    def _rule(self, layer: keras.Operation) -> Rule:
        if layer.name in self.left:
            return Rule("own")
        rule = rule_of(layer)
        if rule is None:
            kind = type(layer).__name__
            own = activation_of(layer) if hasattr(layer, "activation") else ""
            raise ValueError(
                f"quantize_aware: layer {layer.name!r} is a {kind}"
                f"{' with the activation ' + own if own else ''}, for which there is no rule. Name "
                f"it in leave_float=[{layer.name!r}], or say how its kernel rounds: "
                f"nets.register({kind}, nets.Rule('own'))."
            )
        return rule

    def _read(self) -> None:
        """Who makes a tensor and who reads it; None reads what the model puts out."""
        self._maker = {id(x): step for step in self.wiring.steps for x in step.outputs}
        self._readers: dict[int, list[Step | None]] = defaultdict(list)
        for step in self.wiring.steps:
            for tensor in step.inputs:
                self._readers[id(tensor)].append(step)
        for tensor in keras.tree.flatten(self.wiring.outputs):
            self._readers[id(tensor)].append(None)

    def _walk(self, step: Step) -> None:
        """Decide where the outputs of a step lie."""
        rule, x = self._rules[step.name], step.inputs[0]
        if self._takes_norm(step):
            return  # the normalisation stands for both
        if step.name in self.folded:
            self._rounded(step, self._rules[self.folded[step.name]], self.folded[step.name])
        elif rule.rounds == "joined":
            self._join(step)
        elif rule.rounds in ("not", "again"):
            for tensor in step.outputs:
                self._on[id(tensor)] = self._on[id(x)]
                if rule.rounds == "again":
                    self.after[id(tensor)] = Place(self._on[id(x)], self._member(x), again=True)
        else:
            self._rounded(step, rule, step.name)

    def _rounded(self, step: Step, rule: Rule, name: str) -> None:
        """Give the output of a step a range, if something reads integers from it."""
        readers = [reader for x in step.outputs for reader in self._readers[id(x)]]
        if self.is_float(step) and all(reader and self.is_float(reader) for reader in readers):
            return
        if rule.rounds == "fixed" and readers == [None]:
            return  # scores as they are: a loss may take their logarithm
        if rule.clamps and len(readers) == 1 and readers[0] and self._is_clamp(readers[0]):
            return
        positive = rule.positive
        if positive is None:
            positive = self.grids[self._on[id(step.inputs[0])]].positive
        bounded = rule.bounds or (rule.weighted and rule.positive is True)
        for tensor in step.outputs:
            self._open(tensor, name, Grid(bounded, positive, rule.between, rule.top))

    def _is_clamp(self, step: Step) -> bool:
        return self._rules[step.name].bounds and not self.is_float(step)

    def _takes_norm(self, step: Step) -> bool:
        return step.name in self.norm_of

    def _open(self, tensor: keras.KerasTensor, name: str, grid: Grid) -> None:
        self._on[id(tensor)] = grid_name = self._new(name, grid)
        self.after[id(tensor)] = Place(grid_name)

    def _new(self, name: str, grid: Grid) -> str:
        base, count = f"{name}_quant", 1
        taken = {step.name for step in self.wiring.steps} | self.grids.keys()
        while (free := base if count == 1 else f"{base}_{count}") in taken:
            count += 1
        self.grids[free] = grid
        return free

    def _member(self, tensor: keras.KerasTensor) -> int:
        """Which member of its grid a tensor is, found where its levels were made."""
        while id(tensor) not in self.after:
            tensor = self._maker[id(tensor)].inputs[0]
        return self.after[id(tensor)].member

    def _join(self, step: Step) -> None:
        """Let the inputs of a step share one range with what it puts out."""
        alike = len({self._on[id(x)] for x in step.inputs}) == 1
        names = dict.fromkeys(
            self._on[id(x)] if alike else self._measured(step, x) for x in step.inputs
        )
        first, *others = names
        for name in others:
            self._merge(first, name)
        self._on |= {id(tensor): first for tensor in step.outputs}

    def _measured(self, step: Step, tensor: keras.KerasTensor) -> str:
        """The grid of an input, which is a new one where its maker's cannot be shared."""
        name = self._on[id(tensor)]
        if self.grids[name].between or self.grids[name].top is not None:
            positive = not self.grids[name].between or self.grids[name].between[0] >= 0
            name = self._new(step.name, Grid(bounded=False, positive=positive))
            self.before[id(step), id(tensor)] = Place(name)
        return name

    def _merge(self, one: str, other: str) -> None:
        """Let two quantizers be one, whose members these were."""
        kept, gone = self.grids[one], self.grids.pop(other)
        self.grids[one] = Grid(
            bounded=kept.bounded and gone.bounded,
            positive=kept.positive and gone.positive,
            members=kept.members + gone.members,
        )
        for places in (self.after, self.before):
            for key, place in places.items():
                if place.grid == other:
                    places[key] = replace(place, grid=one, member=place.member + kept.members)
        self._on = {key: one if name == other else name for key, name in self._on.items()}

    def _only_for_last(self) -> list[keras.KerasTensor]:
        """What only the last layer with weights reads, through layers that pass integers on."""
        steps = [step for step in self.wiring.steps if step.name == self.weighted[-1]]
        (tensor, *_), found = steps[-1].inputs, []
        while len(self._readers[id(tensor)]) == 1 and id(tensor) in self._maker:
            found.append(tensor)
            maker = self._maker[id(tensor)]
            if self._rules[maker.name].rounds not in ("not", "again"):
                break
            tensor = maker.inputs[0]
        return found


def _norms(wiring: Wiring, left: frozenset[str]) -> tuple[dict[str, keras.Layer], dict[str, str]]:
    """The normalisation that goes into each layer, and that layer's name for each of those."""
    layers = {step.name: step.operation for step in wiring.steps}
    norm_of: dict[str, keras.Layer] = {}
    for norm, root in foldable_norms(wiring).items():
        if root not in norm_of and not left & {norm, root}:
            norm_of[root] = layers[norm]
    return norm_of, {norm.name: root for root, norm in norm_of.items()}
