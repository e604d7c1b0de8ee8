"""One kind of model through every public function and command: what each of them answered."""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from typer.testing import CliRunner

import qnn_edu
from qnn_edu import chip, draw, engine, nets, quantize, ranges
from qnn_edu.cli import app
from qnn_edu.nets.conversion.calibration import calibrate, measure_ranges, read_ranges
from qnn_edu.nets.conversion.source import source
from qnn_edu.tflite import extract, float_twin, read
from qnn_edu.tflite.feeding import input_names
from tests.nets.kinds.layers import keras
from tests.nets.kinds.table import built, data

ROOT = str(Path(qnn_edu.__file__).parent)
WORKS, REFUSED, FOREIGN, NOT_REACHED = "works", "refused", "foreign", "not reached"


@dataclass(frozen=True)
class Answer:
    """What a function did with a kind of model: one of the four words, and its error's message."""

    outcome: str
    message: str = ""


class NotReachedError(Exception):
    """What a step needs was refused by a step before, which has said why."""


class Line(Exception):
    """A command's refusal: one line, and exit code 1."""


class Walk:
    """A kind of model, and what was made of it so far; everything is made once."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name, self.folder = name, folder
        self.answers: dict[str, Answer] = {}
        self._made: dict[str, object] = {}

    def step(self, name: str) -> Answer:
        """The answer of one step, by its name in `STEPS`."""
        if name not in self.answers:
            try:
                self._made[name] = STEPS[name](self)
                self.answers[name] = Answer(WORKS)
            except NotReachedError:
                self.answers[name] = Answer(NOT_REACHED)
            except BaseException as error:  # that is what is looked for
                self.answers[name] = judged(error)
        return self.answers[name]

    def made(self, name: str) -> object:
        """What a step made, for the steps that need it."""
        if self.step(name).outcome != WORKS:
            raise NotReachedError
        return self._made[name]

    @cached_property
    def model(self) -> object:
        return built(self.name)

    @cached_property
    def x(self) -> object:
        """Four examples, once the model has said what it takes."""
        return data(self.model)


def judged(error: BaseException) -> Answer:
    """A ValueError that this package raised is a refusal; all else is somebody else's failure."""
    frames = traceback.extract_tb(error.__traceback__)
    message = f"{type(error).__name__}: {error}"
    last = frames[-1]
    ours = isinstance(error, ValueError) and last.filename.startswith(ROOT)
    ours = isinstance(error, Line) or (ours and last.line.startswith("raise"))
    where = f" @ {last.filename}:{last.lineno}"
    return Answer(REFUSED, message) if ours else Answer(FOREIGN, message + where)


def prepare(walk: Walk) -> object:
    return nets.quantize_aware(walk.model)


def keras_input(model: object, x: object) -> object:
    """The examples in the form in which a Keras model is called."""
    arrays = list(x) if isinstance(x, tuple) else [x]
    if isinstance(model, keras.Sequential):
        return arrays[0]
    return keras.tree.pack_sequence_as(model.input, arrays)


def train(walk: Walk) -> None:
    prepared = walk.made("prepare")
    x = keras_input(prepared, walk.x)
    y = keras.tree.map_structure(lambda t: np.zeros(t.shape), prepared(x))
    prepared.compile("sgd", keras.tree.map_structure(lambda _: "mse", y), run_eagerly=True)
    prepared.train_on_batch(x, y)


def save(walk: Walk) -> None:
    walk.made("train")
    walk.made("prepare").save(walk.folder / "prepared.keras")


def convert_prepared(walk: Walk) -> bytes:
    walk.made("train")
    content = nets.convert(walk.made("prepare"), "int8")
    (walk.folder / "prepared.tflite").write_bytes(content)
    return content


def converting(recipe: str) -> object:
    def step(walk: Walk) -> bytes:
        needs = recipe in ("int8", "int16x8")
        content = nets.convert(walk.model, recipe, calibration=walk.x if needs else None)
        (walk.folder / f"{recipe}.tflite").write_bytes(content)
        return content

    return step


RECIPES = ("float32", "float16", "dynamic", "int8", "int16x8")


def files(walk: Walk) -> dict[str, bytes]:
    """All files that could be made."""
    steps = [*(f"convert {recipe}" for recipe in RECIPES), "convert prepared"]
    found = {each: walk._made[each] for each in steps if walk.step(each).outcome == WORKS}
    if not found:
        raise NotReachedError
    return found


def fed(graph: object, x: object) -> list[np.ndarray]:
    """The examples in the order and the types of a file, quantized where it takes integers."""
    arrays = list(x) if isinstance(x, tuple) else [x]
    arrays = [np.asarray(a) for a in arrays]
    tensors = [graph.tensors[i] for i in graph.inputs]
    if len(arrays) != len(tensors):
        raise NotReachedError  # the converter left out what nobody reads
    left = list(arrays)
    given = []
    for tensor in tensors:  # another order than the model's
        fits = [a for a in left if a.shape[1:] == tensor.shape[1:] or tensor.shape == a.shape]
        array = fits[0] if fits else left[0]
        left = [a for a in left if a is not array]
        whole = tensor.params is None or array.dtype.kind != "f"
        given.append(array.astype(tensor.dtype) if whole else quantize(array, tensor.params))
    return given


def runs(kernels: str) -> object:
    def step(walk: Walk) -> None:
        for content in files(walk).values():
            nets.run_tflite(content, fed(read(content), walk.x), kernels=kernels)

    return step


def engine_of(step: str) -> object:
    def run(walk: Walk) -> None:
        content = walk.made(step)
        graph = read(content)
        x = fed(graph, walk.x)
        for kernels in engine.KERNEL_SETS:
            ours = engine.run(graph, x, kernels=kernels).outputs
            theirs = nets.run_tflite(content, x, kernels=kernels).outputs
            for one, other in zip(ours, theirs, strict=True):
                np.testing.assert_array_equal(one, other)

    return run


def compare(walk: Walk) -> None:
    made, x = files(walk), walk.x
    y = np.zeros(len(x[0]) if isinstance(x, tuple) else len(x), int)
    nets.compare(made, (x, y), repeats=1)


def layer_report(walk: Walk) -> None:
    rows = nets.layer_report(walk.made("convert float32"), walk.made("convert int8"), walk.x)
    assert rows


def tensorflow_graph(walk: Walk) -> object:
    return nets.tensorflow_graph(walk.model)


def diagram(walk: Walk) -> None:
    graphs = {name: read(content) for name, content in files(walk).items()}
    if walk.step("tensorflow_graph").outcome == WORKS:
        graphs["before"] = walk.made("tensorflow_graph")
    for graph in graphs.values():
        assert draw.diagram(graph).text and draw.diagram(graph).source
    draw.side_by_side(graphs)


def fold(walk: Walk) -> None:
    _computes_the_same(walk, nets.fold(walk.model))


def equalize(walk: Walk) -> None:
    _computes_the_same(walk, nets.equalize(walk.model))


def quantize_trained(walk: Walk) -> None:
    batches = [walk.x] if isinstance(walk.x, tuple) else walk.x
    nets.quantize_trained(walk.model, batches, weight_bits=4, activation_bits=5)


def _computes_the_same(walk: Walk, other: object) -> None:
    models = other, walk.model
    outputs = (
        keras.tree.flatten(model(keras_input(model, walk.x), training=False)) for model in models
    )
    for one, other in zip(*outputs, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-2)


def quantize_calibrated(walk: Walk) -> None:
    calibrated = walk.made("calibrate")
    nets.quantize_calibrated(calibrated, ranges=dict(read_ranges(calibrated)), io="float32")


def tflite_tools(walk: Walk) -> None:
    for content in files(walk).values():
        graph = read(content)
        if len(graph.subgraphs) == 1:
            float_twin(content)
        for operator in graph.operators[:3]:
            extract(content, [operator.index])


def export_c(walk: Walk) -> None:
    content = walk.made("convert int8")
    (walk.folder / "model.h").write_text(chip.export_c(read(content), name="model"))


def command(*words: str, needs: str, writes: str = "") -> object:
    def step(walk: Walk) -> None:
        walk.made(needs)
        line = [word.format(folder=walk.folder) for word in words]
        done = CliRunner().invoke(app, line)
        if done.exit_code == 0:
            return
        if done.exit_code == 1 and len(done.stderr.splitlines()) == 1:
            raise Line(done.stderr.strip())
        raise done.exception or AssertionError(done.stderr)

    return step


def cli_convert(walk: Walk) -> None:
    if not isinstance(walk.model, keras.Model):
        raise NotReachedError
    walk.model.save(walk.folder / "model.keras")
    command(
        *("convert", "{folder}/model.keras", "-o", "{folder}/cli.tflite", "--recipe", "float32"),
        *("--dump-graphviz", "{folder}/graphs"),
        needs="build",
    )(walk)


def cli_run(walk: Walk) -> None:
    graph = read(walk.made("convert int8"))
    arrays = zip(input_names(graph), fed(graph, walk.x), strict=True)
    np.savez(walk.folder / "x.npz", **dict(arrays))
    command("run", "{folder}/int8.tflite", "--input", "{folder}/x.npz", needs="build")(walk)


def loaded_anew(folder: Path) -> Answer:
    """Load a prepared model in this process; its file gives what the file made before gave."""
    try:
        content = nets.convert(nets.load_model(folder / "prepared.keras"), "int8")
        graph, rng = read(content), np.random.default_rng(0)
        x = [
            rng.integers(-9, 9, graph.tensors[i].shape).astype(graph.tensors[i].dtype)
            for i in graph.inputs
        ]
        made = (folder / "prepared.tflite").read_bytes()
        files = (nets.run_tflite(each, x).outputs for each in (content, made))
        for one, other in zip(*files, strict=True):
            np.testing.assert_array_equal(one, other)
    except Exception as error:
        return judged(error)
    return Answer(WORKS)


STEPS = {
    "build": lambda walk: walk.model,
    "source": lambda walk: source(walk.model) and walk.x,
    "prepare": prepare,
    "train": train,
    "save": save,
    "convert prepared": convert_prepared,
    **{f"convert {recipe}": converting(recipe) for recipe in RECIPES},
    **{f"run {kernels}": runs(kernels) for kernels in engine.KERNEL_SETS},
    "engine": engine_of("convert int8"),
    "engine, prepared": engine_of("convert prepared"),
    "compare": compare,
    "layer_report": layer_report,
    "tensorflow_graph": tensorflow_graph,
    "diagram": diagram,
    "fold": fold,
    "equalize": equalize,
    "quantize_trained": quantize_trained,
    "calibrate": lambda walk: calibrate(walk.model, walk.x),
    "measure_ranges": lambda walk: measure_ranges(
        walk.made("calibrate"), walk.x, ranges.percentile
    ),
    "quantize_calibrated": quantize_calibrated,
    "tflite": tflite_tools,
    "C export": export_c,
    "command convert": cli_convert,
    "command inspect": command("inspect", "{folder}/int8.tflite", needs="convert int8"),
    "command diagram": command("diagram", "{folder}/int8.tflite", needs="convert int8"),
    "command run": cli_run,
}
