"""Public files: each runs, or is refused with a ValueError; nothing else comes out."""

import numpy as np
import pytest

from qnn_edu import engine, tflite

MOST = 5e9  # products in a network that is run here: a minute or less


def files(folder):
    return sorted((folder / "corpus").glob("*/*.tflite"))


def inputs_of(graph):
    rng = np.random.default_rng(0)
    for tensor in (graph.tensors[i] for i in graph.inputs):
        low, high = (-1, 2) if tensor.dtype.kind in "if" else (0, 2)
        values = rng.integers(low, high, tensor.shape)
        yield values.astype(tensor.dtype)


def is_small(graph):
    """Whether the convolutions have few products."""
    made = [op for op in graph.operators if op.name in ("CONV_2D", "TRANSPOSE_CONV")]
    sizes = [(graph.tensors[op.outputs[0]].shape, graph.tensors[op.inputs[1]].shape) for op in made]
    return sum(np.prod(out[:3], dtype=float) * np.prod(w, dtype=float) for out, w in sizes) < MOST


@pytest.mark.slow
def test_every_public_file_runs_or_is_refused(real_data):
    ran, found = 0, files(real_data)
    for path in found:
        try:
            graph = tflite.read(path)
        except ValueError:
            continue
        if not engine.blockers(graph) and not is_small(graph):
            continue
        try:
            engine.run(graph, list(inputs_of(graph)))
            ran += 1
        except ValueError as error:
            assert str(error).startswith(("engine: ", "Input ", "The model ")), (path.name, error)
    assert len(found) > 300 and ran > 100


def test_shapes_that_a_public_file_leaves_empty_are_worked_out(real_data):
    """MLPerf Mobile's MobileNet: 74 of 78 operators have no shapes."""
    name = "5d63cb8e_mobilenet_edgetpu_224_1.0_uint8"
    graph = tflite.read(real_data / "corpus" / "networks" / f"{name}.tflite")
    assert sum(graph.tensors[op.outputs[0]].shape == () for op in graph.operators) > 70
    inferred = tflite.infer_shapes(graph)
    assert all(inferred.tensors[op.outputs[0]].shape for op in graph.operators)
