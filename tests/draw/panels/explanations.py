"""Real explanations, for the tests of what shows them."""

import qnn_edu
from qnn_edu import data, engine, tflite

GRAPH = tflite.read(data.asset("digits_int8.tflite"))
IMAGE = qnn_edu.quantize(data.digits("test")[0][:1], GRAPH.tensors[GRAPH.inputs[0]].params)
WEIGHTED = [op for op in GRAPH.operators if len(op.inputs) == 3]


def explained(number, channel=3):
    """One value of the layer with weights of this number."""
    tensor = GRAPH.tensors[WEIGHTED[number].outputs[0]]
    index = (0, 2, 1, channel) if len(tensor.shape) == 4 else (0, channel)
    return engine.explain(GRAPH, IMAGE, tensor.index, index)
