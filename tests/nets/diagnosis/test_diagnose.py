"""The ladder finds what was broken on purpose, and nothing where nothing was."""

import numpy as np
import pytest

pytest.importorskip("tensorflow", reason="needs TensorFlow: the extra 'full'")

from qnn_edu import nets
from qnn_edu.data import asset, digits
from qnn_edu.nets.diagnosis.report import KINDS, WIDTH
from qnn_edu.nets.models import WAYS, broken, stretch
from qnn_edu.nets.quiet import load_keras, load_tensorflow
from tests.nets.diagnosis.networks import BUILDERS, trained

X, Y = digits("test")
CALIBRATION = digits("train")[0][:100]
# Each way in about three networks, each network broken in four ways.
FAULTS = [
    ("dense_net", "calibration_scale"),
    ("dense_net", "stretched_channel"),
    ("dense_net", "outlier_channel"),
    ("dense_net", "float_operator"),
    ("digits_net", "input_scale"),
    ("digits_net", "stretched_channel"),
    ("digits_net", "dead_channel"),
    ("digits_net", "clipped_layer"),
    ("norm_cnn", "calibration_scale"),
    ("norm_cnn", "input_scale"),
    ("norm_cnn", "clipped_layer"),
    ("norm_cnn", "dead_channel"),
    ("residual_net", "float_operator"),
    ("residual_net", "outlier_channel"),
    ("residual_net", "calibration_scale"),
    ("residual_net", "stretched_channel"),
    ("sequential_cnn", "input_scale"),
    ("sequential_cnn", "clipped_layer"),
    ("sequential_cnn", "dead_channel"),
    ("sequential_cnn", "outlier_channel"),
]


@pytest.fixture(scope="module")
def network():
    made = {}

    def find(name):
        if name not in made:
            made[name] = trained(name, seed=0, epochs=3)
        return made[name]

    return find


def diagnosed(model, x=X, y=Y, calibration=CALIBRATION, **options):
    return nets.diagnose(model, (x, y), calibration=calibration, **options)


@pytest.mark.slow
@pytest.mark.parametrize("name", BUILDERS)
def test_nothing_is_wrong_with_a_healthy_network(network, name):
    found = diagnosed(network(name))
    assert found.healthy, found
    assert found.steps[-1].name == "Integers" and found.steps[-1].stops


@pytest.mark.slow
@pytest.mark.parametrize(("name", "way"), FAULTS)
def test_the_fault_is_found_where_it_was_planted(network, name, way):
    fault = broken(network(name), X, CALIBRATION, way, seed=FAULTS.index((name, way)))
    found = diagnosed(fault.model, fault.x, calibration=fault.calibration)
    first = found.findings[0]
    assert (first.kind, first.channel) == (fault.kind, fault.channel)
    assert fault.layer is None or fault.layer in first.layers


def test_the_faults_are_twenty_in_seven_ways():
    assert len(set(FAULTS)) == 20 and {way for _, way in FAULTS} == set(WAYS) <= set(KINDS)


@pytest.fixture(scope="module")
def stock():
    return nets.load_model(asset("digits.keras"))


@pytest.mark.slow
def test_channels_stretched_in_many_ways_are_one_finding(stock):
    wild = stretch(stock, "block2_depthwise_norm", "block2_pointwise", spread=100)
    first, *others = diagnosed(wild).findings
    assert first.kind == "stretched_channel" and "block2_depthwise" in first.layers
    assert all(other.kind == "sensitive_layer" for other in others)


@pytest.mark.slow
def test_the_spoiled_example_is_named(stock):
    spoiled = CALIBRATION.copy()
    spoiled[17] *= 255
    (found,) = diagnosed(stock, calibration=spoiled).findings
    assert (found.kind, found.where) == ("calibration_scale", "calibration example 17")
    assert "without them int8 is 99" in found.cost


@pytest.mark.slow
@pytest.mark.parametrize("scaled", [lambda x: (255 * x).astype(np.uint8), lambda x: x - 0.5])
def test_bytes_and_shifts_are_wrong_input(stock, scaled):
    (found,) = diagnosed(stock, scaled(X), calibration=scaled(CALIBRATION)).findings
    assert (found.kind, found.where) == ("input_scale", "the input")
    assert "0 to 1" in found.advice


@pytest.mark.slow
def test_a_batch_unlike_the_others_is_wrong_input(stock):
    x = X.copy()
    x[40:60] *= 255
    (found,) = diagnosed(stock, x).findings
    assert found.where == "examples 40 to 59 of the input (20 of 355)"


@pytest.mark.slow
def test_without_labels_files_are_judged_by_their_agreement(stock):
    found = nets.diagnose(stock, (X, None), calibration=CALIBRATION)
    assert found.healthy and found.steps[-1].files[0].accuracy == 100


@pytest.mark.slow
def test_test_examples_stand_in_for_calibration_and_it_says_so(stock):
    found = nets.diagnose(stock, (X[:50], Y[:50]))
    assert found.healthy and "first 50 test examples stand in" in found.notes[0]


@pytest.mark.slow
def test_a_loss_that_is_not_accepted_leads_up_the_ladder(stock):
    found = diagnosed(stock, tolerance=-100.0)  # no file can win a hundred points
    assert [step.name for step in found.steps][-6:] == [
        "Weights",
        "Ranges",
        "Equalized",
        "Layers in float",
        "16 bits",
        "Training",
    ]
    told = [row.name for step in found.steps for row in step.files]
    files = {"float32", "int8", "int8, per tensor", "int8, mse", "int16x8"}
    assert files | {"int8, equalized", "int8, chosen"} <= set(told)


@pytest.mark.slow
def test_stretched_channels_are_equalized_and_the_file_will_do(stock):
    """A scale a channel does not help here: activations have one a tensor."""
    wild = stretch(stock, "block2_depthwise_norm", "block2_pointwise", spread=300)
    found = diagnosed(wild)
    assert "nets.equalize(model)" in found.findings[0].advice
    last = found.steps[-1]
    assert last.name == "Equalized" and last.stops and "nets.equalize(model)" in last.advice
    rows = {row.name: row.accuracy for step in found.steps for row in step.files}
    assert rows["int8"] < 97 and max(rows["int8, equalized"], rows["int8, chosen"]) > 99


@pytest.mark.slow
def test_what_is_no_keras_model_cannot_be_equalized_and_says_so(stock, tmp_path):
    stock.export(tmp_path / "saved", verbose=False)
    found = diagnosed(nets.load_model(tmp_path / "saved"), tolerance=-100.0)
    (step,) = [step for step in found.steps if step.name == "Equalized"]
    assert step.measured.startswith("Not possible as it is") and not step.stops


@pytest.mark.slow
def test_a_report_has_short_lines_and_progress_is_told(stock):
    told = []
    found = diagnosed(stock, progress=lambda done, of: told.append((done, of)))
    assert max(map(len, str(found).splitlines())) <= WIDTH
    assert [done for done, _ in told] == list(range(1, len(found.steps) + 1))
    assert found._repr_html_().startswith("<pre>Diagnosis of digits_net: nothing is wrong")


@pytest.fixture(scope="module")
def pair():
    """A network that sees every digit twice, by two inputs whose order is not that of names."""
    keras = load_keras()
    layers = keras.layers
    keras.utils.set_random_seed(0)
    images = [keras.Input((8, 8, 1), name=name) for name in ("zebra", "ape")]
    seen = [layers.Conv2D(6, 3, activation="relu")(image) for image in images]
    x = layers.Flatten()(layers.Concatenate()(seen))
    x = layers.Dense(32, activation="relu")(x)
    model = keras.Model(images, layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    train, labels = digits("train")
    model.fit([train, train], labels, epochs=8, verbose=0)
    return model


@pytest.mark.slow
@pytest.mark.parametrize("given", [(X, X), {"ape": X, "zebra": X}], ids=["tuple", "dict"])
def test_a_healthy_network_of_several_inputs(pair, given):
    found = diagnosed(pair, given, calibration=(CALIBRATION, CALIBRATION))
    assert found.healthy and found.steps[-1].files[0].accuracy > 90


@pytest.mark.slow
def test_the_input_that_is_out_of_scale_is_named(pair):
    (found,) = diagnosed(pair, (X, 255 * X), calibration=(CALIBRATION, 255 * CALIBRATION)).findings
    assert (found.kind, found.where) == ("input_scale", "input 'ape'")
    spoiled = diagnosed(pair, (X, X), calibration=(255 * CALIBRATION, CALIBRATION))
    (found,) = spoiled.findings
    assert found.where == "all of the calibration data of input 'zebra'"


@pytest.mark.slow
def test_all_rungs_take_several_inputs(pair):
    found = diagnosed(pair, (X, X), calibration=(CALIBRATION, CALIBRATION), tolerance=-100.0)
    assert found.steps[-1].name == "Training"


def patches(count, *, seed):
    """Images (count, 12, 12, 3) of a patch in one of six hues on grey, and which hue it is."""
    rng = np.random.default_rng(seed)
    hues = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0.6, 0], [0, 0.8, 0.8], [0.6, 0, 1]])
    x, y = rng.normal(0.45, 0.08, (count, 12, 12, 3)), rng.integers(0, 6, count)
    for image, hue in zip(x, y, strict=True):
        top, left = rng.integers(0, 6, 2)
        image[top : top + 6, left : left + 6] = hues[hue] * rng.uniform(0.5, 1)
    return np.clip(x, 0, 1).astype(np.float32), y


@pytest.mark.slow
def test_swapped_channels_of_colour_images_are_wrong_input():
    keras = load_keras()
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Conv2D(8, 3, activation="relu"), keras.layers.GlobalAveragePooling2D()]
    layers += [keras.layers.Dense(16, activation="relu")]
    layers += [keras.layers.Dense(6, activation="softmax")]
    model = keras.Sequential([keras.Input((12, 12, 3)), *layers])
    model.compile(keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy")
    train, labels = patches(1000, seed=0)
    model.fit(train, labels, epochs=8, verbose=0)
    (x, y), some = patches(300, seed=1), train[:100]
    assert diagnosed(model, x, y, calibration=some).healthy
    (found,) = diagnosed(model, x[..., ::-1], y, calibration=some[..., ::-1]).findings
    assert found.kind == "input_scale" and "channels in reversed order" in found.advice


@pytest.mark.slow
def test_the_last_rung_trains_a_copy(stock):
    before = [weight.copy() for weight in stock.get_weights()]
    found = diagnosed(stock, tolerance=-100.0, train=digits("train"), epochs=1)
    (row,) = found.steps[-1].files
    assert row.name == "int8, trained" and row.accuracy > 98 and row.integer_share == 1
    assert all(map(np.array_equal, before, stock.get_weights()))


@pytest.mark.parametrize(
    ("train", "told"),
    [(X, "train is a pair"), ((X, None), "train is a pair"), ((X, Y + 5), "class")],
)
def test_training_data_without_answers_are_refused(stock, train, told):
    with pytest.raises(ValueError, match=told):
        diagnosed(stock, train=train)


def test_one_array_for_two_inputs_is_refused(pair):
    with pytest.raises(ValueError, match="1 array.s., the model 2 input.s. .zebra, ape."):
        diagnosed(pair)


@pytest.mark.slow
def test_saved_models_and_functions_are_taken(stock, tmp_path):
    tf = load_tensorflow()
    stock.export(tmp_path / "saved", verbose=False)

    @tf.function(input_signature=[tf.TensorSpec((None, 8, 8, 1), name="image")])
    def scores(x):
        return stock(x)

    for model in (nets.load_model(tmp_path / "saved"), scores.get_concrete_function()):
        assert diagnosed(model).headline == "Diagnosis of the network: nothing is wrong"


def test_a_prepared_network_is_refused(stock):
    with pytest.raises(ValueError, match="is prepared: it rounds already. Give the float network"):
        diagnosed(nets.quantize_aware(stock))


@pytest.mark.slow
def test_a_network_of_no_classes_is_judged_by_what_it_explains():
    keras = load_keras()
    keras.utils.set_random_seed(0)
    layers = [keras.layers.Flatten(), keras.layers.Dense(8, activation="relu")]
    model = keras.Sequential([keras.Input((8, 8, 1)), *layers, keras.layers.Dense(1)])
    model.compile(keras.optimizers.Adam(0.01), "mse")
    weights = np.random.default_rng(0).normal(size=(64, 1))
    train = digits("train")[0]
    model.fit(train, train.reshape(-1, 64) @ weights, epochs=20, verbose=0)
    true = X.reshape(-1, 64) @ weights
    given = [None, true[:, 0], true]
    alone, *others = (diagnosed(model, y=y) for y in given)
    assert all(found.healthy for found in (alone, *others))
    floats, ints = alone.steps[-1].files
    assert floats.accuracy == 100 and 98 < ints.accuracy < 100
    assert "% explained" in others[0].steps[-1].measured
    assert others[0].steps[-1].files[0].accuracy == others[1].steps[-1].files[0].accuracy > 80


@pytest.mark.slow
@pytest.mark.filterwarnings("error")
def test_scores_that_overflow_are_no_nan():
    keras = load_keras()
    image = keras.Input((8, 8, 1))
    x = keras.layers.Conv2D(4, 3, activation="softplus")(image)
    x = keras.layers.Dense(10, activation="softplus")(keras.layers.Flatten()(x))
    model = keras.Model(image, keras.layers.Lambda(lambda t: t * 1e33)(x))
    assert "nan" not in str(diagnosed(model))


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"tolerance": "1"}, "tolerance is a number"),
        ({"epochs": 0}, "epochs is a whole"),
        ({"progress": 3}, "progress is a function"),
    ],
)
def test_options_that_are_none_are_refused(stock, wrong, told):
    with pytest.raises(ValueError, match=told):
        diagnosed(stock, **wrong)


def test_data_that_is_no_pair_is_refused(stock):
    with pytest.raises(ValueError, match="data is a pair .x, y., y may be None; got ndarray"):
        nets.diagnose(stock, X)


@pytest.mark.parametrize("labels", [Y[:-1], Y.astype(float), -1 - Y, Y + 5, np.eye(10)[Y]])
def test_labels_that_are_no_class_numbers_are_refused(stock, labels):
    with pytest.raises(ValueError, match="expected class numbers 0, 1, 2"):
        nets.diagnose(stock, (X, labels))


def test_an_unknown_way_to_break_is_refused(stock):
    with pytest.raises(ValueError, match="no way 'melted'; choose one of calibration_scale"):
        broken(stock, X, CALIBRATION, "melted")


def test_what_was_broken_is_not_told_by_the_repr(stock):
    fault = broken(stock, X, CALIBRATION, seed=4)
    assert fault.kind in WAYS and fault.kind not in repr(fault)


@pytest.mark.slow
def test_the_worst_channel_is_told_beside_the_mean(stock):
    wild = stretch(stock, "block2_depthwise_norm", "block2_pointwise", spread=100)
    measured = diagnosed(wild).steps[-1].measured
    assert "Worst channel: 29 of block2_depthwise_relu, 1." in measured and "33." in measured
