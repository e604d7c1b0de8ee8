"""Integer engine: engine.run against LiteRT's reference kernels, one thread each

MobileNet v1 comes from the folder that `QNN_EDU_DATA` names; MobileNet v2 1.0 224 has random
weights, which cost as much time as trained ones, and the bar 0.5.
"""

import os
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from qnn_edu import engine, nets, tflite
from qnn_edu.data import asset
from qnn_edu.nets import quiet
from tools.bench.timing import interleaved

BARS = {"mobilenet_v2_1.0_224": 0.5}
ROUNDS = 21


def run():
    files = {"digits": asset("digits_int8.tflite").read_bytes(), "mobilenet_v2_1.0_224": _v2()}
    folder = Path(os.environ.get("QNN_EDU_DATA", "none"), "models")
    files |= {file.stem: file.read_bytes() for file in sorted(folder.glob("*8.tflite"))}
    return [
        {"model": name, **measured(content), "bar": BARS.get(name, "-")}
        for name, content in files.items()
    ]


def measured(content, rounds=ROUNDS):
    """Median times of LiteRT and of the engine in ms, and their ratio, on random inputs."""
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    graph = tflite.read(content)
    inputs = [_drawn(graph.tensors[i]) for i in graph.inputs]
    litert = Interpreter(
        model_content=content,
        num_threads=1,
        experimental_op_resolver_type=OpResolverType.BUILTIN_REF,
    )
    litert.allocate_tensors()
    for place, x in zip(graph.inputs, inputs, strict=True):
        litert.set_tensor(place, x)
    with threadpool_limits(1):
        theirs, ours = interleaved(
            {"LiteRT": litert.invoke, "engine": lambda: engine.run(graph, inputs)}, rounds=rounds
        )
    return {
        "LiteRT ms": theirs["median ms"],
        "engine ms": ours["median ms"],
        "ratio": ours["ratio"],
    }


def _drawn(tensor):
    """Any integers of 8 or 16 bits, real numbers around 0; 0 of what counts or names something."""
    rng = np.random.default_rng(0)
    if tensor.dtype.kind == "f":
        return rng.normal(0, 1, tensor.shape).astype(tensor.dtype)
    if tensor.dtype.kind == "b" or tensor.dtype.itemsize > 2:
        return np.zeros(tensor.shape, tensor.dtype)
    grid = np.iinfo(tensor.dtype)
    return rng.integers(grid.min, grid.max + 1, tensor.shape, tensor.dtype)


def _v2():
    """MobileNet v2, int8: activations spread as in a trained network, by one pass in training."""
    keras = quiet.load_keras()
    keras.utils.set_random_seed(0)
    model = keras.applications.MobileNetV2((224, 224, 3), weights=None)
    x = np.random.default_rng(0).uniform(-1, 1, (4, 224, 224, 3)).astype(np.float32)
    for layer in model.layers:
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(x, training=True)
    return nets.convert(model, "int8", calibration=x)
