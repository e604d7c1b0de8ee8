"""All that blocks a network, found at once; constants and shapes that are known before a run."""

from dataclasses import replace

import numpy as np
import pytest

from qnn_edu import engine, tflite
from qnn_edu.data import asset
from qnn_edu.tflite import Graph, Operator, Subgraph, Tensor

DIGITS = tflite.read(asset("digits_int8.tflite"))
X = np.zeros((1, 8, 8, 1), np.int8)


def changed(names=(), tensors=()):
    """The digits model with other names of operators, and with changed tensors."""
    main = DIGITS.subgraphs[0]
    operators = [replace(op, name=dict(names).get(op.index, op.name)) for op in main.operators]
    found = [replace(t, **dict(tensors).get(t.index, {})) for t in main.tensors]
    parts = {"operators": tuple(operators), "tensors": tuple(found)}
    return replace(DIGITS, subgraphs=(replace(main, **parts),))


def test_a_model_that_runs_has_none():
    assert all(engine.blockers(DIGITS, kernels) == [] for kernels in engine.KERNEL_SETS)


def test_all_are_found_and_what_cannot_run_blocks_no_other():
    graph = changed({1: "NOVEL", 3: "NOVEL", 8: "OTHER"}.items())
    found = engine.blockers(graph)
    assert [(b.index, b.operator, b.reason) for b in found] == [
        (1, "NOVEL", "it has no kernel"),
        (3, "NOVEL", "it has no kernel"),
        (8, "OTHER", "it has no kernel"),
    ]
    with pytest.raises(ValueError) as info:
        engine.run(graph, X)
    first, *rest = str(info.value).splitlines()
    assert first.startswith("engine: operator 1, NOVEL, whose output is ")
    assert rest == [
        "In all, 3 of 10 operators cannot run:",
        "  2 x NOVEL (1, 3): it has no kernel",
        "  1 x OTHER (8): it has no kernel",
    ]


def test_a_shape_behind_what_cannot_run_blocks_no_other():
    made = {i: {"shape": (), "signature": ()} for op in DIGITS.operators for i in op.outputs}
    found = engine.blockers(changed({1: "NOVEL"}.items(), made.items()))
    assert [(b.index, b.operator) for b in found] == [(1, "NOVEL")]


def test_a_tensor_without_a_name_is_called_by_its_number():
    out = DIGITS.operators[1].outputs[0]
    with pytest.raises(ValueError, match=f"operator 1, NOVEL, whose output is tensor {out}, can"):
        engine.run(changed({1: "NOVEL"}.items(), {out: {"name": ""}}.items()), X)


def test_an_open_input_is_one_of_them():
    image = DIGITS.inputs[0]
    graph = changed({1: "NOVEL"}.items(), {image: {"signature": (-1, -1, 8, 1)}}.items())
    of_all, of_one = engine.blockers(graph)
    assert of_all.index is None and "every size must be known" in of_all.reason
    assert of_one.index == 1
    with pytest.raises(ValueError, match=r"input .* has shape \(any, any, 8, 1\), and every size"):
        engine.run(graph, X)


def test_shapes_that_the_file_leaves_empty_change_nothing():
    made = {i: {"shape": (), "signature": ()} for op in DIGITS.operators for i in op.outputs}
    x = np.random.default_rng(0).integers(-128, 128, (5, 8, 8, 1)).astype(np.int8)
    ours = engine.run(changed(tensors=made.items()), x, keep=True)
    whole = engine.run(DIGITS, x, keep=True)
    for index, value in whole.tensors.items():
        np.testing.assert_array_equal(ours.tensors[index], value)


def test_shapes_that_contradict_one_another_are_named():
    weights = DIGITS.operators[8].inputs[1]
    flat = {"shape": (640,), "data": DIGITS.tensors[weights].data.ravel()}
    (found,) = engine.blockers(changed(tensors={weights: flat}.items()))
    assert found.reason == "the weights have shape (640,); expected 2 dimensions, none empty"


def whole(index, shape, data=None):
    return Tensor(index, f"t{index}", shape, np.dtype(np.int32), data=data)


def test_arithmetic_on_shapes_is_done_before_anything_runs():
    """The first size of a shape, and 4 beside it: the new shape of what was (1, 2, 2)."""
    one, scale = np.int32([1]), {"scale": np.float32(1), "zero_point": 0}
    tensors = (
        Tensor(0, "x", (1, 2, 2), np.dtype(np.int8), **scale),
        whole(1, ()),  # the shape of x
        whole(2, (1,), np.int32([0])),
        whole(3, (1,), one),
        whole(4, (1,), one),
        whole(5, ()),  # its first size
        whole(6, (1,), np.int32([4])),
        whole(7, ()),  # (1, 4)
        Tensor(8, "y", (), np.dtype(np.int8), **scale),
    )
    operators = (
        Operator(0, "SHAPE", 1, (0,), (1,)),
        Operator(1, "STRIDED_SLICE", 1, (1, 2, 3, 4), (5,)),
        Operator(2, "CONCATENATION", 1, (5, 6), (7,), {"axis": 0}),
        Operator(3, "RESHAPE", 1, (0, 7), (8,)),
    )
    graph = Graph((Subgraph("", tensors, operators, (0,), (8,)),), 0)
    x = np.arange(12, dtype=np.int8).reshape(3, 2, 2)
    result = engine.run(graph, x, keep=True)
    np.testing.assert_array_equal(result.outputs[0], x.reshape(3, 4))
    assert result.tensors[7].tolist() == [[1, 4]] * 3  # of each image, as LiteRT gives it
