"""fake_quant beside TensorFlow's ops, float32 (bar: ratio 1.5 at most)

TensorFlow's op is measured twice: alone, and with its answer handed out as a numpy array, which
copies it. Ours always ends in a numpy array. TensorFlow uses every core, numpy one.
"""

import numpy as np

from qnn_edu import fake_quant, params_from_range
from tools.bench.timing import interleaved


def run():
    import tensorflow as tf

    rng = np.random.default_rng(0)
    x = rng.standard_normal(10_000_000, dtype=np.float32)
    w = rng.standard_normal((3, 3, 512, 512), dtype=np.float32)
    lo, hi = w.min(axis=(0, 1, 2)), w.max(axis=(0, 1, 2))
    tensor, per_tensor = tf.constant(x), params_from_range(-3, 3)
    kernel, per_channel = tf.constant(w), params_from_range(lo, hi, axis=-1)
    op = tf.quantization.fake_quant_with_min_max_vars
    channel_op = tf.quantization.fake_quant_with_min_max_vars_per_channel
    cases = {
        "per tensor, 10 million": {
            "TensorFlow, to numpy": lambda: op(tensor, -3.0, 3.0).numpy(),
            "TensorFlow, op alone": lambda: op(tensor, -3.0, 3.0),
            "qnn_edu": lambda: fake_quant(x, per_tensor),
        },
        "per channel, (3, 3, 512, 512)": {
            "TensorFlow, to numpy": lambda: channel_op(kernel, lo, hi).numpy(),
            "TensorFlow, op alone": lambda: channel_op(kernel, lo, hi),
            "qnn_edu": lambda: fake_quant(w, per_channel),
        },
    }
    return [{"case": case} | row for case, f in cases.items() for row in interleaved(f)]
