"""Networks for tests of diagrams, built operator by operator."""

import numpy as np

from qnn_edu.tflite import Operator, Subgraph, Tensor

LAYER = {"padding": "SAME", "stride_h": 1, "stride_w": 1}


class Building:
    """A network that grows: each method adds to it, and gives the index of a tensor."""

    def __init__(self):
        self.tensors, self.operators, self.inputs = [], [], []

    def tensor(self, shape=(1, 4, 4, 8), dtype="float32", name="", **more):
        self.tensors.append(Tensor(len(self.tensors), name, tuple(shape), np.dtype(dtype), **more))
        return len(self.tensors) - 1

    def input(self, shape=(1, 4, 4, 8), dtype="float32"):
        self.inputs.append(self.tensor(shape, dtype, f"input_{len(self.inputs)}"))
        return self.inputs[-1]

    def constant(self, values, dtype="float32", name="", **more):
        data = np.asarray(values, dtype)
        return self.tensor(data.shape, dtype, name, data=data, **more)

    def op(self, name, *inputs, shape=None, dtype="float32", outputs=1, **options):
        """An operator; its output has the shape of its first input unless `shape` is given."""
        if shape is None:
            shape = self.tensors[inputs[0]].shape if inputs else ()
        made = tuple(self.tensor(shape, dtype) for _ in range(outputs))
        self.operators.append(
            Operator(len(self.operators), name, 1, tuple(inputs), made, dict(options))
        )
        return made[0] if outputs == 1 else made

    def conv(self, x, channels, size=1, fused="NONE"):
        """CONV_2D of `size` x `size`."""
        *most, given = self.tensors[x].shape
        w = self.constant(np.zeros((channels, size, size, given)))
        options = LAYER | {"fused_activation_function": fused}
        return self.op("CONV_2D", x, w, shape=(*most, channels), **options)

    def depthwise(self, x, fused="NONE"):
        """DEPTHWISE_CONV_2D of 3 x 3."""
        w = self.constant(np.zeros((1, 3, 3, self.tensors[x].shape[-1])))
        return self.op("DEPTHWISE_CONV_2D", x, w, **LAYER, fused_activation_function=fused)

    def graph(self, *outputs, name="main"):
        return Subgraph(
            name, tuple(self.tensors), tuple(self.operators), tuple(self.inputs), tuple(outputs)
        )
