"""Training steps of the TensorFlow Model Optimization Toolkit (TFMOT), for `bench_training`.

Runs in an environment of its own, since TFMOT refuses Keras 3:

    python tfmot_peer.py resnet8    answers each line "float" or "qat" with ms a step

The network is built by this project's own code, with Keras 2 in place of Keras 3.
"""

import os
import sys
from time import perf_counter

import numpy as np

from qnn_edu.nets import models

STEPS, BATCH = 10, 128


def main(name):
    os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
    import tensorflow_model_optimization as tfmot
    import tf_keras

    models.load_keras = lambda: tf_keras
    images = np.random.default_rng(0).random((STEPS * BATCH, 32, 32, 3), np.float32)
    data = images, np.arange(STEPS * BATCH) % 10
    network = models.mobilenet_v1() if name == "mobilenet_v1" else models.resnet()
    made = {"float": network, "qat": tfmot.quantization.keras.quantize_model(network)}
    for model in made.values():
        optimizer = tf_keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)
        model.compile(optimizer, "sparse_categorical_crossentropy")
        model.fit(*data, batch_size=BATCH, verbose=0)
    print("ready", flush=True)
    for line in sys.stdin:
        start = perf_counter()
        made[line.strip()].fit(*data, batch_size=BATCH, shuffle=False, verbose=0)
        print(1000 * (perf_counter() - start) / STEPS, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
