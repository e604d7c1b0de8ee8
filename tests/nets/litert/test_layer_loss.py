"""What each layer lost: the split of the error, damage found, files matched, refusals."""

import math

import numpy as np
import pytest

from qnn_edu import dequantize, metrics, quantize
from qnn_edu.data import PHOTOS, asset, digits, photo
from qnn_edu.nets import compare, convert, layer_report, run_tflite
from qnn_edu.nets.quiet import load_keras
from qnn_edu.tflite import float_twin, read
from qnn_edu.tflite.feeding import input_names
from qnn_edu.tflite.flatbuffer import pack, parse

FLOAT, INT8 = (asset(f"digits_{name}.tflite").read_bytes() for name in ("float32", "int8"))
REAL, QUANTIZED = read(FLOAT), read(INT8)
X = digits("test")[0][:60]
INPUT = QUANTIZED.tensors[QUANTIZED.inputs[0]].params


@pytest.fixture(scope="module")
def report():
    return layer_report(FLOAT, INT8, X)


@pytest.fixture(scope="module")
def kept():
    """Real values of every tensor that operators put out: of the float and of the int8 file."""
    y = run_tflite(FLOAT, X, keep=True).tensors
    q = run_tflite(INT8, quantize(X, INPUT), keep=True).tensors
    tensors = [QUANTIZED.tensors[op.outputs[0]] for op in QUANTIZED.operators]
    return y, {t.index: dequantize(q[t.index], t.params) for t in tensors}


@pytest.fixture(scope="module")
def made():
    """Files of the digits network by other recipes."""
    model, x = load_keras().models.load_model(asset("digits.keras")), digits("train")[0][:100]
    return {
        "float io": convert(model, "int8", calibration=x, io="float32"),
        "int8": convert(model, "int8", calibration=x),
        "int16x8": convert(model, "int16x8", calibration=x, io="float32"),
        "float16": convert(model, "float16"),
        "dynamic": convert(model, "dynamic"),
        "one in float": convert(model, "int8", calibration=x, keep_float=["block2_depthwise_relu"]),
    }


def edited(content, change):
    """The model after `change(its subgraph, its buffers)`."""
    model = parse(content)
    change(model.subgraphs[0], model.buffers)
    return pack(model)


def test_every_operator_has_its_row_in_order(report):
    assert [row.operator for row in report] == [op.name for op in QUANTIZED.operators]
    assert [row.index for row in report] == [op.outputs[0] for op in QUANTIZED.operators]
    assert [row.float_index for row in report] == [op.outputs[0] for op in REAL.operators]
    assert [row.name for row in report][-3:] == ["average", "dense", "softmax"]


def test_sqnr_and_clipping_are_those_of_the_kept_tensors(report, kept):
    y, y_q = kept
    for row in report:
        params = QUANTIZED.tensors[row.index].params
        real = y[row.float_index]
        assert row.sqnr_db == pytest.approx(metrics.sqnr_db(real, y_q[row.index]))
        beyond = np.abs(real - np.clip(real, params.lo, params.hi)) > params.scale / 2
        assert row.clipped == beyond.mean()


def test_the_split_of_a_dense_layer_is_that_of_numpy(report, kept):
    """made + inherited = total, with the float operator worked out by hand."""
    y, y_q = kept
    row = next(row for row in report if row.operator == "FULLY_CONNECTED")
    op = next(op for op in REAL.operators if op.name == "FULLY_CONNECTED")
    weight, bias = (REAL.tensors[i].data.astype(float) for i in op.inputs[1:])
    came = next(op for op in QUANTIZED.operators if op.name == "FULLY_CONNECTED").inputs[0]
    inherited = (y_q[came] - y[op.inputs[0]].astype(float)) @ weight.T
    made = y_q[row.index] - (y_q[came].astype(float) @ weight.T + bias)
    np.testing.assert_allclose(made + inherited, y_q[row.index] - y[row.float_index], atol=1e-5)
    share = np.sum(made**2) / (np.sum(made**2) + np.sum(inherited**2))
    assert row.share_made == pytest.approx(share, rel=1e-3)
    steps = np.sqrt(np.mean(made**2)) / QUANTIZED.tensors[row.index].scale
    assert row.rmse_steps == pytest.approx(steps, rel=1e-3)


def test_the_first_layer_inherits_the_rounding_of_the_input_and_nothing_else():
    on_the_grid = dequantize(quantize(X, INPUT), INPUT)
    assert layer_report(FLOAT, INT8, on_the_grid)[0].share_made == 1
    assert 0 < layer_report(FLOAT, INT8, X)[0].share_made < 1


@pytest.mark.parametrize("layer", [2, 6, 8])
def test_the_layer_that_was_damaged_is_the_one_that_is_found(report, layer):
    """The weights of one output channel, set to zero in the int8 file."""
    weight = QUANTIZED.tensors[QUANTIZED.operators[layer].inputs[1]]
    strongest = np.abs(weight.real).reshape(len(weight.data), -1).sum(axis=1).argmax()

    def damage(graph, buffers):
        values = weight.data.copy()
        values[strongest] = 0
        buffers[graph.tensors[weight.index].buffer].data = values.view(np.uint8).ravel()

    damaged = layer_report(FLOAT, edited(INT8, damage), X)
    assert damaged[:layer] == report[:layer]
    assert damaged[layer].share_made > 0.9
    assert damaged[layer].sqnr_db < report[layer].sqnr_db - 10
    assert damaged[layer].rmse_steps > 0.7
    found = [row.share_made > 0.9 and row.rmse_steps > 0.7 for row in damaged]
    assert found.index(True) == layer and sum(found) == 1
    for before, after in zip(report[layer + 1 :], damaged[layer + 1 :], strict=True):
        assert after.share_made < before.share_made


def test_against_its_twin_a_quantized_model_makes_rounding_errors_alone():
    """The twin has the same weights; softmax cannot reach 1, and an average rounds its sum once."""
    rows = layer_report(float_twin(INT8), INT8, X)
    for row in rows[:7]:
        assert 0.15 < row.rmse_steps < 12**-0.5 + 0.02, row


def test_real_numbers_in_and_out_change_nothing_between(made):
    """Here the first and the last operator are QUANTIZE and DEQUANTIZE."""
    plain, wrapped = (layer_report(FLOAT, made[name], X) for name in ("int8", "float io"))
    for a, b in zip(plain, wrapped, strict=True):
        assert (a.name, a.operator, a.float_index) == (b.name, b.operator, b.float_index)
        assert (a.sqnr_db, a.share_made) == (b.sqnr_db, b.share_made)


def test_a_float_model_beside_itself_lost_nothing():
    for row in layer_report(FLOAT, FLOAT, X):
        assert (row.sqnr_db, row.share_made) == (math.inf, 0)
        assert row.rmse_steps is row.clipped is None


@pytest.mark.parametrize("recipe", ["float16", "dynamic"])
def test_float_tensors_have_noise_but_no_steps(recipe, made):
    rows = layer_report(FLOAT, made[recipe], X)
    assert [row.operator for row in rows] == [op.name for op in REAL.operators]
    assert {(row.rmse_steps, row.clipped) for row in rows} == {(None, None)}
    assert 30 < min(row.sqnr_db for row in rows) < math.inf


def test_a_layer_left_in_float_only_inherits(made):
    rows = layer_report(FLOAT, made["one in float"], X)
    (free,) = (row for row in rows if row.rmse_steps is None)
    assert free.name == "block2_depthwise_relu"
    assert free.share_made < 1e-9  # weights folded elsewhere may differ in their last bits


def test_sixteen_bits_lose_less_than_eight(made):
    wide, narrow = (layer_report(FLOAT, made[name], X) for name in ("int16x8", "float io"))
    assert all(w.sqnr_db > n.sqnr_db for w, n in zip(wide, narrow, strict=True))


def test_a_range_that_is_too_small_clips(report):
    """Half the scale for what the dense layer puts out, so half the range."""
    dense = QUANTIZED.operators[8].outputs[0]

    def halve(graph, buffers):
        graph.tensors[dense].quantization.scale = [QUANTIZED.tensors[dense].scale / 2]

    rows = layer_report(FLOAT, edited(INT8, halve), X)
    assert report[8].clipped < 0.01 < 0.1 < rows[8].clipped
    assert rows[8].share_made > 0.9 and rows[8].rmse_steps > 0.7
    assert rows[:8] == report[:8]


def test_names_match_where_the_order_of_operators_differs():
    """Two branches of one sum, the second written first in the int8 file."""
    keras = load_keras()
    image = keras.Input((8, 8, 1))
    wide = keras.layers.Conv2D(4, 3, padding="same", activation="relu", name="wide")(image)
    narrow = keras.layers.Conv2D(4, 1, padding="same", activation="relu", name="narrow")(image)
    model = keras.Model(image, keras.layers.Add(name="sum")([wide, narrow]))
    real, int8 = convert(model, "float32"), convert(model, "int8", calibration=X)

    def swap(graph, buffers):
        graph.operators[:2] = graph.operators[1::-1]

    rows = layer_report(real, edited(int8, swap), X)
    plain = layer_report(real, int8, X)
    assert [row.float_index for row in rows] != [row.float_index for row in plain]
    assert sorted(rows[:2], key=lambda row: row.name) == sorted(plain[:2], key=lambda row: row.name)
    assert rows[2:] == plain[2:]


def test_what_works_out_shapes_has_no_row_and_is_no_hindrance():
    """Flatten becomes SHAPE, STRIDED_SLICE, PACK and a RESHAPE that reads their result."""
    keras = load_keras()
    image = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(keras.layers.MaxPooling2D()(image))
    model = keras.Model(image, keras.layers.Dense(3)(flat))
    files = [
        convert(model, "float32", batch=None),
        convert(model, "int8", calibration=X, batch=None),
    ]
    names = [op.name for op in read(files[1]).operators]
    rows = layer_report(*files, X)
    assert names == ["MAX_POOL_2D", "SHAPE", "STRIDED_SLICE", "PACK", "RESHAPE", "FULLY_CONNECTED"]
    assert [row.operator for row in rows] == ["MAX_POOL_2D", "RESHAPE", "FULLY_CONNECTED"]
    assert rows[1].share_made == 0 and 0 < rows[2].share_made < 1


@pytest.mark.parametrize(
    ("real", "quantized", "data", "message"),
    [
        (INT8, INT8, X, "Expected a float32 model to compare with; its tensor .* is int8"),
        (FLOAT, INT8, X[:0], r"got \(0, 8, 8, 1\).*n at least 1"),
        (FLOAT, INT8, np.float32(1), r"got \(\)"),
        (FLOAT, INT8, quantize(X, INPUT), "real numbers.*got int8"),
        (FLOAT, INT8, X[..., 0], r"has shape \(1, 8, 8, 1\)"),
        (FLOAT, b"no model", X, "Not a LiteRT model"),
    ],
)
def test_what_cannot_be_compared_is_refused(real, quantized, data, message):
    with pytest.raises(ValueError, match=message):
        layer_report(real, quantized, data)


def renamed(content, keep):
    """The model, with other names for all outputs of operators but those numbered in `keep`."""

    def rename(graph, buffers):
        for op in graph.operators[:-1]:
            if op.outputs[0] not in keep:
                graph.tensors[op.outputs[0]].name = f"other_{op.outputs[0]}".encode()
        graph.operators[-1:], graph.outputs = [], [graph.operators[-2].outputs[0]]

    return edited(content, rename)


def test_models_of_two_networks_are_refused():
    with pytest.raises(ValueError, match="no counterparts: they have no operator in common"):
        layer_report(renamed(FLOAT, keep=()), INT8, X)


def test_an_operator_that_reads_something_else_is_refused():
    third = REAL.operators[2].outputs[0]
    with pytest.raises(ValueError, match="operator 2 of the float model, CONV_2D, reads other_19"):
        layer_report(renamed(FLOAT, keep=(third,)), INT8, X)


def test_resnet8_of_mlperf_tiny_is_healthy(real_data):
    """The last tensor has another name in each file, so the order tells."""
    models = real_data / "models"
    x = np.stack([photo(name, 32) for name in PHOTOS]).astype(np.float32)
    rows = layer_report(
        models / "resnet8_cifar10_float.tflite", models / "resnet8_cifar10_int8.tflite", x
    )
    assert len(rows) == 16 and rows[-1].operator == "SOFTMAX"
    assert all(row.rmse_steps < 0.7 for row in rows)
    reshape = next(row for row in rows if row.operator == "RESHAPE")
    assert (reshape.rmse_steps, reshape.share_made) == (0, 0)


def test_mobilenet_beside_its_twin(real_data):
    model = real_data / "models" / "mobilenet_v1_0.25_128_uint8.tflite"
    params = read(model).tensors[read(model).inputs[0]].params
    x = dequantize(np.stack([photo(name, 128) for name in PHOTOS]), params)
    rows = layer_report(float_twin(model), model, x)
    assert len(rows) == 31
    assert rows[0].share_made == 1  # these pixels lie on the grid of the input
    assert all(row.rmse_steps < 0.35 for row in rows)


def of_two_inputs():
    """Float and int8 files of a network whose inputs have one shape, and data by name."""
    keras = load_keras()
    right, left = (keras.Input((6,), name=name) for name in ("right", "left"))
    branches = [keras.layers.Dense(4, name=f"dense_{x.name}")(x) for x in (right, left)]
    model = keras.Model([right, left], keras.layers.Subtract(name="difference")(branches))
    rng = np.random.default_rng(0)
    x = {name: rng.normal(size=(20, 6)).astype(np.float32) for name in ("left", "right")}
    return convert(model, "float32"), convert(model, "int8", calibration=x), x


def test_two_inputs_are_told_by_their_names():
    real, int8, x = of_two_inputs()
    rows = layer_report(real, int8, x)
    assert sorted(row.operator for row in rows) == ["FULLY_CONNECTED", "FULLY_CONNECTED", "SUB"]
    assert min(row.sqnr_db for row in rows) > 25
    in_order = [x[name] for name in input_names(read(real))]
    assert layer_report(real, int8, in_order) == rows
    swapped = {"left": x["right"], "right": x["left"]}
    assert layer_report(real, int8, swapped) != rows


def test_rows_compare_files_of_several_inputs():
    real, int8, x = of_two_inputs()
    labels = run_tflite(real, x).outputs[0].argmax(axis=1)
    one, other = compare({"float32": real, "int8": int8}, (x, labels), repeats=1)
    assert one.accuracy == 100 and other.accuracy > 80


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"left": X}, "inputs are '.*', '.*'; the dict has 'left'"),
        ({"left": X, "up": X}, "the dict has 'left', 'up'"),
        (X, "has 2 input.s.; 1 were given. Give one array for each, in this order or in a dict"),
        ([[1.0], [[2.0], [3.0, 4.0]]], "is no array of numbers"),
    ],
)
def test_inputs_that_are_not_the_network_s_are_refused(data, message):
    real, int8, _ = of_two_inputs()
    with pytest.raises(ValueError, match=message):
        layer_report(real, int8, data)


def test_open_sizes_are_those_of_the_data():
    keras = load_keras()
    image = keras.Input((None, None, 1))
    y = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(image)
    model = keras.Model(image, keras.layers.GlobalAveragePooling2D()(y))
    real, int8 = (
        convert(model, "float32", batch=None),
        convert(model, "int8", calibration=X, batch=None),
    )
    assert read(real).tensors[read(real).inputs[0]].is_open
    rows = layer_report(real, int8, X)
    assert rows[-1].operator == "MEAN" and rows[-1].sqnr_db > 25
    assert run_tflite(real, X[:, :6, :7]).outputs[0].shape == (len(X), 4)
