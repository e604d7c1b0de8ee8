"""Models that remember: by variables, by the state of a recurrent layer, by a random generator.

And one of which LiteRT dies.
"""

import numpy as np

from qnn_edu.nets.quiet import load_tensorflow, quiet_stderr
from qnn_edu.tflite.table import Table
from tests.tflite.building import model, tensor


def counting():
    """x (1, 3) in, the sum of all that came so far out: VAR_HANDLE and its sisters."""
    tf = load_tensorflow()

    class Sum(tf.Module):
        def __init__(self):
            self.total = tf.Variable(tf.zeros((1, 3)))

        @tf.function(input_signature=[tf.TensorSpec((1, 3), tf.float32)])
        def add(self, x):
            return self.total.assign_add(x)

    module = Sum()
    with quiet_stderr():
        converter = tf.lite.TFLiteConverter.from_concrete_functions(
            [module.add.get_concrete_function()], module
        )
        converter.experimental_enable_resource_variables = True
        return converter.convert()


def svdf():
    """x (1, 4) in, (1, 2) out: each filter looks at what came in the last three runs."""
    rng = np.random.default_rng(0)
    feature, time = (rng.normal(size=s).astype(np.float32) for s in ((2, 4), (2, 3)))
    tensors = [
        tensor((1, 4), "FLOAT32"),
        tensor((2, 4), "FLOAT32", feature.tobytes()),
        tensor((2, 3), "FLOAT32", time.tobytes()),
        tensor((2,), "FLOAT32", bytes(8)),
        tensor((1, 6), "FLOAT32", is_variable=True),
        tensor((1, 2), "FLOAT32"),
    ]
    options = Table("SVDFOptions", rank=1)
    return model("SVDF", [0, 1, 2, 3, 4], [5], tensors, options=options, given=[0])


def random():
    """x (2,), a shape, in; random numbers of that shape out, from a generator with a seed."""
    tensors = [tensor((2,), "INT32"), tensor((1, 4), "FLOAT32")]
    options = Table("RandomOptions", seed=1, seed2=2)
    return model("RANDOM_UNIFORM", [0], [1], tensors, options=options, given=[0])


def deadly():
    """x (1, 3) in, and a variable of no handle written to: LiteRT's process ends there."""
    tensors = [
        tensor((1,), "RESOURCE"),
        tensor((1,), "FLOAT32", bytes(4)),
        tensor((1, 3), "FLOAT32"),
    ]
    return model("ASSIGN_VARIABLE", [0, 1], [], tensors, given=[2])
