"""How far a prepared model and its file are apart, rounding by rounding."""

from typing import NamedTuple

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


class Apart(NamedTuple):
    """How many `steps` apart the model and its file are at most, at the rounding named `name`.

    `share`: in how many of the values they differ at all. `allowed`: how many steps may be.
    """

    name: str
    steps: float
    share: float
    allowed: float


def roundings(prepared, xs, *, kernels="reference"):
    """An `Apart` for each rounding.

    The file computes all it computes from the images. The model does one step at a time, from what
    the file has: so a difference is one rounding's own, and no other's that came before.

    One step is allowed: a number between two levels may fall on either. The exception is a batch
    normalisation that is a product and a sum, each of them rounded: a step of the product may be
    several of the sum, and is allowed on top. The kernels "reference" and "optimized" need it, for
    their multiplication rounds twice (a high multiply, then a shift of few bits), so that 1.4 % of
    products are one level off. XNNPACK multiplies in float32 and rounds once: there a product is
    off at a tie alone, in none of 200 random networks, and 1 of 2,000 values of a ResNet50V2.
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
                allowed = 1 + _of_product(step, maker) / scale
                share = float((steps > 0.75).mean())
                apart.append(Apart(places[id(x)][0], float(steps.max()), share, allowed))
                made[i] = of_file
        return made

    wiring.rebuilt(tree.pack_sequence_as(wiring.inputs, xs), call)
    return apart


def beyond(apart):
    """The roundings that are further apart than is allowed, but for the rounding of float32."""
    return [each for each in apart if each.steps > each.allowed + 0.01]


def _of_product(step, maker):
    """The step of the product within the normalisation, if one is rounded here."""
    passed = FakeQuantActivation | keras.layers.ReLU | keras.layers.Activation
    while step and isinstance(step.operation, passed):
        step = maker.get(id(step.inputs[0]))
    norm = step and isinstance(step.operation, QuantizedNorm)
    return step.operation.product.grid()[2] if norm else 0.0
