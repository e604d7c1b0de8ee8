"""`qnn-edu run`: a model file on an image, and the classes it finds most likely."""

from pathlib import Path
from typing import Annotated

import numpy as np
import typer

from qnn_edu.cli.classes import probabilities, top_classes
from qnn_edu.cli.files import read_arrays, read_labels
from qnn_edu.cli.output import show, show_json, table
from qnn_edu.cli.pixels import pixels_to_input, read_image
from qnn_edu.core.affine import quantize
from qnn_edu.tflite import Graph, Tensor, read
from qnn_edu.tflite.feeding import input_names


def run(
    file: Annotated[Path, typer.Argument(help="A model that names classes, .tflite.")],
    source: Annotated[
        Path, typer.Option("--input", help="An image; .npy of the model's shape or a batch; .npz.")
    ],
    labels: Annotated[Path | None, typer.Option(help="A text file, a class a line.")] = None,
    top: Annotated[int, typer.Option(min=1, help="How many classes to show.")] = 3,
    kernels: Annotated[str, typer.Option(help="reference, optimized or xnnpack.")] = "xnnpack",
    ends: Annotated[
        tuple[float, float] | None,
        typer.Option(
            "--range",
            metavar="BLACK WHITE",
            help="What black and white pixels were in training. Without it: 0 1 for a float model, "
            "the ends of the input's range for a quantized one.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the answer as JSON.")] = False,
) -> None:
    """Run a model on an image and show the most likely classes.

    The image's middle, in the model's proportions, is resized to its input. Real numbers are
    quantized as the model's input says, and the answer is dequantized. Where a model ends in
    scores, softmax turns them into probabilities. An .npy file holds real numbers, or integers of
    the model's own type; an .npz file has an array under the name of each input. LiteRT runs in a
    process of its own, so that a file of which it dies is answered too.

    Examples:

    \b
        qnn-edu run mobilenet.tflite --input cat.jpg --labels imagenet_labels.txt
        qnn-edu run float.tflite --input cat.jpg --range -1 1 --top 5
        qnn-edu run digits.tflite --input digits.npy --kernels reference --json
    """
    from qnn_edu.nets.litert.apart import run_apart

    graph = read(file)
    names = read_labels(labels) if labels else None
    result = run_apart(file, _inputs(graph, source, ends), kernels=kernels)
    answers = top_classes(probabilities(graph, result.outputs[0]), top, names)
    if as_json:
        show_json({"file": str(file), "input": str(source), "kernels": kernels, "top": answers})
        return
    rows = [
        (image, answer["class"], answer["label"], f"{answer['probability']:.4f}")
        for image, best in enumerate(answers)
        for answer in best
    ]
    show(f"{file} on {source}, {kernels} kernels")
    show(table(">image >class label >probability", rows))


def _inputs(graph: Graph, source: Path, ends: tuple[float, float] | None) -> list[np.ndarray]:
    """What each input of the model takes, from an image or from arrays."""
    tensors, names = [graph.tensors[i] for i in graph.inputs], ", ".join(input_names(graph))
    if source.suffix in (".npy", ".npz"):
        if ends is not None:
            raise ValueError(f"--range is for images; {source} holds numbers. Leave it out.")
        arrays = _in_order(graph, source)
        return [_as_taken(array, tensor) for array, tensor in zip(arrays, tensors, strict=True)]
    if len(tensors) != 1:
        raise ValueError(
            f"The model has {len(tensors)} inputs: {names}; an image is one. Give .npz, with an "
            "array under each name."
        )
    if len(tensors[0].shape) != 4:
        raise ValueError(f"The model takes {tensors[0].shape}, no image (1, h, w, c). Give .npy.")
    return [pixels_to_input(read_image(source, *tensors[0].shape[1:]), tensors[0], ends)]


def _in_order(graph: Graph, source: Path) -> list[np.ndarray]:
    """The arrays of a file in the order of the model's inputs; one alone needs no name."""
    found, names = read_arrays(source), input_names(graph)
    if isinstance(found, np.ndarray) and len(names) == 1:
        return [found]
    there = ", ".join(found) or "nothing" if isinstance(found, dict) else "one array"
    if not isinstance(found, dict) or set(found) != set(names):
        raise ValueError(
            f"The model has {len(names)} input(s): {', '.join(names)}; {source} holds {there}. "
            "Give .npz with an array under each name, as numpy.savez(file, name=array) writes it."
        )
    return [found[name] for name in names]


def _as_taken(array: np.ndarray, tensor: Tensor) -> np.ndarray:
    """Real numbers in the type that the input takes, quantized where it is; the rest as it is."""
    if array.dtype.kind != "f":
        return array
    return array.astype(np.float32) if tensor.params is None else quantize(array, tensor.params)
