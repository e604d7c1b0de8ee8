"""What a `Kernel` declares, held against a node: the rules that every operator follows.

Each yields how the node breaks it, and leans on those before it in `DECLARED`.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from qnn_edu.engine.kernel import QUANTIZED, Kernel
from qnn_edu.engine.node import Node
from qnn_edu.engine.operators import OPERATORS


def kernel_for(node: Node) -> Kernel | None:
    """The kernel that computes a node; where none fits, the operator's first; None without one.

    >>> from qnn_edu.data import asset
    >>> from qnn_edu.tflite import read
    >>> graph = read(asset("digits_int8.tflite"))
    >>> kernel_for(Node.of(graph, graph.operators[0], "reference")).weights
    ('INT8', 'INT4')
    """
    kernels = OPERATORS.get(node.operator.name, ())
    first = kernels[0] if kernels else None
    return next((k for k in kernels if not any(complete(k, node)) and k.fits(node)), first)


def kernel_of(node: Node) -> Kernel:
    """The kernel of a node that has one."""
    kernel = node.once(kernel_for)
    assert kernel is not None, f"{node.operator.name} was let through without a kernel"
    return kernel


def complete(kernel: Kernel, node: Node) -> Iterator[str]:
    """It gets as many inputs as it takes, and none that it needs is left out."""
    counts, inputs, outputs = kernel.counts, len(node.inputs), len(node.outputs)
    if inputs not in counts or kernel.outputs not in (None, outputs):
        expected = " or ".join(map(str, counts)) if len(counts) < 3 else f"{counts.start} or more"
        and_out = "any" if kernel.outputs is None else kernel.outputs
        came = f"it has {inputs} input(s) and {outputs} output(s)"
        yield f"{came}; expected {expected}, and {and_out}"
    needed = {*range(counts.start), *kernel.places(node)}
    left_out = [i for i in sorted(needed) if i < inputs and node.inputs[i] is None]
    if left_out:
        yield f"its input {left_out[0]} is left out, and must be there"


def without_blocks(kernel: Kernel, node: Node) -> Iterator[str]:
    """No tensor has a scale for every so many values, but the weights of a kernel for such."""
    for tensor in kernel.in_blocks(node):
        yield (
            f"{tensor.short_name!r} has a scale for every {tensor.block} values; "
            "supported are one scale, and one for each channel"
        )


def of_known_types(kernel: Kernel, node: Node) -> Iterator[str]:
    """Its numbers have types that one of the operator's kernels is for, all the same kernel."""
    may: dict[int, list[str]] = {}
    for each in OPERATORS[kernel.name]:
        for tensor, types in each.numbers(node):
            may[tensor.index] = [*may.get(tensor.index, ()), *types]
    numbers = [tensor for tensor, _ in kernel.numbers(node)]
    for tensor in numbers:
        if tensor.type not in may[tensor.index]:
            supported = " and ".join(dict.fromkeys(may[tensor.index]))
            yield f"{tensor.short_name!r} is {tensor.type}; supported are {supported}"
    if not kernel.fits(node):
        came = ", ".join(tensor.type for tensor in numbers)
        yield f"its inputs and outputs are of several types: {came}"


def in_the_kernel_set(kernel: Kernel, node: Node) -> Iterator[str]:
    """LiteRT itself has it there, so that there is something to be equal to."""
    if node.kernels not in kernel.sets:
        others = " or ".join(kernel.sets)
        what = f"{node.inputs[0].type}{' and weights in blocks' if kernel.blockwise else ''}"
        yield f"LiteRT's {node.kernels} kernels have none for {what}; {others} have"


def scaled(kernel: Kernel, node: Node) -> Iterator[str]:
    """Integers of 16 bits and fewer have a scale, if the kernel computes with it."""
    for tensor, _ in kernel.numbers(node):
        if kernel.scaled and tensor.type in QUANTIZED and tensor.scale is None:
            yield f"{tensor.short_name!r} has no scale"


def with_a_zero(kernel: Kernel, node: Node) -> Iterator[str]:
    """The integer that stands for 0 is one of its type."""
    for tensor, _ in kernel.numbers(node):
        if tensor.type in QUANTIZED and tensor.zero_point is not None:
            grid, zeros = np.iinfo(tensor.dtype), np.atleast_1d(tensor.zero_point)
            if not ((grid.min <= zeros) & (zeros <= grid.max)).all():
                yield f"{tensor.short_name!r} has zero point {zeros[0]}, and is {tensor.type}"


def with_one_scale_each(kernel: Kernel, node: Node) -> Iterator[str]:
    """An output has one scale for all its values, and so has, between integers, an input. Only what
    makes integers of real numbers or these of integers may have a scale for each channel."""
    both = (*kernel.activations(node), *node.outputs)
    whole = all(tensor.scale is not None for tensor in both)
    for tensor in both if whole else () if kernel.to else node.outputs:
        if tensor.axis is not None:
            yield f"{tensor.short_name!r} has a scale for each channel; expected one for all"


def with_an_activation(kernel: Kernel, node: Node) -> Iterator[str]:
    """The fused activation, if there is one, is one that it takes: most take clamps."""
    fused = node.option("fused_activation_function", "NONE")
    if fused not in kernel.fused:
        yield f"the fused activation must be one of {', '.join(kernel.fused)}, not {fused}"


def with_one_scale(kernel: Kernel, node: Node) -> Iterator[str]:
    """Integers that are moved, averaged or compared mean the same at the output."""
    grids = [(t.scale, t.zero_point) for t in (*kernel.activations(node), *node.outputs) if t]
    same = all(np.array_equal(a, b) for grid in grids for a, b in zip(grid, grids[0], strict=True))
    if kernel.one_scale and not same:
        yield "input and output must have one scale and one zero point"


def with_constant_settings(kernel: Kernel, node: Node) -> Iterator[str]:
    """Axes, sizes and widths are whole numbers, known before anything runs."""
    for tensor in (node.inputs[i] for i in kernel.settings if i < len(node.inputs)):
        if tensor is not None and tensor.data is None:
            yield f"{tensor.short_name!r} is computed, and must be a constant"
        elif tensor is not None and tensor.dtype.kind not in "iu":
            yield f"{tensor.short_name!r} is {tensor.type}, and must hold whole numbers"


DECLARED = (
    complete,
    without_blocks,
    of_known_types,
    in_the_kernel_set,
    scaled,
    with_a_zero,
    with_one_scale_each,
    with_an_activation,
    with_one_scale,
    with_constant_settings,
)
