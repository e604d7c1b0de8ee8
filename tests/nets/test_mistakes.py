"""Whatever a public function is given, it works or says in a ValueError of ours what to do."""

import inspect

import numpy as np
import pytest

from qnn_edu import chip, draw, engine, nets, tflite
from qnn_edu.data import asset
from qnn_edu.nets.quiet import load_keras
from tests.nets.kinds.walk import FOREIGN, judged

pytestmark = pytest.mark.filterwarnings("ignore")  # of numpy and Keras, for what they refuse
keras = load_keras()
X = np.random.default_rng(0).uniform(size=(4, 6)).astype(np.float32)
Y = np.array([0, 1, 2, 0])
DIGITS, DIGITS_INT8 = (asset(f"digits_{name}.tflite") for name in ("float32", "int8"))


def network():
    keras.utils.set_random_seed(0)
    x = keras.Input((6,), name="x")
    return keras.Model(x, keras.layers.Dense(3, activation="relu", name="dense")(x))


def deep():
    x = keras.Input((6,), name="x")
    return keras.Sequential([x, *(keras.layers.Dense(n, activation="relu") for n in (5, 4, 3))])


@pytest.fixture(scope="module")
def good():
    """For each public function, arguments that it takes."""
    model = network()
    real, calibrated = nets.convert(model, "float32"), nets.calibrate(model, X)
    int8 = nets.convert(model, "int8", calibration=X)
    levels = np.zeros((1, 6), np.int8)
    either = {"model": int8, "inputs": levels, "kernels": "reference"}
    functions = {
        nets.calibrate: {"model": model, "calibration": X},
        nets.compare: {"models": {"int8": int8}, "data": (X, Y), "kernels": "xnnpack"},
        nets.convert: {
            **{"model": model, "recipe": "int8", "calibration": X, "io": None},
            **{"per_channel": True, "ranges": None, "keep_float": (), "batch": 1},
        },
        nets.distill: {
            **{"student": nets.quantize_aware(model), "teacher": model},
            **{"temperature": 4.0, "weight": 0.9},
        },
        nets.equalize: {"model": model},
        nets.float_operators: {"graph": tflite.read(real)},
        nets.fold: {"model": model},
        nets.freeze: {"model": nets.quantize_aware(model)},
        nets.layer_report: {
            **{"float_model": real, "quantized_model": int8, "data": X, "kernels": "xnnpack"},
        },
        nets.load_model: {"path": asset("digits.keras")},
        nets.measure_norms: {"model": nets.quantize_aware(model), "batches": [X]},
        nets.measure_ranges: {
            **{"calibrated": calibrated, "calibration": X},
            "method": lambda x: (x.min(), x.max()),
        },
        nets.mixed_bits: {
            **{"model": deep(), "data": X, "budget": 4, "choices": (8, 4), "rounding": "gptq"},
            **{"per_channel": True, "progress": None},
        },
        nets.quantize_aware: {
            **{"model": model, "weight_bits": 8, "activation_bits": 8, "per_channel": True},
            **{"ranges": "ema", "delay": 0, "first_last_bits": 8, "fold_batch_norm": True},
            "leave_float": (),
        },
        nets.quantize_trained: {
            **{"model": model, "data": X, "weight_bits": 4, "activation_bits": 8},
            **{"rounding": "descend", "per_channel": True, "first_last_bits": 8},
            **{"leave_float": (), "progress": None},
        },
        nets.quantize_calibrated: {
            **{"calibrated": calibrated, "recipe": "int8", "io": None, "per_channel": True},
            **{"ranges": None, "keep_float": ()},
        },
        nets.read_ranges: {"calibrated": calibrated},
        nets.run_tflite: {**either, "keep": False},
        nets.take_levels: dict.fromkeys(("prepared", "rounded"), nets.quantize_aware(model)),
        nets.tensorflow_graph: {"model": model},
        nets.time_tflite: {**either, "repeats": 1},
        chip.export_c: {"graph": tflite.read(int8), "name": "model"},
        draw.diagram: {"graph": tflite.read(int8), "values": None, "limits": None, "columns": None},
        draw.side_by_side: {"graphs": {"int8": tflite.read(int8)}, "values": None},
        engine.run: {"graph": tflite.read(int8), "inputs": levels, "kernels": "reference"},
        engine.explain: {
            **{"graph": tflite.read(int8), "inputs": levels, "index": (0, 0)},
            "tensor": tflite.read(int8).outputs[0],
        },
        tflite.extract: {"model": int8, "operators": [0]},
        tflite.float_twin: {"model": int8},
        tflite.pack_int4: {"model": int8},
        tflite.read: {"model": int8},
    }
    return {f"{f.__module__}.{f.__name__}": (f, given) for f, given in functions.items() if given}


def bad_values(folder):
    """Of wrong types, shapes and sizes; files that are none; what is not finite."""
    whole = DIGITS_INT8.read_bytes()
    text = folder / "text.tflite"
    text.write_text("no model")
    for ending in ("keras", "h5"):
        (folder / f"text.{ending}").write_text("no model")
    return {
        **{"None": None, "a number": 3, "a negative": -1, "a float": 0.5, "nan": float("nan")},
        **{"True": True, "text": "nonsense", "nothing": "", "bytes": b"TFL3", "no bytes": b""},
        **{"a list": [], "a tuple": (), "a dict": {}, "an object": object(), "a class": dict},
        **{"a list of None": [None], "a dict of None": {"x": None}, "rows": [[1.0], [1.0, 2.0]]},
        **{"a function": lambda *_: None, "a layer": keras.layers.Dense(3), "a set": {1}},
        **{"a pair": (1, 2), "pairs": [(1, 2), (3, 4)], "a complex": 1j, "a module": engine},
        "no numbers": np.zeros(0, np.float32),
        "no examples": np.zeros((0, 6), np.float32),
        "one scalar": np.float32(1),
        "another width": np.zeros((4, 7), np.float32),
        "another rank": np.zeros((4, 6, 1), np.float32),
        "float64": X.astype(np.float64),
        "integers": np.zeros((4, 6), int),
        "NaN": np.full((4, 6), np.nan, np.float32),
        "infinity": np.full((4, 6), np.inf, np.float32),
        "words": np.array(["a", "b"]),
        "objects": np.array([None, {}], object),
        "complex numbers": np.zeros((4, 6), complex),
        "a dict of others": {"y": X},
        "a dict of x": {"x": X[:, :2]},
        "a list of two": [X, X],
        "a generator": (x for x in [None]),
        "no such file": folder / "none.tflite",
        "a folder": folder,
        "a text file": text,
        "text.keras": folder / "text.keras",
        "text.h5": folder / "text.h5",
        "half a file": whole[: len(whole) // 2],
        "most of a file": whole[:-100],
        "another file": whole,
        "a model": network(),
        "a model without inputs": keras.Sequential([keras.layers.Dense(3)]),
        "data in a pair": (X, Y),
        "data without labels": (X, None),
        "labels too many": (X, np.arange(9)),
        "labels too large": (X, Y + 99),
    }


@pytest.mark.slow
def test_no_argument_ends_in_an_error_of_somebody_else_s(good, tmp_path):
    found = []
    for name, (function, given) in good.items():
        known = inspect.signature(function).parameters
        given = {key: value for key, value in given.items() if key in known}
        assert not judgement(function, given), f"{name} refuses what is good"
        for parameter in given:
            for what, value in bad_values(tmp_path).items():
                if (
                    parameter in ("method", "ranges", "progress")
                    and callable(value)
                    and what != "a function"
                ):
                    continue  # its own errors are the reader's
                reason = judgement(function, given | {parameter: value})
                if reason is not None and reason.outcome == FOREIGN:
                    found.append(f"{name}({parameter}={what}): {reason.message[:300]}")
    assert not found, "\n".join(found)


def judgement(function, given):
    """None where the function works; else what kind of an error it ends in."""
    try:
        function(**given)
    except Exception as error:
        return judged(error)
    return None
