"""A teacher in the loss: Hinton's law, whose weights move, and what is saved and converted."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from qnn_edu import nets
from qnn_edu.nets.qat.teacher import divergence
from qnn_edu.nets.quiet import load_keras, load_tensorflow

keras, tf = load_keras(), load_tensorflow()
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation")  # of Keras to numpy
ROOT = Path(__file__).parents[3]
RNG = np.random.default_rng(0)
X, Y = RNG.uniform(0, 1, (64, 8, 8, 1)).astype(np.float32), np.arange(64) % 5
LABELS = "sparse_categorical_crossentropy"
L = keras.layers


def functional(end=None, filters=4, classes=5):
    image = keras.Input((8, 8, 1), name="image")
    x = L.ReLU()(L.BatchNormalization()(L.Conv2D(filters, 3, use_bias=False)(image)))
    x = L.Dense(classes)(L.Flatten()(x))
    return keras.Model(image, x if end is None else end(x), name="net")


def sequential(classes=5):
    layers = [L.Conv2D(4, 3, activation="relu"), L.Flatten(), L.Dense(classes, "softmax")]
    return keras.Sequential([keras.Input((8, 8, 1)), *layers], name="net")


def softmaxed():
    return functional(L.Softmax(name="softmax"))


def log_softmax(z):
    z = z - z.max(axis=1, keepdims=True)
    return z - np.log(np.exp(z).sum(axis=1, keepdims=True))


def loss(taught, **how):
    """The loss that the trainer would see, labels as scores or probabilities as the model ends."""
    y = taught(X)
    return taught.compute_loss(x=X, y=Y, y_pred=y, **how)


ENDS = {
    "scores": None,
    "a layer": L.Softmax(),
    "an activation": L.Activation("softmax"),
    "an operation": lambda x: keras.ops.softmax(x),
    "in a dense layer": L.Dense(5, activation="softmax"),
    "in a model within": keras.Sequential([keras.Input((5,)), L.Softmax()]),
}


@pytest.mark.parametrize("weighted", [False, True], ids=["alike", "weighted"])
@pytest.mark.parametrize(("temperature", "share"), [(4.0, 0.9), (1.0, 0.5)])
@pytest.mark.parametrize("end", ENDS)
def test_the_loss_is_the_law(end, temperature, share, weighted):
    student, teacher = functional(ENDS[end]), functional(L.Softmax(), filters=7)
    taught = nets.distill(student, teacher, temperature=temperature, weight=share)
    from_logits = end == "scores"
    taught.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=from_logits))
    weights = RNG.uniform(0, 2, 64).astype(np.float32) if weighted else None
    z, p = np.float64(student(X)), np.float64(teacher(X))
    z, v = z if from_logits else np.log(z), np.log(p)
    a, b = log_softmax(v / temperature), log_softmax(z / temperature)
    each = (1 - share) * -log_softmax(z)[np.arange(64), Y]
    each += share * temperature**2 * (np.exp(a) * (a - b)).sum(axis=1)
    expected = (each * (1 if weights is None else weights)).mean()
    np.testing.assert_allclose(loss(taught, sample_weight=weights), expected, rtol=2e-5)


def test_at_a_high_temperature_scores_are_drawn_to_the_teacher_s():
    """Hinton et al. 2015, equation 4: for scores of mean 0 the gradient is (z - v) / classes."""
    z, v = RNG.normal(size=(2, 3, 5))
    z, v = (tf.constant(s - s.mean(axis=1, keepdims=True)) for s in (z, v))
    temperature = 1e4
    with tf.GradientTape() as tape:
        tape.watch(z)
        y = temperature**2 * divergence(v / temperature, z / temperature)
    np.testing.assert_allclose(tape.gradient(y, z), (z - v) / 5 / 3, atol=1e-4)


def test_the_teacher_s_equal_has_nothing_to_learn():
    net = softmaxed()
    taught = nets.distill(net, net, weight=1)
    assert abs(float(loss(taught))) < 1e-5


def test_answers_that_are_all_sure_give_a_loss_and_gradients_that_are_finite():
    """A softmax of scores 200 apart puts out 0 and 1."""
    student, teacher = softmaxed(), softmaxed()
    for net in (student, teacher):
        net.layers[-2].kernel.assign(1e4 * net.layers[-2].kernel)
    assert (np.asarray(teacher(X)) == 0).any() and (np.asarray(student(X)) == 0).any()
    taught = nets.distill(student, teacher)
    taught.compile("sgd", LABELS)
    with tf.GradientTape() as tape:
        y = loss(taught)
    gradients = tape.gradient(y, taught.trainable_variables)
    assert np.isfinite(y) and all(np.isfinite(g).all() for g in gradients)


def test_penalties_of_the_student_s_layers_count_in_full():
    student = sequential()
    kernel = student.layers[0].kernel
    penalty = 3 * float((kernel.numpy() ** 2).sum())
    for share in (0.5, 1):
        taught = nets.distill(student, softmaxed(), weight=share)
        taught.compile("sgd", LABELS)
        found = []
        for regularizer in (None, keras.regularizers.L2(3.0)):
            kernel.regularizer = regularizer
            found.append(float(loss(taught)))
        kernel.regularizer = None
        assert found[1] - found[0] == pytest.approx(penalty, rel=1e-4)


@pytest.mark.parametrize("build", [softmaxed, sequential])
def test_the_student_learns_and_the_teacher_stands_still(build):
    teacher = build()
    student = nets.quantize_aware(teacher, weight_bits=2, activation_bits=3, ranges="learned")
    taught = nets.distill(student, teacher)
    before = [w.copy() for w in teacher.get_weights()]
    kernel = student.trainable_variables[0].numpy()
    taught.compile(keras.optimizers.Adam(0.01), LABELS, metrics=["accuracy"])
    history = taught.fit(X, Y, epochs=4, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] and set(history) == {"loss", "accuracy"}
    assert np.abs(student.trainable_variables[0].numpy() - kernel).max() > 0
    for one, other in zip(before, teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert all(v.trainable for v in teacher.trainable_variables)  # and may be trained later
    taken = [id(v) for v in taught.variables]
    assert set(taken) == {id(v) for v in student.variables}
    assert nets.convert(taught, "int8") == nets.convert(student, "int8")


def test_without_labels_the_student_comes_nearer_to_the_teacher():
    teacher = softmaxed()
    student = nets.quantize_aware(teacher, weight_bits=2, activation_bits=2, ranges="learned")
    taught = nets.distill(student, teacher, weight=1)
    taught.compile(keras.optimizers.Adam(0.01))
    losses = taught.fit(X, epochs=5, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]


def test_what_is_done_with_a_prepared_model_can_be_done_with_a_taught_one():
    teacher = softmaxed()
    student = nets.quantize_aware(teacher)
    taught = nets.distill(student, teacher)
    mean = student.layers[2].norm.moving_mean
    before = mean.numpy()
    nets.measure_norms(taught, [X])
    assert np.abs(mean.numpy() - before).max() > 0
    nets.freeze(taught)
    assert not student.get_layer("image_quant").trainable


def test_a_teacher_that_is_code_teaches_with_what_the_student_puts_out():
    class Teacher(keras.Model):
        def __init__(self):
            super().__init__()
            self.net = softmaxed()

        def call(self, x, training=False):
            assert not training
            return self.net(x)

    student, teacher = softmaxed(), Teacher()
    ways = [nets.distill(student, one) for one in (teacher, teacher.net)]
    for taught in ways:
        taught.compile("sgd", LABELS)
    assert float(loss(ways[0])) == float(loss(ways[1]))


def test_several_inputs_by_name():
    def net():
        a, b = keras.Input((3,), name="a"), keras.Input((4,), name="b")
        y = L.Dense(3, activation="softmax")(L.Concatenate()([a, b]))
        return keras.Model({"a": a, "b": b}, y)

    taught = nets.distill(nets.quantize_aware(net()), net())
    taught.compile("adam", LABELS)
    x = {"a": RNG.random((8, 3)), "b": RNG.random((8, 4))}
    assert np.isfinite(taught.fit(x, np.arange(8) % 3, verbose=0).history["loss"][0])


@pytest.mark.slow
@pytest.mark.parametrize("build", [softmaxed, sequential])
def test_it_is_saved_with_its_teacher_and_goes_on_in_a_new_process(build, tmp_path):
    teacher = build()
    teacher.layers[0 if build is sequential else 1].kernel.assign_add(0.1 * tf.ones((3, 3, 1, 4)))
    taught = nets.distill(
        nets.quantize_aware(teacher, weight_bits=3), teacher, temperature=3, weight=0.7
    )
    taught.compile(keras.optimizers.SGD(0.01), LABELS)
    taught.fit(X, Y, epochs=1, verbose=0)
    taught.save(tmp_path / "taught.keras")
    np.savez(tmp_path / "data.npz", x=X, y=Y)
    code = (
        "import sys, keras, numpy as np; from qnn_edu import nets\n"
        "model, data = nets.load_model(sys.argv[1]), np.load(sys.argv[2])\n"
        f"model.compile(keras.optimizers.SGD(0.01), {LABELS!r})\n"
        "before = model.evaluate(data['x'], data['y'], verbose=0)\n"
        "model.fit(data['x'], data['y'], shuffle=False, verbose=0)\n"
        "print(before, model.evaluate(data['x'], data['y'], verbose=0))\n"
        "print(nets.convert(model, 'int8')[4:8].decode())"
    )
    line = [sys.executable, "-c", code, str(tmp_path / "taught.keras"), str(tmp_path / "data.npz")]
    done = subprocess.run(line, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    before, after, mark = done.stdout.split()
    assert mark == "TFL3"
    taught.compile(keras.optimizers.SGD(0.01), LABELS)
    assert float(before) == pytest.approx(taught.evaluate(X, Y, verbose=0), rel=1e-5)
    taught.fit(X, Y, shuffle=False, verbose=0)
    assert float(after) == pytest.approx(taught.evaluate(X, Y, verbose=0), rel=1e-3)


class Code(keras.Model):
    def call(self, x):
        return x


def two():
    x = keras.Input((8, 8, 1))
    return keras.Model(x, [L.Flatten()(x), L.Flatten()(x)])


NET = sequential()
MISTAKES = [
    (3, NET, {}, "expected a Keras model as student, got int"),
    (NET, None, {}, "expected a Keras model as teacher, got NoneType"),
    (Code(), NET, {}, "of the student: expected a functional or Sequential"),
    (keras.Sequential([L.Dense(3)]), NET, {}, "of the student: the model does not know its input"),
    (NET, sequential(classes=6), {}, r"puts out \(None, 5\), the teacher \(None, 6\)"),
    (NET, functional(L.Dense(5, "sigmoid")), {}, "teacher puts out .* behind a sigmoid"),
    (sequential(classes=1), NET, {}, r"student puts out \(None, 1\). Expected one tensor"),
    (two(), NET, {}, "student puts out .*, .*Expected one tensor"),
    (NET, nets.models.resnet(8), {}, r"teacher cannot be called on what the student takes, \[\(No"),
    *(
        (NET, NET, {"temperature": bad}, "temperature is a number above 0; got")
        for bad in (0, -1, None, "4", float("nan"), float("inf"), True, np.ones(2))
    ),
    *(
        (NET, NET, {"weight": bad}, "weight is a number above 0 and at most 1; got")
        for bad in (0, 1.1, None, float("nan"))
    ),
]


@pytest.mark.parametrize(("student", "teacher", "how", "message"), MISTAKES)
def test_what_cannot_be_taught_is_refused(student, teacher, how, message):
    with pytest.raises(ValueError, match=f"^distill: .*{message}"):
        nets.distill(student, teacher, **how)
