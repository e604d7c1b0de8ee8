"""Constants are read as they are stored, and variables by name; nothing else changes."""

import numpy as np

from qnn_edu.draw import diagram
from qnn_edu.draw.graphs.patterns.folding import folded, named
from tests.draw.graphs.building import LAYER, Building


def half_precision():
    """A convolution whose weights and bias are stored in float16: (network, its output)."""
    net = Building()
    x = net.input((1, 8, 8, 32))
    w = net.op("DEQUANTIZE", net.constant(np.zeros((64, 1, 1, 32)), "float16", "w"))
    bias = net.op("DEQUANTIZE", net.constant(np.zeros(64), "float16", "bias"))
    return net, net.op("CONV_2D", x, w, bias, shape=(1, 8, 8, 64), **LAYER)


def test_a_layer_reads_its_float16_weights():
    net, y = half_precision()
    graph = net.graph(y)
    picture = diagram(graph)
    assert "w 64×1×1×32 float16" in picture.source and "DEQUANTIZE" not in picture.source
    assert "bias float16" in picture.text and "DEQUANTIZE" not in picture.text
    assert picture.alt.startswith("Network: 3 operators (2 DEQUANTIZE, 1 CONV_2D)")
    whole = diagram(graph, merge=False)
    assert whole.source.count("<B>DEQUANTIZE</B>") == whole.text.count("DEQUANTIZE  ") == 2


def test_sparse_constants_are_unpacked_out_of_sight_too():
    net = Building()
    w = net.op("DENSIFY", net.constant(np.zeros((8, 8)), "float16", "w"))
    y = net.op("FULLY_CONNECTED", net.input((1, 8)), net.op("DEQUANTIZE", w))
    (layer,) = folded(net.graph(y)).operators
    assert layer.inputs[1] == 0


def test_what_is_put_out_kept_computed_or_read_by_nobody_stays():
    net, y = half_precision()
    real = net.op("DEQUANTIZE", net.input(dtype="int8"))
    unread = net.op("DEQUANTIZE", net.constant([1.0], "float16"))
    graph = net.graph(y, net.operators[0].outputs[0])
    left = folded(graph, keep=net.operators[1].outputs)
    assert [op.index for op in left.operators] == [0, 1, 2, 3, 4]
    assert {real, unread} <= {i for op in left.operators for i in op.outputs}


def test_variables_are_read_by_name():
    net = Building()
    handle = net.op("VAR_HANDLE", dtype="O", container="", shared_name="stream/state")
    state = net.op("READ_VARIABLE", handle, shape=(1, 4))
    net.op("ASSIGN_VARIABLE", handle, state, outputs=0)
    graph = net.graph(state)
    picture = diagram(graph)
    assert "VAR_HANDLE" not in picture.source
    assert picture.source.count("variable stream/state") == 2
    whole = diagram(graph, merge=False)
    assert whole.source.count("stream/state") >= 3 and "<B>VAR_HANDLE</B>" in whole.source
    assert named(graph).tensors[handle].name == "stream/state"
