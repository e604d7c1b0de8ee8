"""Laws of a diagram's layout, on random networks."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.draw.graphs import layout
from qnn_edu.draw.graphs.blocks import blocks, drawing_order, segments, signs
from qnn_edu.tflite import Operator, Subgraph, Tensor


@st.composite
def networks(draw):
    """A network of up to 12 operators; tensor 0 is the input, tensor 1 a constant."""
    operators = []
    for k in range(draw(st.integers(0, 12))):
        sources = draw(st.lists(st.integers(0, k + 1), min_size=1, max_size=2))
        operators.append(Operator(k, draw(st.sampled_from("AB")), 1, tuple(sources), (k + 2,)))
    count = len(operators) + 2
    tensors = [Tensor(i, f"t{i}", (1,), np.dtype("float32")) for i in range(count)]
    return Subgraph("main", tuple(tensors), tuple(operators), (0,), (count - 1,))


@given(networks())
def test_nobody_reads_what_is_drawn_later(graph):
    seen = {0, 1}
    for operator in drawing_order(graph):
        assert seen.issuperset(operator.inputs)
        seen.update(operator.outputs)
    assert len(seen) == len(graph.tensors)


@given(networks())
def test_at_most_one_tensor_crosses_a_cut(graph):
    parts = segments(graph)
    assert [op for part in parts for op in part] == drawing_order(graph)
    for cut in range(1, len(parts)):
        before = {i for part in parts[:cut] for op in part for i in op.outputs}
        read = {i for part in parts[:cut] for op in part for i in op.inputs}
        after = {i for part in parts[cut:] for op in part for i in op.inputs}
        assert len((before | ({0} & read)) & after) <= 1


@given(networks())
def test_blocks_hold_every_operator_once_and_repeats_are_alike(graph):
    parts = segments(graph)
    found = blocks(parts, signs(graph, parts, {}))
    whole = [op for block in found for run in block.repeats for op in run]
    assert whole == [op for part in parts for op in part]
    for block in found:
        assert len({tuple(op.name for op in run) for run in block.repeats}) == 1


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=20), st.integers(1, 6))
def test_columns_are_as_even_as_can_be(sizes, count):
    wrapped = layout.columns(sizes, width=1, height=1, count=count)
    assert [k for column in wrapped for k in column] == list(range(len(sizes)))
    assert len(wrapped) <= count
    highest = max(sum(sizes[k][1] for k in column) for column in wrapped)
    assert highest == _least(tuple(high for _, high in sizes), count)


def _least(heights, count):
    """The least height of the highest of at most `count` columns, by trying every first column."""
    if count == 1 or not heights:
        return sum(heights)
    return min(
        max(sum(heights[:k]), _least(heights[k:], count - 1)) for k in range(1, len(heights) + 1)
    )


@given(networks())
def test_the_spine_is_one_way_down(graph):
    for part in segments(graph):
        line, ranks = layout.spine(part), layout.ranks(part)
        assert all(op in rank for op, rank in zip(line, ranks, strict=True))
        for above, below in zip(line, line[1:], strict=False):
            assert set(above.outputs) & set(below.inputs)
