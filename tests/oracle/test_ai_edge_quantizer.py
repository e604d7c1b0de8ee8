"""Files of AI Edge Quantizer's recipes: read as LiteRT reads them, sized, drawn and shown."""

import contextlib
import importlib.util
import io

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from typer.testing import CliRunner

from qnn_edu import draw
from qnn_edu.cli import app
from qnn_edu.cli.contents import quantization, size_of, sizes
from qnn_edu.data import asset, digits
from qnn_edu.nets import convert, run_tflite
from qnn_edu.nets.quiet import load_keras, quiet_stderr
from qnn_edu.tflite import read

pytestmark = [
    pytest.mark.more,
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        importlib.util.find_spec("ai_edge_quantizer") is None,
        reason="needs AI Edge Quantizer: the extra 'quantizer'",
    ),
]
# What the recipe makes of weights: their type, and how many scales they have.
RECIPES = {
    "dynamic_legacy_wi8_afp32": ("INT8", "per channel"),
    "dynamic_wi2b32_afp32": ("INT2", "in blocks of 32"),
    "dynamic_wi2b64_afp32": ("INT2", "in blocks of 64"),
    "dynamic_wi2c_afp32": ("INT2", "per channel"),
    "dynamic_wi2c_hr_afp32": ("INT2", "per channel"),
    "dynamic_wi4_afp32": ("INT4", "per channel"),
    "dynamic_wi4b32_afp32": ("INT4", "in blocks of 32"),
    "dynamic_wi4b64_afp32": ("INT4", "in blocks of 64"),
    "dynamic_wi4c_afp32": ("INT4", "per channel"),
    "dynamic_wi4c_hr_afp32": ("INT4", "per channel"),
    "dynamic_wi8_afp32": ("INT8", "per channel"),
    "dynamic_wi8b32_afp32": ("FLOAT32", "no"),  # blocks of int8 are left out without a word
    "dynamic_wi8b64_afp32": ("FLOAT32", "no"),
    "dynamic_wi8c_afp32": ("INT8", "per channel"),
    "dynamic_wi8c_hr_afp32": ("INT8", "per channel"),
    "static_wi8_ai8": ("INT8", "per channel"),
    "static_wi8_ai16": ("INT8", "per channel"),
    "weight_only_wi4_afp32": ("INT4", "per channel"),
    "weight_only_wi8_afp32": ("INT8", "per channel"),
}


@pytest.fixture(scope="module")
def float_files(tmp_path_factory):
    """One of convolutions, and one of layers as wide as blocks want them."""
    keras, folder = load_keras(), tmp_path_factory.mktemp("float")
    keras.utils.set_random_seed(0)
    x = keras.Input((128,), name="image")
    y = keras.layers.Dense(64, activation="relu")(x)
    (folder / "dense.tflite").write_bytes(
        convert(keras.Model(x, keras.layers.Dense(32)(y)), "float32")
    )
    (folder / "digits.tflite").write_bytes(asset("digits_float32.tflite").read_bytes())
    return {name: folder / f"{name}.tflite" for name in ("dense", "digits")}


def made(recipe, float_file):
    """The file that a recipe makes."""
    from ai_edge_quantizer import recipe as recipes
    from ai_edge_quantizer.quantizer import Quantizer

    graph = read(float_file)
    images = digits("train")[0][:20]
    if graph.tensors[graph.inputs[0]].shape == (1, 128):
        images = images.reshape(10, 128)
    with quiet_stderr(), contextlib.redirect_stdout(io.StringIO()):
        quantizer = Quantizer(str(float_file), getattr(recipes, recipe)())
        ranges = None
        if quantizer.need_calibration:
            data = [{"image": image[None]} for image in images]
            ranges = quantizer.calibrate({"serving_default": data})
        return bytes(quantizer.quantize(ranges).quantized_model)


def test_the_recipes_are_all_that_it_has_but_those_for_one_language_model():
    from ai_edge_quantizer import recipe as recipes

    names = {n for n in dir(recipes) if n.startswith(("dynamic_", "static_", "weight_only_"))}
    assert names == set(RECIPES) and len(names) == 19


@pytest.mark.parametrize("name", ["dense", "digits"])
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_s_file_is_read_as_litert_reads_it(recipe, name, float_files):
    content = made(recipe, float_files[name])
    graph, reference = read(content), OpResolverType.BUILTIN_REF
    oracle = Interpreter(model_content=content, experimental_op_resolver_type=reference)
    for detail in oracle.get_tensor_details():
        tensor, said = graph.tensors[detail["index"]], detail["quantization_parameters"]
        assert (tensor.name, tensor.shape) == (detail["name"], tuple(detail["shape"]))
        scales = [] if tensor.scale is None else np.atleast_1d(tensor.scale)
        np.testing.assert_array_equal(scales, said["scales"])
        assert (tensor.block or 0) == said["block_size"]
        if tensor.data is not None:
            np.testing.assert_array_equal(tensor.data, oracle.get_tensor(tensor.index))


@pytest.mark.parametrize("recipe", ["weight_only_wi4_afp32", "weight_only_wi8_afp32"])
def test_weights_mean_what_litert_dequantizes_them_to(recipe, float_files):
    content = made(recipe, float_files["dense"])
    graph, x = read(content), np.zeros((1, 128), np.float32)
    tensors = run_tflite(content, x, kernels="reference", keep=True).tensors
    weights = [op for op in graph.operators if op.name == "DEQUANTIZE"]
    assert len(weights) == 2
    for operator in weights:
        real = graph.tensors[operator.inputs[0]].real
        np.testing.assert_array_equal(real, tensors[operator.outputs[0]])


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_s_weights_are_sized(recipe, float_files):
    graph = read(made(recipe, float_files["dense"]))
    kind, how = RECIPES[recipe]
    weights = [t for t in graph.tensors if t.shape in ((64, 128), (32, 64)) and t.type == kind]
    assert len(weights) == 2 and {t.data is not None for t in weights} == {True}
    bits = {"INT2": 2, "INT4": 4, "INT8": 8, "FLOAT32": 32}[kind]
    assert sum(map(size_of, weights)) == (64 * 128 + 32 * 64) * bits // 8
    rows = {row[:2]: row[3:] for row in quantization(graph.subgraphs[0])}
    assert (kind, how) in rows
    size = sizes(graph)
    assert (
        sum(size["constants"].values()) + size["overhead"] == size["file"] and size["overhead"] > 0
    )


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_s_file_is_drawn_and_shown(recipe, float_files, tmp_path):
    (tmp_path / "m.tflite").write_bytes(made(recipe, float_files["digits"]))
    graph = read(tmp_path / "m.tflite")
    text = draw.diagram(graph).text
    hidden = {operator.name for operator in graph.operators if operator.name not in text}
    unpacked = {"DEQUANTIZE"} if "weight_only" in recipe else set()  # drawn in the reader's own box
    assert hidden == unpacked
    done = CliRunner().invoke(app, ["inspect", str(tmp_path / "m.tflite")])
    assert done.exit_code == 0 and RECIPES[recipe][0] in done.stdout
