"""What boxes say of constants: numbers that steer as numpy writes them, weights by their shape."""

import numpy as np
import pytest

from qnn_edu.draw.graphs.words.notation import described
from qnn_edu.draw.graphs.words.operators import details
from qnn_edu.tflite.sparsity import Sparsity
from tests.draw.graphs.building import LAYER, Building

INTEGERS = [  # operator, its options, its constants (None: what it works on), and its lines
    ("TRANSPOSE", {}, [None, [0, 2, 3, 1, 4]], ["perm 0, 2, 3, 1, 4"]),
    ("RESHAPE", {"new_shape": (9,)}, [None, [1, 2, 3, 4, 5]], ["shape 1, 2, 3, 4, 5"]),
    ("PAD", {}, [None, [[0, 0], [1, 2]]], ["pad (0, 0), (1, 2)"]),
    ("MIRROR_PAD", {"mode": "REFLECT"}, [None, [[0, 1]]], ["REFLECT", "pad (0, 1)"]),
    ("GATHER", {"axis": 1, "batch_dims": 0}, [None, 3], ["axis 1", "indices 3"]),
    ("SPLIT", {"num_splits": 2}, [3, None], ["into 2", "axis 3"]),
    ("SPLIT_V", {"num_splits": 2}, [None, [1, 7], 3], ["into 2", "sizes 1, 7", "axis 3"]),
    ("MEAN", {"keep_dims": True}, [None, [1, 2]], ["keep dims", "axes 1, 2"]),
    ("REDUCE_MAX", {"keep_dims": False}, [None, [1]], ["axes 1"]),
    ("TILE", {}, [None, [1, 2]], ["times 1, 2"]),
    ("EXPAND_DIMS", {}, [None, 1], ["axis 1"]),
    ("ARG_MAX", {"output_type": "INT64"}, [None, -1], ["axis -1"]),
    (
        "SPACE_TO_BATCH_ND",
        {},
        [None, [2, 2], [[0, 1], [0, 1]]],
        ["blocks of 2, 2", "pad (0, 1), (0, 1)"],
    ),
    ("RESIZE_BILINEAR", {"align_corners": True}, [None, [8, 8]], ["align corners", "size 8, 8"]),
    ("STRIDED_SLICE", {"end_mask": 1}, [None, [0, 1], [0, 3], [1, 2]], ["[:, 1:3:2]"]),
    ("SLICE", {}, [None, [0, 1], [-1, 2]], ["[:, 1:3]"]),
    ("BATCH_MATMUL", {"adj_x": False, "adj_y": True}, [None, None], ["second transposed"]),
    ("SOFTMAX", {"beta": 1.0}, [None], []),
    ("SQUEEZE", {"squeeze_dims": (1, 2)}, [None], ["axes 1, 2"]),
    ("SPACE_TO_DEPTH", {"block_size": 2}, [None], ["blocks of 2"]),
]


def told(name, options, constants):
    net = Building()
    given = [net.input() if c is None else net.constant(c, "int32") for c in constants]
    net.op(name, *given, **options)
    graph = net.graph()
    return details(graph.operators[0], graph)


@pytest.mark.parametrize(("name", "options", "constants", "lines"), INTEGERS)
def test_what_steers_is_written_as_numpy_would(name, options, constants, lines):
    assert told(name, options, constants) == lines


def test_an_index_of_computed_numbers_is_not_written():
    net = Building()
    begin, end = net.input((2,), "int32"), net.constant([0, 5], "int32", "end")
    net.op("STRIDED_SLICE", net.input(), begin, end, net.constant([1, 1], "int32", "strides"))
    graph = net.graph()
    assert details(graph.operators[0], graph) == ["end 0, 5", "strides 1, 1"]


@pytest.mark.parametrize("rows", [([0], [1, 2], [1]), ([0.5], [1], [1])])
def test_an_index_that_makes_no_sense_is_not_written(rows):
    net = Building()
    net.op(
        "STRIDED_SLICE", net.input(), *(net.constant(row, np.asarray(row).dtype) for row in rows)
    )
    graph = net.graph()
    assert len(details(graph.operators[0], graph)) == 3


def test_few_values_are_written_in_real_numbers_and_many_are_not():
    net = Building()
    sixth = net.constant([21], "int8", "sixth", scale=np.float32(1 / 126), zero_point=0)
    net.op("MUL", net.input(), sixth)
    net.op("MUL", net.input(), net.constant(np.zeros(40, np.int8), "int8", "many"))
    graph = net.graph()
    assert [details(op, graph) for op in graph.operators] == [
        ["sixth 0.1667 int8"],
        ["many 40 int8"],
    ]


def test_brief_boxes_leave_out_the_bias_and_how_weights_are_quantized():
    net = Building()
    scales, zeros = np.float32([1, 2]), np.int64([0, 0])
    w = net.constant(np.zeros((2, 3, 3, 8)), "int8", scale=scales, zero_point=zeros, axis=0)
    net.op("CONV_2D", net.input(), w, net.constant([0, 0], "int32"), **LAYER)
    graph = net.graph()
    full = ["3×3, stride 1, SAME, bias int32", "w 2×3×3×8 int8 per channel"]
    assert details(graph.operators[0], graph) == full
    assert details(graph.operators[0], graph, brief=True) == [
        "3×3, stride 1, SAME",
        "w 2×3×3×8 int8",
    ]


def test_scales_of_blocks_and_sparse_weights_are_named_where_they_stand():
    rows = np.zeros((4, 64))
    scales, zeros = np.full(8, np.float32(0.5)), np.zeros(8, np.int64)
    net = Building()
    blocks = {"scale": scales, "zero_point": zeros, "axis": 0, "block": 32}
    given = net.input((1, 64))
    net.op("FULLY_CONNECTED", given, net.constant(rows, "int8", type="INT4", **blocks), -1)
    sparse = Sparsity((0, 1), ("DENSE", "SPARSE_CSR"), (1, 1), 64)
    net.op("FULLY_CONNECTED", given, net.constant(rows, "float16", sparsity=sparse), -1)
    net.op("ADD", given, net.tensor((4, 64), "int8", type="INT4", **blocks))
    graph = net.graph()
    assert [details(op, graph)[-1] for op in graph.operators[:2]] == [
        "w 4×64 int4 in blocks of 32",
        "w 4×64 sparse float16 (75 % zero)",
    ]
    assert details(graph.operators[0], graph, brief=True)[-1] == "w 4×64 int4"
    assert "8 scales, blocks of 32" in described(graph.tensors[graph.operators[2].inputs[1]])


def test_of_many_constants_only_the_number_is_told():
    net = Building()
    gates = [net.constant(np.zeros((4, 4)), "int8", f"gate{k}") for k in range(8)]
    biases = [net.constant(np.zeros(4), "int32", f"bias{k}") for k in range(4)]
    net.op("UNIDIRECTIONAL_SEQUENCE_LSTM", net.input(), *gates, *biases)
    graph = net.graph()
    assert details(graph.operators[0], graph) == ["8 constants int8", "4 constants int32"]


def test_variables_and_the_subgraphs_that_an_operator_runs_are_named():
    net = Building()
    handle = net.op("VAR_HANDLE", dtype="O", container="", shared_name="stream/state")
    net.op("WHILE", net.input(), cond_subgraph_index=1, body_subgraph_index=2)
    net.op("READ_VARIABLE", net.tensor((), "O", "stream/state"))
    graph = net.graph(handle)
    assert [details(op, graph) for op in graph.operators] == [
        ["stream/state"],
        ["cond: subgraph 1, body: subgraph 2"],
        ["variable stream/state"],
    ]
