"""Copies that a program can do without."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from qnn_edu.chip.layer import Layer


def without_copies(
    layers: Sequence[Layer], fixed: Collection[int], outputs: Collection[int]
) -> tuple[Layer, ...]:
    """What reads a copy reads the original, and what is only copied to an output is written there.

    `fixed` are the tensors that lie where they lie: inputs, outputs, constants, variables.
    """
    return _written_at_once(_read_at_once(layers, fixed), fixed, outputs)


def _read_at_once(layers: Sequence[Layer], fixed: Collection[int]) -> list[Layer]:
    """A copy into what is not fixed goes, unless its original changes while it is still read."""
    last, original = _last_reads(layers), dict[int, int]()
    kept = []
    for step, layer in enumerate(layers):
        operands = tuple(original.get(i, i) for i in layer.operands)
        if layer.kernel == "copy" and layer.output not in fixed:
            meanwhile = layers[step + 1 : last.get(layer.output, step)]
            if all(each.output != operands[0] for each in meanwhile):
                original[layer.output] = operands[0]
                continue
        kept.append(replace(layer, operands=operands))
    return kept


def _last_reads(layers: Sequence[Layer]) -> dict[int, int]:
    """The step that reads each tensor last, or a copy of it."""
    last: dict[int, int] = {}
    for step in reversed(range(len(layers))):
        layer = layers[step]
        reads = last.get(layer.output, step) if layer.kernel == "copy" else step
        last |= {i: max(last.get(i, 0), reads) for i in layer.operands}
    return last


def _written_at_once(
    layers: Sequence[Layer], fixed: Collection[int], outputs: Collection[int]
) -> tuple[Layer, ...]:
    """A copy to an output goes: what it copies lies there from the beginning."""
    copies = [each for each in layers if each.kernel == "copy" and each.output in outputs]
    place = {each.operands[0]: each.output for each in copies if each.operands[0] not in fixed}
    moved = (
        replace(
            layer,
            output=place.get(layer.output, layer.output),
            operands=tuple(place.get(i, i) for i in layer.operands),
        )
        for layer in layers
    )
    return tuple(layer for layer in moved if layer.operands != (layer.output,))
