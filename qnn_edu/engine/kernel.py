"""What the engine knows of an operator: its kernel, and what that expects.

A family of operators is a module of `kernels`: functions that compute, and below them a tuple
`KERNELS` with a `Kernel` for each. Nothing else names an operator.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from inspect import signature
from typing import Any

from qnn_edu.engine.node import ACTIVATIONS, KERNEL_SETS, Node
from qnn_edu.tflite.graph import Tensor

INTEGERS = ("INT8", "UINT8")
QUANTIZED = ("INT8", "UINT8", "INT16", "INT4")
FLOATS = ("FLOAT32",)
SHORTS = ("INT16",)
FAST = ("optimized", "xnnpack")  # of `Kernel.sets`: LiteRT has no reference kernel
ANY = (*INTEGERS, "INT16", "INT32", "INT64", *FLOATS, "BOOL")  # of values that are only moved
ALL = None  # of `Kernel.values`: all inputs

Rule = Callable[[Node], Iterator[str]]


def never(node: Node) -> bool:
    return False


def always(node: Node) -> bool:
    return True


@dataclass(frozen=True)
class Kernel:
    """How the operator `name` is computed where its tensors have the types named here.

    `compute(node, *arrays)` takes an array for each input, None for one that is left out, and gives
    the output, or a tuple of outputs, () too. Its parameters say how many inputs there may be. It
    changes no array that it is given. With `remembers` it is `compute(node, memory, *arrays)`.

    An operator has as many kernels as it has laws: the first whose types fit is taken.

    - int16 activations: a kernel with `types=("INT16",)`, for layers `weights=("INT8",)`.
    - int4 weights: `weights=("INT8", "INT4")`; the reader holds both in arrays of int8.
    - float: `types=FLOATS`, for layers `weights=FLOATS` too. Such operators are named by
      `Result.in_float`.
    - hybrid, integer weights between float activations: `types=FLOATS, weights=("INT8", "INT4")`.

    Attributes:
        types: what the network's values may be, all of them the same one.
        values: the places of the inputs that hold such; `ALL` for all inputs.
        to: what the outputs may be, where these have a type of their own.
        weights: what the second input may be, where it holds weights.
        blockwise: whether the weights have a scale for every so many values, as nothing else may.
        settings: the places of inputs that say how, and must be constants.
        outputs: how many there are; None for any number.
        fused: the activations that it may have fused to it.
        one_scale: whether integers mean the same before and after.
        scaled: whether integers of 16 bits and fewer need a scale.
        rules: what else must hold; a rule is a function of a node that yields how the node breaks
            it, and nothing where it holds. It leans on those before it, and on all of the above.
        states: the places of variables, inputs that the kernel keeps from one run to the next:
            after the outputs, it gives what they become.
        of_shapes: whether the inputs' shapes alone matter.
        remembers: whether it reads or changes what a run remembers, a `Memory`.
        along_batch: whether, at a node, the images of a batch meet: it works along the first
            dimension. A batch then runs image by image.
        sets: the kernel sets in which LiteRT has it; the others refuse.
        declined: whether XNNPACK leaves a node, its tensors being as the file states them, to
            LiteRT's own fast kernels. Its `kernels` are then "optimized".
    """

    name: str
    compute: Callable[..., Any]
    types: tuple[str, ...] = INTEGERS
    values: tuple[int, ...] | None = (0,)
    to: tuple[str, ...] = ()
    weights: tuple[str, ...] = ()
    blockwise: bool = False
    settings: tuple[int, ...] = ()
    outputs: int | None = 1
    fused: tuple[str, ...] = tuple(ACTIVATIONS)
    one_scale: bool = False
    scaled: bool = True
    rules: tuple[Rule, ...] = ()
    states: tuple[int, ...] = ()
    of_shapes: bool = False
    remembers: bool = False
    along_batch: Callable[[Node], bool] = never
    sets: tuple[str, ...] = KERNEL_SETS
    declined: Callable[[Node], bool] = never

    @property
    def counts(self) -> range:
        """How many inputs there may be: the parameters of `compute` tell.

        >>> def conv(node, x, weights, bias=None): ...
        >>> Kernel("CONV_2D", conv).counts
        range(2, 4)
        """
        inputs = list(signature(self.compute).parameters.values())
        inputs = inputs[2 if self.remembers else 1 :]  # of the node, and the memory
        any_number = any(each.kind == each.VAR_POSITIONAL for each in inputs)
        named = [each for each in inputs if each.kind != each.VAR_POSITIONAL]
        needed = sum(each.default is each.empty for each in named)
        return range(needed, sys.maxsize if any_number else len(named) + 1)

    def places(self, node: Node) -> Sequence[int]:
        """The places of the inputs that hold a network's values."""
        return range(len(node.inputs)) if self.values is ALL else self.values

    def activations(self, node: Node) -> tuple[Tensor | None, ...]:
        """The inputs that hold a network's values: no weights, no bias, no settings."""
        return tuple(node.inputs[i] for i in self.places(node) if i < len(node.inputs))

    def numbers(self, node: Node) -> list[tuple[Tensor, tuple[str, ...]]]:
        """Every tensor that holds numbers of the network, with the types that it may have."""
        weights = node.inputs[1:2] if self.weights else ()
        may = [(tensor, self.types) for tensor in self.activations(node)]
        may += [(tensor, self.weights) for tensor in weights]
        may += [(tensor, self.to or self.types) for tensor in node.outputs]
        return [(tensor, types) for tensor, types in may if tensor is not None]

    def in_blocks(self, node: Node) -> list[Tensor]:
        """The tensors that have a scale for every so many values, but for weights that may."""
        others = (*node.inputs[:1], *node.inputs[2 if self.blockwise else 1 :], *node.outputs)
        return [tensor for tensor in others if tensor is not None and tensor.block is not None]

    def fits(self, node: Node) -> bool:
        """Whether the types of a node's tensors are those of this kernel, and so their scales."""
        alike = (*self.activations(node), *(() if self.to else node.outputs))
        one = len({tensor.type for tensor in alike if tensor is not None}) < 2
        blocks = self.blockwise == any(t is not None and t.block for t in node.inputs[1:2])
        return one and blocks and all(t.type in types for t, types in self.numbers(node))


# Values keep their integers, whatever these mean.
Moved = partial(Kernel, types=ANY, one_scale=True, scaled=False)
