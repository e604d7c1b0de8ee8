"""Our recipes beside AI Edge Quantizer: size, accuracy, time of one inference, time to convert

Both quantize the same float network with the same calibration images: AI Edge Quantizer with moving
averages of the ranges, ours with the whole ranges. Ours starts at the Keras model each time, so its
times hold that of "float32"; AI Edge Quantizer starts at the float32 file. ResNet-8 is measured
where QNN_EDU_DATA names a folder with its images.
"""

import io
import os
import warnings
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from time import perf_counter

import numpy as np

from qnn_edu import nets
from qnn_edu.data import asset, cifar10, digits
from qnn_edu.nets.quiet import load_keras, quiet_stderr

OURS = ("float32", "float16", "dynamic", "int8", "int16x8")
THEIRS = {
    "static int8": "static_wi8_ai8",
    "weight-only int8": "weight_only_wi8_afp32",
    "weight-only int4": "weight_only_wi4_afp32",
}
CALIBRATED = ("int8", "int16x8", "static int8")


def run():
    return [row for name, network in networks().items() for row in measured(name, *network)]


def networks():
    """Each network: its Keras model, calibration images, and test images with their classes."""
    x, _ = digits("train")
    found = {"digits": (asset("digits.keras"), x[:200], digits("test"))}
    images = Path(os.environ.get("QNN_EDU_DATA", "no QNN_EDU_DATA")) / "cifar10_jpeg.npz"
    if images.exists():
        x, _ = cifar10("train", file=images)
        x_test, y_test = cifar10("test", file=images)
        test = (real(x_test[:1000]), y_test[:1000])
        found["ResNet-8"] = (asset("resnet8_cifar10.keras"), real(x[:200]), test)
    return found


def real(images):
    return images / np.float32(255)


def measured(network, path, calibration, test):
    model = load_keras().models.load_model(path)
    made = {}
    for recipe in OURS:
        options = {"calibration": calibration} if recipe in CALIBRATED else {}
        made["qnn_edu", recipe] = timed(nets.convert, model, recipe, **options)
    float_file, _ = made["qnn_edu", "float32"]
    made |= theirs(float_file, calibration)
    files = {key: content for key, (content, _) in made.items()}
    for row in nets.compare(files, test, repeats=200):
        maker, recipe = row.name
        yield {
            "network": network,
            "made by": maker,
            "recipe": recipe,
            "bytes": row.size,
            "accuracy %": f"{row.accuracy:.2f}",
            "inference µs": f"{1e6 * row.time:.1f}",
            "conversion s": f"{made[row.name][1]:.2f}",
        }


def theirs(float_file, calibration):
    """What AI Edge Quantizer makes of a float32 file, (content, seconds) by maker and recipe."""
    try:
        from ai_edge_quantizer import recipe as recipes
    except ImportError:
        print("AI Edge Quantizer is not here. To measure it too: pip install ai-edge-quantizer")
        return {}
    images = [{"image": image[np.newaxis]} for image in calibration]
    return {
        ("AI Edge Quantizer", name): timed(
            quantized, float_file, getattr(recipes, recipe)(), images if name in CALIBRATED else ()
        )
        for name, recipe in THEIRS.items()
    }


def quantized(float_file, recipe, images):
    from ai_edge_quantizer.quantizer import Quantizer

    quantizer = Quantizer(float_file, recipe)
    ranges = quantizer.calibrate({"serving_default": images}) if images else None
    return bytes(quantizer.quantize(ranges).quantized_model)


def timed(function, *arguments, **options):
    """What a function returns, without what it prints, and the seconds it took."""
    with silence():
        start = perf_counter()
        result = function(*arguments, **options)
        return result, perf_counter() - start


@contextmanager
def silence():
    with quiet_stderr(), redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
