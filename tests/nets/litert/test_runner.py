"""Models that remember, and those that LiteRT refuses or dies of."""

import subprocess
import sys

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter

from qnn_edu.engine import KERNEL_SETS
from qnn_edu.nets import run_tflite, time_tflite
from qnn_edu.tflite import read
from qnn_edu.tflite.flatbuffer import pack, parse
from qnn_edu.tflite.schema import number
from qnn_edu.tflite.table import Table
from tests.nets.litert import stateful
from tests.tflite.building import model, tensor

X = np.random.default_rng(0).normal(size=(4, 1, 4)).astype(np.float32)
STATEFUL = {
    "variables": (stateful.counting, X[:, 0, :3]),
    "recurrent": (stateful.svdf, X[:, 0]),
    "random": (stateful.random, np.tile(np.int32([1, 4]), (4, 1))),
}


@pytest.mark.filterwarnings("ignore")  # the converter's notes
@pytest.mark.parametrize("kernels", KERNEL_SETS)
@pytest.mark.parametrize("name", STATEFUL)
def test_every_image_of_a_batch_begins_anew(name, kernels):
    make, x = STATEFUL[name]
    content = make()
    batch = run_tflite(content, x, kernels=kernels, keep=True)
    for k in range(4):
        one = run_tflite(content, x[k : k + 1].reshape(_shape(content)), kernels=kernels, keep=True)
        assert one.tensors.keys() == batch.tensors.keys()
        np.testing.assert_array_equal(batch.outputs[0][k], one.outputs[0].reshape(-1))
    assert remembers_between_runs(content, x[0].reshape(_shape(content)))


def _shape(content):
    graph = read(content)
    return graph.tensors[graph.inputs[0]].shape


def remembers_between_runs(content, x):
    """LiteRT itself, left alone, gives the same input another output the next time."""
    oracle = Interpreter(model_content=content)
    oracle.allocate_tensors()
    outputs = []
    for _ in range(2):
        oracle.set_tensor(oracle.get_input_details()[0]["index"], x)
        oracle.invoke()
        outputs.append(oracle.get_tensor(oracle.get_output_details()[0]["index"]))
    return np.any(outputs[0] != outputs[1])


def test_a_model_with_variables_is_timed(recwarn):
    assert time_tflite(stateful.counting(), X[0, :, :3], repeats=3) > 0


@pytest.mark.parametrize("name", ["hey_jarvis", "okay_nabu", "vad", "micro_speech_lstm"])
def test_public_models_with_state_begin_every_image_anew(name, real_data):
    (path,) = (real_data / "corpus" / "networks").glob(f"*_{name}.tflite")
    graph, rng = read(path), np.random.default_rng(0)
    x = rng.integers(-128, 128, (4, *graph.tensors[graph.inputs[0]].shape[1:])).astype(np.int8)
    batch = run_tflite(path, x, keep=True).tensors
    for k in range(4):
        for index, value in run_tflite(path, x[k : k + 1], keep=True).tensors.items():
            if graph.tensors[index].data is None:
                image = batch[index][k : k + 1] if value.shape[:1] == (1,) else batch[index][k]
                np.testing.assert_array_equal(image, value)


def test_handles_are_not_asked_for():
    """LiteRT ends the process where they are: `keep` leaves them out."""
    content = stateful.counting()
    kept = run_tflite(content, X[0, :, :3], keep=True).tensors
    handles = [t.index for t in read(content).tensors if t.type == "RESOURCE"]
    assert handles and not set(handles) & set(kept)


@pytest.mark.parametrize("name", ["mnist_quantized", "pruned_mask_float16"])
def test_what_xnnpack_unpacks_of_constants_is_not_asked_for(name, real_data):
    """It writes nothing there; LiteRT's own kernels do, and where both write they agree."""
    (path,) = (real_data / "corpus" / "networks").glob(f"*_{name}.tflite")
    graph, rng = read(path), np.random.default_rng(0)
    x = rng.normal(0, 1, graph.tensors[graph.inputs[0]].shape).astype(np.float32)
    kept = run_tflite(path, x, keep=True).tensors
    plain = run_tflite(path, x, kernels="optimized", keep=True).tensors
    left_out = plain.keys() - kept.keys()
    makers = [op.name for op in graph.operators if left_out & set(op.outputs)]
    assert len(makers) == len(left_out) >= 3 and set(makers) <= {"DEQUANTIZE", "DENSIFY"}
    for index, value in kept.items():
        largest = np.abs(plain[index]).max(initial=1)
        np.testing.assert_allclose(value, plain[index], atol=1e-4 * largest)


def test_a_model_that_puts_out_a_handle_is_refused():
    options = Table("VarHandleOptions", shared_name=b"v")
    content = model("VAR_HANDLE", [], [0], [tensor((1,), "RESOURCE")], options=options)
    with pytest.raises(ValueError, match=r"puts out tensors \[0\], which are handles"):
        run_tflite(content, [])


ONE_ROW = (1, 4)
DEADLY = {
    "ADD": "INT8",
    "SUB": "INT16",
    "SQUARED_DIFFERENCE": "INT8",
    "LESS": "UINT8",
    "EQUAL": "INT8",
}


@pytest.mark.parametrize("name", DEADLY)
def test_integers_without_a_scale_are_refused_where_litert_would_die(name):
    """The process that runs it ends by a signal; so it is refused before LiteRT sees it."""
    put_out = "BOOL" if name in ("LESS", "EQUAL") else DEADLY[name]
    tensors = [
        tensor(ONE_ROW, DEADLY[name]),
        tensor(ONE_ROW, DEADLY[name]),
        tensor(ONE_ROW, put_out),
    ]
    options = {"ADD": Table("AddOptions"), "SUB": Table("SubOptions")}.get(name)
    content = model(name, [0, 1], [2], tensors, version=2, options=options, given=[0, 1])
    x = np.zeros(ONE_ROW, read(content).tensors[0].dtype)
    with pytest.raises(ValueError, match=f"would abort at operator 0, {name}: 't' is .* no scale"):
        run_tflite(content, [x, x], kernels="reference")
    code = (
        "import sys; from ai_edge_litert.interpreter import Interpreter, OpResolverType as R\n"
        "m = Interpreter(model_content=sys.stdin.buffer.read(),"
        " experimental_op_resolver_type=R.BUILTIN_REF)\n"
        "m.allocate_tensors(); m.invoke()"
    )
    run = subprocess.run([sys.executable, "-c", code], input=content, capture_output=True)
    assert run.returncode < 0


def custom(name, outputs):
    """A model of one operator that is nobody's but its maker's."""
    tensors = [tensor(ONE_ROW, "FLOAT32"), tensor(ONE_ROW, "FLOAT32")]
    parsed = parse(model("ABS", [0], outputs, tensors, given=[0]))
    (code,) = parsed.operator_codes
    code.builtin_code = code.deprecated_builtin_code = number("BuiltinOperator", "CUSTOM")
    code.custom_code = name
    return pack(parsed)


@pytest.mark.parametrize("outputs", [[1], []])
@pytest.mark.parametrize(
    ("name", "advice"),
    [
        (b"FlexMultinomial", "convert the network with LiteRT's own"),
        (b"edgetpu-custom-op", "compiled for an accelerator and runs there alone"),
        (b"ethos-u", "compiled for an accelerator"),
        (b"My.Own-Op", "No kernel set has this operator; its maker's runtime may"),
    ],
)
def test_an_operator_that_nobody_has_is_refused_with_what_helps(name, advice, outputs):
    with pytest.raises(ValueError, match="LiteRT cannot (load|run) this model") as refused:
        run_tflite(custom(name, outputs), np.zeros(ONE_ROW, np.float32))
    said = str(refused.value)
    assert advice in said and "Try kernels" not in said
    assert ("That is operator 0, which puts out 't'" if outputs else "That is operator 0.") in said


def test_a_model_without_inputs_runs_once():
    tensors = [tensor((2,), "FLOAT32", np.float32([-1, 2]).tobytes()), tensor((2,), "FLOAT32")]
    content = model("ABS", [0], [1], tensors)
    np.testing.assert_array_equal(run_tflite(content, []).outputs[0], [1, 2])


def test_a_place_that_is_not_there_says_to_look_at_the_inputs():
    tensors = [
        tensor((1,), "INT32"),
        tensor((2, 3), "FLOAT32", bytes(24)),
        tensor((1, 3), "FLOAT32"),
    ]
    content = model("EMBEDDING_LOOKUP", [0, 1], [2], tensors, given=[0])
    with pytest.raises(ValueError, match="operator 0, which puts out 't'. Look at the inputs"):
        run_tflite(content, np.int32([9]), kernels="reference")
