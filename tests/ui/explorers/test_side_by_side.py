"""The explorer of two files, against both run on one digit."""

import numpy as np

import qnn_edu
from qnn_edu import data, nets, tflite
from tests.ui.explorers.laws import Laws


class TestSideBySide(Laws):
    rows, draws = 3, 12  # on most digits all kernels agree
    telling = {"rank": 1}  # on the most doubtful digit all kernels agree, on the next they do not

    def is_right(self, values, found):
        images, truth = data.digits("all")
        image = images[found["digit"]][None]
        file = data.asset("digits_int8.tflite")
        graph = tflite.read(file)
        takes, gives = (graph.tensors[i].params for i in (*graph.inputs, *graph.outputs))
        kernels = values["kernels"]
        real = nets.run_tflite(data.asset("digits_float32.tflite"), image, kernels=kernels)
        q = nets.run_tflite(file, qnn_edu.quantize(image, takes), kernels=kernels)
        np.testing.assert_array_equal(found["image"], image[0])
        np.testing.assert_array_equal(found["real"], real.outputs[0][0])
        quantized = qnn_edu.dequantize(q.outputs[0][0], gives)
        np.testing.assert_array_equal(found["quantized"], quantized)
        assert found["truth"] == truth[found["digit"]]
