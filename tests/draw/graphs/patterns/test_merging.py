"""Patterns: what is shown as one box, what is said of it, and that nothing else is hidden."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.draw import PATTERNS, diagram
from qnn_edu.draw.graphs.group import Group, members, numbered
from qnn_edu.draw.graphs.patterns.merging import merged
from tests.draw.graphs.building import Building


def silu(net, x):
    return net.op("MUL", net.op("LOGISTIC", x), x)


def silu_of_a_layer(net, x):
    return silu(net, net.conv(x, 8))


def relu6_of_shifted(net, x, fused):
    if fused:
        return net.op("ADD", x, net.constant(3.0), fused_activation_function="RELU6")
    return net.op("RELU6", net.op("ADD", net.constant([[3.0]]), x))


def hard_swish_divided_last(net, x):
    return net.op("MUL", net.op("MUL", x, relu6_of_shifted(net, x, True)), net.constant(1 / 6))


def hard_swish_divided_first(net, x):
    return net.op("MUL", x, net.op("DIV", relu6_of_shifted(net, x, False), net.constant(6.0)))


def hard_swish_quantized(net, x):
    """3 and 1/6 on grids of 8 bits: 1/6 becomes 0.1672."""
    three = net.constant([127], "int8", scale=np.float32(3 / 127), zero_point=0)
    sixth = net.constant([42], "int8", scale=np.float32(0.00398), zero_point=0)
    clipped = net.op("ADD", x, three, fused_activation_function="RELU6")
    return net.op("MUL", net.op("MUL", clipped, x), sixth)


def gelu(net, x):
    cube = net.op("MUL", net.op("MUL", x, x), x)
    inner = net.op("ADD", x, net.op("MUL", cube, net.constant(0.044715)))
    tanh = net.op("TANH", net.op("MUL", inner, net.constant(0.7978846)))
    share = net.op("MUL", net.op("ADD", tanh, net.constant(1.0)), net.constant(0.5))
    return net.op("MUL", x, share)


def squeeze_and_excite(net, x):
    axes = net.constant([1, 2], "int32")
    mean = net.op("MEAN", x, axes, shape=(1, 1, 1, 8), keep_dims=True)
    excited = net.conv(net.conv(mean, 2, fused="RELU"), 8)
    return net.op("MUL", x, net.op("LOGISTIC", excited))


def squeeze_and_excite_hard(net, x):
    mean = net.op("MEAN", x, net.constant([1, 2], "int32"), shape=(1, 8), keep_dims=False)
    squeezed = silu(net, net.conv(net.op("RESHAPE", mean, shape=(1, 1, 1, 8)), 2))
    clipped = relu6_of_shifted(net, net.conv(squeezed, 8), True)
    return net.op("MUL", net.op("MUL", clipped, net.constant(1 / 6)), x)


def inverted_residual(net, x):
    return net.op("ADD", x, inverted_residual_that_shrinks(net, x, 8))


def inverted_residual_that_shrinks(net, x, channels=4):
    return net.conv(net.depthwise(net.conv(x, 48, fused="RELU6"), fused="RELU6"), channels)


def inverted_residual_that_excites(net, x):
    filtered = net.depthwise(net.conv(x, 8 * 6))
    mean = net.op("MEAN", filtered, net.constant([1, 2], "int32"), shape=(1, 1, 1, 48))
    factor = net.op("LOGISTIC", net.conv(net.conv(mean, 12), 48))
    return net.conv(net.op("MUL", filtered, factor), 8)


def separable(net, x):
    return net.conv(net.depthwise(x, fused="RELU6"), 16, fused="RELU6")


def activation(net, x):
    return net.op("LEAKY_RELU", net.conv(x, 8), alpha=0.1)


def rearrangement(net, x):
    split = net.op("RESHAPE", x, net.constant([1, 4, 4, 2, 4], "int32"), shape=(1, 4, 4, 2, 4))
    moved = net.op(
        "TRANSPOSE", split, net.constant([0, 1, 2, 4, 3], "int32"), shape=(1, 4, 4, 4, 2)
    )
    return net.op("RESHAPE", moved, net.constant([1, 4, 4, 8], "int32"), shape=(1, 4, 4, 8))


def layer_normalisation(net, x):
    axes = net.constant([3], "int32")
    mean = net.op("MEAN", x, axes, shape=(1, 4, 4, 1), keep_dims=True)
    variance = net.op("MEAN", net.op("SQUARED_DIFFERENCE", x, mean), axes, shape=(1, 4, 4, 1))
    root = net.op("RSQRT", net.op("ADD", variance, net.constant(1e-5)))
    return net.op("ADD", net.op("MUL", x, root), net.op("NEG", net.op("MUL", mean, root)))


def root_mean_square(net, x):
    total = net.op("SUM", net.op("MUL", x, x), net.constant([3], "int32"), shape=(1, 4, 4, 1))
    mean = net.op("DIV", total, net.constant(8.0))
    return net.op("MUL", net.op("RSQRT", net.op("ADD", mean, net.constant(1e-6))), x)


def ring_buffer(net, x):
    handle = net.tensor((), "O", "stream/state")
    kept = net.op("CONCATENATION", net.op("READ_VARIABLE", handle, shape=(1, 2, 4, 8)), x, axis=1)
    rows = [net.constant(row, "int32") for row in ([0, 1], [0, 0], [1, 1])]
    last = net.op("STRIDED_SLICE", kept, *rows, end_mask=3)
    net.op("ASSIGN_VARIABLE", handle, last, outputs=0)
    return kept


def ring_buffer_cut_first(net, x):
    handle = net.tensor((), "O", "stream/state")
    rows = [net.constant(row, "int32") for row in ([0, 1], [0, 0], [1, 1])]
    last = net.op(
        "STRIDED_SLICE", net.op("READ_VARIABLE", handle, shape=(1, 2, 4, 8)), *rows, end_mask=3
    )
    kept = net.op("CONCATENATION", last, x, axis=1)
    net.op("ASSIGN_VARIABLE", handle, kept, outputs=0)
    return kept


MADE = [  # what builds it, its name, its foot, and its lines
    (silu, "SiLU", "", []),
    (silu_of_a_layer, "CONV_2D", "SiLU", None),
    (hard_swish_divided_last, "hard-swish", "", []),
    (hard_swish_divided_first, "hard-swish", "", []),
    (hard_swish_quantized, "hard-swish", "", []),
    (gelu, "GELU", "", []),
    (
        squeeze_and_excite,
        "squeeze and excite",
        "",
        ["8 → 2 → 8 channels", "w float32", "RELU"],
    ),
    (squeeze_and_excite_hard, "squeeze and excite", "", ["8 → 2 → 8 channels", "w float32"]),
    (
        inverted_residual,
        "inverted residual",
        "",
        ["8 → 48 → 8 channels", "3×3, stride 1, SAME", "w float32", "RELU6"],
    ),
    (
        inverted_residual_that_shrinks,
        "inverted residual",
        "",
        ["8 → 48 → 4 channels", "3×3, stride 1, SAME", "w float32", "RELU6"],
    ),
    (
        inverted_residual_that_excites,
        "inverted residual",
        "",
        [
            "8 → 48 → 8 channels",
            "3×3, stride 1, SAME",
            "squeeze and excite, 48 → 12 → 48 channels",
            "w float32",
        ],
    ),
    (
        separable,
        "separable convolution",
        "RELU6",
        ["8 → 16 channels", "3×3, stride 1, SAME", "w float32", "RELU6"],
    ),
    (activation, "CONV_2D", "LEAKY_RELU alpha 0.1", None),
    (
        rearrangement,
        "rearrangement",
        "",
        ["RESHAPE shape 1, 4, 4, 2, 4", "TRANSPOSE perm 0, 1, 2, 4, 3", "RESHAPE shape 1, 4, 4, 8"],
    ),
    (layer_normalisation, "normalisation", "", ["keep dims", "axes 3"]),
    (root_mean_square, "normalisation", "", ["axes 3"]),
    (ring_buffer, "ring buffer", "", ["stream/state 1×2×4×8 float32"]),
    (ring_buffer_cut_first, "ring buffer", "", ["stream/state 1×2×4×8 float32"]),
]


def built(*makers):
    """A network that applies the makers to its input one after the other, between other operators.

    Its input and output, operators 0 and the last, are in no pattern.
    """
    net = Building()
    x = net.op("FLOOR", net.input())
    for maker in makers:
        x = maker(net, x)
    return net, net.op("CEIL", x)


@pytest.mark.parametrize(
    ("maker", "name", "foot", "lines"), MADE, ids=[m[0].__name__ for m in MADE]
)
def test_a_pattern_is_one_box_with_its_words(maker, name, foot, lines):
    net, y = built(maker)
    first, group, last = merged(net.graph(y)).operators
    assert (first.name, group.name, last.name) == ("FLOOR", name, "CEIL")
    assert group.options["fused_activation_function"] == (foot or "NONE")
    assert (None if group.lines is None else list(group.lines)) == lines
    assert numbered(group) == f"1–{len(net.operators) - 2}"


@pytest.mark.parametrize("maker", [m[0] for m in MADE], ids=[m[0].__name__ for m in MADE])
def test_what_others_read_or_put_out_or_carry_values_is_never_hidden(maker):
    net, y = built(maker)
    whole = merged(net.graph(y)).operators[1]
    hidden = [i for op in whole.members for i in op.outputs if i not in whole.outputs]
    for i in hidden:
        net, y = built(maker)
        for graph, keep in (
            (net.graph(y, i), ()),
            (net.graph(y), (i,)),
            (net.graph(y, net.op("ABS", i)), ()),
        ):
            seen = {j for op in merged(graph, keep=keep).operators for j in op.outputs}
            assert i in seen


NOT = {
    "another factor": lambda net, x: net.op("MUL", net.op("LOGISTIC", x), net.op("ABS", x)),
    "another shift": lambda net, x: net.op(
        "MUL",
        net.op("MUL", x, net.op("ADD", x, net.constant(2.0), fused_activation_function="RELU6")),
        net.constant(1 / 6),
    ),
    "a narrow middle": lambda net, x: net.op(
        "ADD", x, net.conv(net.depthwise(net.conv(x, 4), "RELU"), 8, size=3)
    ),
    "one that moves alone": lambda net, x: net.op("TRANSPOSE", x, net.constant([0], "int32")),
    "a square root without a mean": lambda net, x: net.op("MUL", x, net.op("RSQRT", x)),
    "an activation of an activation": lambda net, x: net.op("TANH", net.conv(x, 8, fused="RELU")),
}


@pytest.mark.parametrize("case", NOT)
def test_what_only_looks_like_a_pattern_stays(case):
    net, y = built(NOT[case])
    assert not any(isinstance(op, Group) for op in merged(net.graph(y)).operators)


def test_first_values_of_variables_are_one_box():
    net = Building()
    for k in range(6):
        value = net.constant(np.full((1, 4), -128), "int8")
        net.op("ASSIGN_VARIABLE", net.tensor((), "O", f"state{k}"), value, outputs=0)
    (group,) = merged(net.graph()).operators
    assert group.name == "initial values"
    assert group.lines[0] == "state0 1×4 int8, all -128" and group.lines[-1] == "and 2 more"


@st.composite
def networks(draw):
    """Up to 30 operators of patterns, joined at random, and parts of patterns among them."""
    net = Building()
    made = [net.input()]
    for _ in range(draw(st.integers(0, 5))):
        made.append(draw(st.sampled_from(MADE))[0](net, draw(st.sampled_from(made))))
        extra = draw(st.sampled_from(["", "", "ADD", "LOGISTIC", "MUL", "RESHAPE"]))
        if extra:
            every = [i for op in net.operators for i in op.outputs]
            made.append(net.op(extra, *(draw(st.sampled_from(every)) for _ in "ab")))
    return net.graph(*{draw(st.sampled_from(made)), made[-1]})


@given(networks())
def test_every_operator_is_in_one_box_and_everything_read_is_there(graph):
    left = merged(graph)
    inside = [m.index for op in left.operators for m in members(op)]
    assert sorted(inside) == [op.index for op in graph.operators]
    computed = {i for op in graph.operators for i in op.outputs}
    seen = set()
    for operator in left.operators:
        assert computed.intersection(operator.inputs) <= seen
        seen.update(operator.outputs)
    assert computed.intersection(graph.outputs) <= seen


def test_merge_says_which():
    net, y = built(silu, rearrangement, silu_of_a_layer)
    graph = net.graph(y)

    def groups(**how):
        return diagram(graph, **how).source.count("#CC79A7")

    plain = diagram(graph, merge=False).source
    assert diagram(graph).source == plain  # it is small
    assert groups(merge=True) > groups(merge="SiLU") > groups(merge=["rearrangement"]) > 0
    assert groups(merge=()) == groups(merge=False) == 0
    assert "<B>LOGISTIC</B>" in plain and "LOGISTIC" not in diagram(graph, merge=True).source
    assert "LOGISTIC" in diagram(graph, merge=True).text
    for wrong in ("no such", ["SiLU", "no such"], 3):
        with pytest.raises(ValueError, match="merge must be True, False or names of SiLU"):
            diagram(graph, merge=wrong)


def test_large_networks_are_merged_and_what_carries_a_value_is_not():
    net, y = built(*[silu] * 21)
    graph = net.graph(y)
    source = diagram(graph, collapse=False).source
    assert source.count("<B>SiLU</B>") == 21 and "LOGISTIC" not in source
    value = {net.operators[1].outputs[0]: 1.0}
    source = diagram(graph, values=value, collapse=False).source
    assert source.count("<B>SiLU</B>") + source.count(">SiLU</FONT>") == 20
    assert source.count("<B>LOGISTIC</B>") == 1


def test_pattern_names_are_told():
    assert {"SiLU", "hard-swish", "squeeze and excite", "inverted residual"} <= set(PATTERNS)
