"""Layers as matrices: patches times matrices are what Keras computes, for every kind of layer."""

import numpy as np
import pytest

from qnn_edu.nets.ptq.matrices import kernel_of, matrices, patches
from qnn_edu.nets.qat.quantized_layer import QuantizedLayer
from qnn_edu.nets.quiet import load_keras

K = load_keras().layers
LAYERS = [
    *(
        (K.Conv2D, {"filters": 4, "kernel_size": size, "strides": stride, "padding": padding})
        for size in (1, 2, (3, 2), 5)
        for stride in (1, 2)
        for padding in ("same", "valid")
    ),
    (K.Conv2D, {"filters": 4, "kernel_size": 3, "dilation_rate": 2, "padding": "same"}),
    (K.Conv2D, {"filters": 4, "kernel_size": 3, "groups": 2}),
    *(
        (K.DepthwiseConv2D, {"kernel_size": 3, "strides": s, "padding": p, "depth_multiplier": m})
        for s in (1, 2)
        for p in ("same", "valid")
        for m in (1, 3)
    ),
    (K.Dense, {"units": 3}),
]


@pytest.mark.parametrize(("kind", "options"), LAYERS)
def test_patches_times_matrices_are_what_keras_computes(kind, options, monkeypatch):
    monkeypatch.setattr("qnn_edu.nets.ptq.matrices.CHUNK", 2000)  # so that images come in parts
    rng = np.random.default_rng(0)
    x = rng.normal(size=(5, 8, 7, 6)).astype(np.float32)
    layer = QuantizedLayer(kind(use_bias=False, **options))
    layer.build(x.shape)
    layer.kernel.assign(rng.normal(size=layer.kernel.shape))
    parts = matrices(layer, layer.kernel)
    made = [
        np.concatenate([p @ w for p, w in zip(chunk, parts, strict=True)], axis=1)
        for chunk in patches(layer, x)
    ]
    expected = np.asarray(layer.layer(x))
    np.testing.assert_allclose(np.concatenate(made).reshape(expected.shape), expected, atol=1e-4)
    np.testing.assert_array_equal(kernel_of(layer, parts), layer.kernel)
