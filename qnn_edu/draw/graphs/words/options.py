"""What a diagram says of an operator's options, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from qnn_edu.draw.graphs.words.notation import shortened, times
from qnn_edu.tflite.graph import Operator, Tensor

# Where the kernel's height stands in the shape of the weights; its width follows.
_KERNEL_AT = {
    "CONV_2D": 1,
    "DEPTHWISE_CONV_2D": 1,
    "TRANSPOSE_CONV": 1,
    "Conv2D": 0,
    "DepthwiseConv2dNative": 0,
}
_PHRASES = {
    "num_bits": "{} bits",
    "axis": "axis {}",
    "seq_dim": "axis {}",
    "alpha": "alpha {:g}",
    "epsilon": "epsilon {:g}",
    "block_size": "blocks of {}",
    "num_splits": "into {}",
    "mode": "{}",
}
_UNLESS = {  # said only where it is not the number that everybody expects
    "beta": ("beta {:g}", 1),
    "batch_dims": ("{} batch axes", 0),
    "rank": ("rank {}", 1),
    "squeeze_dims": ("axes {}", ()),
}
_FLAGS = {
    "narrow_range": "narrow range",
    "keep_dims": "keep dims",
    "align_corners": "align corners",
    "half_pixel_centers": "half pixel centers",
    "adj_x": "first transposed",
    "adj_y": "second transposed",
    "exclusive": "exclusive",
    "reverse": "reverse",
}


def options(operator: Operator, tensors: tuple[Tensor, ...] = ()) -> list[str]:
    """The options that change what is computed: kernel, stride, padding, and so on.

    >>> options(Operator(0, "MAX_POOL_2D", 1, (0,), (1,), {"filter_height": 3, "filter_width": 2,
    ...     "stride_h": 2, "stride_w": 2, "padding": "VALID"}))
    ['3×2', 'stride 2', 'VALID']
    """
    given, words = operator.options, []
    if kernel := _kernel(operator, tensors):
        words.append(times(kernel))
    if strides := _pair(given, "stride", "strides"):
        words.append(f"stride {_square(strides)}")
    if given.get("padding"):
        words.append(str(given["padding"]))
    dilation = _pair(given, "dilation", "dilations")
    if dilation and dilation != (1, 1):
        words.append(f"dilation {_square(dilation)}")
    words += [phrase.format(given[name]) for name, phrase in _PHRASES.items() if name in given]
    for name, (phrase, expected) in _UNLESS.items():
        if given.get(name, expected) != expected:
            words.append(phrase.format(listed(given[name])))
    words += [phrase for name, phrase in _FLAGS.items() if given.get(name)]
    words += [f"{role or 'runs'}: subgraph {k}" for role, k in calls(operator)]
    return words + list(filter(None, [shortened(given.get("shared_name", ""))]))


def activation(operator: Operator) -> str:
    """The activation fused into an operator; an empty word where there is none.

    >>> activation(Operator(0, "ADD", 1, (0, 1), (2,), {"fused_activation_function": "RELU6"}))
    'RELU6'
    """
    word = operator.options.get("fused_activation_function", "NONE")
    return "" if word == "NONE" else word


def calls(operator: Operator) -> list[tuple[str, int]]:
    """The subgraphs that an operator runs: what each is for, and its number.

    >>> calls(Operator(0, "WHILE", 1, (), (), {"cond_subgraph_index": 1, "body_subgraph_index": 2}))
    [('cond', 1), ('body', 2)]
    """
    return [
        (name.partition("subgraph")[0].strip("_"), int(number))
        for name, value in operator.options.items()
        if "subgraph" in name
        for number in np.ravel(value)
        if number >= 0
    ]


def listed(value: Any) -> Any:
    """Numbers of a tuple with commas between them; anything else as it is.

    >>> listed((1, 2)), listed(3)
    ('1, 2', 3)
    """
    return ", ".join(map(str, value)) if isinstance(value, tuple) else value


def _kernel(operator: Operator, tensors: tuple[Tensor, ...]) -> tuple[int, ...]:
    given = operator.options
    if "filter_height" in given:
        return given["filter_height"], given["filter_width"]
    if "ksize" in given:
        return _spatial(given["ksize"], given)
    weights = [tensors[i] for i in operator.inputs[1:2] if i >= 0]
    if operator.name not in _KERNEL_AT or not weights:
        return ()
    at = _KERNEL_AT[operator.name]
    return weights[0].shape[at : at + 2]


def _pair(given: Mapping[str, Any], short: str, listed: str) -> tuple[int, ...]:
    """(height, width) of strides or dilations: LiteRT's two options, or TensorFlow's list."""
    for suffix in ("", "_factor"):
        if f"{short}_h{suffix}" in given:
            return given[f"{short}_h{suffix}"], given[f"{short}_w{suffix}"]
    return _spatial(given.get(listed, ()), given)


def _spatial(four: Sequence[int], given: Mapping[str, Any]) -> tuple[int, ...]:
    first = 2 if given.get("data_format") == "NCHW" else 1
    return tuple(four[first : first + 2])


def _square(pair: tuple[int, ...]) -> str:
    return str(pair[0]) if len(set(pair)) == 1 else times(pair)
