"""Training with quantizers against the float step of the same network, in turns (bar: 1.3)

Batches of 128 images of 32x32, SGD with momentum. TFMOT trains the same networks in an environment
of its own (`make bench` makes it), with Keras 2; its ratio is to Keras 2's own float step.
"""

import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryFile
from time import perf_counter

import numpy as np

from qnn_edu import nets
from qnn_edu.nets import models
from qnn_edu.nets.quiet import load_keras

ROUNDS, STEPS, BATCH = 9, 10, 128
BAR = 1.3
ROOT = Path(__file__).parents[2]
TFMOT = Path(sys.prefix) / "tfmot" / "bin" / "python"
NETWORKS = {"resnet8": models.resnet, "mobilenet_v1": models.mobilenet_v1}
PREPARED = {
    "ema, per channel": {},
    "ema, per tensor": {"per_channel": False},
    "learned, per channel": {"ranges": "learned"},
    "ema, 4 bits": {"weight_bits": 4, "activation_bits": 4},
}


def run():
    return [row for name in NETWORKS for row in measured(name)]


def measured(name):
    """A row for each way to train the network; rounds go from one to the next."""
    network = NETWORKS[name]
    made = {"float": network()} | {
        kind: nets.quantize_aware(network(), **options) for kind, options in PREPARED.items()
    }
    with tfmot(name) as theirs:
        steps = {("qnn_edu", kind): stepper(model) for kind, model in made.items()} | theirs
        times = {key: [] for key in steps}
        for _ in range(ROUNDS):
            for key, step in steps.items():
                times[key].append(step())
    for (maker, kind), taken in times.items():
        ratios = [own / plain for own, plain in zip(taken, times[maker, "float"], strict=True)]
        yield {
            "network": name,
            "made by": maker,
            "ranges": kind,
            "step ms": median(taken),
            "ratio": median(ratios),
            "bar": BAR,
        }


def stepper(model):
    """A function that trains `STEPS` steps and gives the ms of one; compiled already."""
    keras = load_keras()
    images = np.random.default_rng(0).random((STEPS * BATCH, 32, 32, 3), np.float32)
    data = images, np.arange(STEPS * BATCH) % 10
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9, nesterov=True)
    model.compile(optimizer, "sparse_categorical_crossentropy")

    def step():
        start = perf_counter()
        model.fit(*data, batch_size=BATCH, shuffle=False, verbose=0)
        return 1000 * (perf_counter() - start) / STEPS

    step()
    return step


@contextmanager
def tfmot(name):
    """TFMOT's steps by (maker, kind), made by a process that waits for its turns."""
    if not TFMOT.exists():
        print(f"TFMOT is not in {TFMOT.parents[1].name}, so it is left out; `make bench` has it.")
        yield {}
        return
    command = [TFMOT, Path(__file__).with_name("tfmot_peer.py"), name]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "env": {"PYTHONPATH": str(ROOT)}}
    with (
        TemporaryFile("w+", encoding="utf-8") as said,
        subprocess.Popen(command, stderr=said, text=True, encoding="utf-8", **pipes) as peer,
    ):

        def ask(kind):
            peer.stdin.write(f"{kind}\n")
            peer.stdin.flush()
            return float(peer.stdout.readline())

        if peer.stdout.readline().strip() != "ready":
            said.seek(0)
            raise RuntimeError(f"TFMOT's process ended before its turn:\n{said.read()}")
        yield {("TFMOT", kind): lambda kind=kind: ask(kind) for kind in ("float", "qat")}
        peer.stdin.close()
