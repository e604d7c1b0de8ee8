"""The networks of keras.applications, narrow and small, and what becomes of each.

`python -m tests.nets.qat.applications [NAME ...]` prints a line for each.
"""

import sys
import time

import numpy as np

from qnn_edu import dequantize, engine, nets, quantize, tflite
from qnn_edu.nets.qat.elementary.rewrite import rewrite
from qnn_edu.nets.qat.layers import keras
from tests.nets.qat.steps import beyond, roundings

NETWORKS = {
    "MobileNet": {"alpha": 0.25},
    "MobileNetV2": {"alpha": 0.35},
    "MobileNetV3Small": {},
    "MobileNetV3Large": {},
    "EfficientNetB0": {},
    "EfficientNetV2B0": {},
    "ResNet50": {},
    "ResNet50V2": {},
    "DenseNet121": {},
    "NASNetMobile": {},
    "ConvNeXtTiny": {},
    "Xception": {},
}
OF_BYTES = (
    "MobileNetV3Small",
    "MobileNetV3Large",
    "EfficientNetB0",
    "EfficientNetV2B0",
    "ConvNeXtTiny",
)


def network(name):
    """One with random weights and its smallest input, and images for it.

    Its batch normalisations have the statistics of these images, as if it had been trained: with
    those that it begins with, nothing is left of an image after twenty layers.
    """
    keras.utils.set_random_seed(0)
    size = 71 if name == "Xception" else 32
    how = {"weights": None, "input_shape": (size, size, 3), "classes": 10}
    model = getattr(keras.applications, name)(**how, **NETWORKS[name], classifier_activation=None)
    x = images(size)
    x = 127.5 * (x + 1) if name in OF_BYTES else x
    norms = [x for x in model._flatten_layers() if isinstance(x, keras.layers.BatchNormalization)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.momentum = 0.0
    model(x, training=True)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    return model, x


def images(size, count=16):
    """Smooth pictures of different colours and contrasts, in -1 to 1."""
    rng = np.random.default_rng(0)
    waves = rng.normal(0, 1, (count, 4, 4, 3)) * rng.uniform(0.2, 1, (count, 1, 1, 1))
    smooth = keras.ops.image.resize(waves, (size, size), interpolation="bicubic")
    return np.tanh(smooth + rng.normal(0, 0.7, (count, 1, 1, 3))).astype(np.float32)


def stepped(prepared, x):
    """A prepared model after one step of training."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    prepared.compile(keras.optimizers.SGD(1e-4), loss)
    prepared.fit(x, np.arange(len(x)) % 10, batch_size=len(x), epochs=1, verbose=0)
    return prepared


def answers(content, x):
    """What the file says, as real numbers, and whether the engine says the same integers."""
    graph = tflite.read(content)
    given, taken = (graph.tensors[i] for i in (graph.inputs[0], graph.outputs[0]))
    x = quantize(x, given.params) if given.dtype != np.float32 else x
    (y,) = nets.run_tflite(content, x, kernels="reference").outputs
    same = np.array_equal(engine.run(graph, [x]).outputs[0], y)
    return dequantize(y, taken.params) if y.dtype != np.float32 else y, same


def sqnr(want, got):
    return 10 * np.log10((want**2).mean() / ((want - got) ** 2).mean())


def line(name):
    """What is measured of one network, as a line."""
    model, x = network(name)
    began = time.perf_counter()
    elementary = rewrite(model).model
    few, want = x[:2], model(x[:2], training=False).numpy()
    off = np.abs(elementary(few, training=False) - want).max()
    print(f"{name}: {len(model.layers)} layers, {len(elementary.layers)} elementary,", end=" ")
    print(f"apart by {off:.1e} of {np.abs(want).max():.2g};", end=" ", flush=True)
    prepared = stepped(nets.quantize_aware(model), x)
    content = nets.convert(prepared, "int8")
    kinds = nets.float_operators(tflite.read(content))
    got, same = answers(content, few)
    apart = roundings(prepared, [few])
    worst = max(apart, key=lambda each: each.steps)
    said = prepared(few, training=False).numpy()
    print(f"prepared: float operators {kinds}, {len(apart)} roundings, most apart", end=" ")
    print(f"{worst.steps:.2f} steps ({worst.name}), {len(beyond(apart))} by more than is allowed;")
    print(
        f"  whole file against prepared {sqnr(said, got):.1f} dB, prepared against float", end=" "
    )
    print(f"{sqnr(want, said):.1f} dB; engine equal {same};", end=" ", flush=True)
    content = nets.convert(model, "int8", calibration=x)
    got, same = answers(content, few)
    kinds = nets.float_operators(tflite.read(content))
    print(f"PTQ: float operators {kinds}, {sqnr(want, got):.1f} dB, engine equal {same};", end=" ")
    print(f"{time.perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    for each in sys.argv[1:] or NETWORKS:
        try:
            line(each)
        except Exception as error:  # so that the others are measured
            print(f"\n  {each} FAILED: {type(error).__name__}: {str(error)[:400]}", flush=True)
