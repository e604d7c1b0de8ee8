"""How far a prepared model and its file are apart, rounding by rounding."""

import numpy as np

from qnn_edu import dequantize, nets, quantize, tflite
from qnn_edu.nets.conversion.quantizer import float_operators
from qnn_edu.nets.qat.constants import QuantizedNorm
from qnn_edu.nets.qat.layers import FakeQuantActivation, keras
from qnn_edu.nets.qat.wiring import wiring_of

tree = keras.tree


def settled(prepared, *, images=16, seed=0):
    """A prepared model whose ranges have seen these images, and the images, an array an input."""
    rng = np.random.default_rng(seed)
    shapes = [x.shape[1:] for x in prepared.inputs]
    xs = [rng.normal(0, 1, (images, *shape)).clip(-2.5, 2.5).astype(np.float32) for shape in shapes]
    prepared(tree.pack_sequence_as(prepared.input, xs), training=True)
    return prepared, xs


def roundings(prepared, xs, *, kernels="reference"):
    """For each rounding, its name, how many steps apart the model and its file are there, and how
    often they are.

    The file computes all it computes from the images. The model does one step at a time, from what
    the file has: so a difference is one rounding's own, and no other's that came before. A batch
    normalisation that is a product and a sum has two: a step of the product is taken off.
    """
    wiring = wiring_of(prepared)
    places = {
        id(x): (step.name, x)
        for step in wiring.steps
        for x in step.outputs
        if isinstance(step.operation, FakeQuantActivation) and not step.kwargs.get("stated")
    }
    for x in tree.flatten(wiring.outputs):
        places.setdefault(id(x), ("output", x))
    watched = keras.Model(prepared.inputs, [x for _, x in places.values()])
    content = nets.convert(watched, "int8")
    graph = tflite.read(content)
    assert not float_operators(graph)
    q = [quantize(x, graph.tensors[i].params) for x, i in zip(xs, graph.inputs, strict=True)]
    outputs = nets.run_tflite(content, q, kernels=kernels).outputs
    tensors = [graph.tensors[i] for i in graph.outputs]
    found = {
        key: (dequantize(y, tensor.params), float(tensor.scale))
        for key, y, tensor in zip(places, outputs, tensors, strict=True)
    }
    apart = []
    maker = {id(x): step for step in wiring.steps for x in step.outputs}

    def call(step, *args, **kwargs):
        made = tree.flatten(step.operation(*args, **kwargs))
        for i, x in enumerate(step.outputs):
            if id(x) in found:
                of_file, scale = found[id(x)]
                steps = np.abs(of_file - np.asarray(made[i])) / scale
                steps = np.maximum(steps - _of_product(step, maker) / scale, 0)
                apart.append((places[id(x)][0], float(steps.max()), float((steps > 0.75).mean())))
                made[i] = of_file
        return made

    wiring.rebuilt(tree.pack_sequence_as(wiring.inputs, xs), call)
    return apart


def _of_product(step, maker):
    """The step of the product within the normalisation, if one is rounded here."""
    passed = FakeQuantActivation | keras.layers.ReLU | keras.layers.Activation
    while step and isinstance(step.operation, passed):
        step = maker.get(id(step.inputs[0]))
    norm = step and isinstance(step.operation, QuantizedNorm)
    return step.operation.product.grid()[2] if norm else 0.0
