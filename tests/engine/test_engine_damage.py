"""Graphs that say odd things: each runs, or is refused with a ValueError in the engine's words."""

import traceback
from dataclasses import replace

import numpy as np
import pytest

from qnn_edu import engine, tflite
from qnn_edu.tflite.types import DTYPES
from tests.oracle.random_models import FAMILIES, random_model

CASES = 30  # of each family
NUMBERS = (0, 1, -1, 2, 3, 7, 2**31 - 1, -(2**31))
WORDS = ("SAME", "VALID", "NONE", "RELU", "TANH", "DEFAULT", "INT8", "FLOAT32", "INT64")
TYPES = ("INT8", "UINT8", "INT16", "INT32", "INT64", "INT4", "FLOAT32", "FLOAT16", "BOOL", "STRING")


def damaged(graph, rng):
    """The same graph with one to three odd things in it."""
    for _ in range(rng.integers(1, 4)):
        main = graph.subgraphs[0]
        if rng.random() < 0.5:
            tensors = list(main.tensors)
            i = int(rng.integers(len(tensors)))
            tensors[i] = odd_tensor(tensors[i], rng)
            main = replace(main, tensors=tuple(tensors))
        else:
            operators = list(main.operators)
            i = int(rng.integers(len(operators)))
            operators[i] = odd_operator(operators[i], len(main.tensors), rng)
            main = replace(main, operators=tuple(operators))
        graph = replace(graph, subgraphs=(main, *graph.subgraphs[1:]))
    return graph


def odd_tensor(tensor, rng):
    """Another shape, type, scale, zero point or constant: anything that the reader lets through."""
    match rng.integers(6):
        case 0:
            return reshaped(tensor, rng)
        case 1:
            word = str(rng.choice(TYPES))
            with np.errstate(over="ignore", invalid="ignore"):  # float16 ends at 65504
                data = None if tensor.data is None else tensor.data.astype(DTYPES[word])
            return replace(tensor, type=word, dtype=np.dtype(DTYPES[word]), data=data)
        case 2:
            return replace(tensor, scale=None, zero_point=None, axis=None)
        case 3:
            scale = np.float32(np.exp2(rng.integers(-60, 60)))
            return replace(tensor, scale=scale, zero_point=int(rng.integers(-100, 100)), axis=None)
        case 4:
            if not tensor.shape:
                return tensor
            axis = int(rng.integers(len(tensor.shape)))
            count = tensor.shape[axis]
            each = {"scale": np.full(count, np.float32(0.1)), "zero_point": np.zeros(count, int)}
            return replace(tensor, axis=axis, **each)
        case _:
            if tensor.data is None:
                return replace(tensor, data=np.zeros(tensor.shape, tensor.dtype))
            odd = tensor.data.copy().ravel()
            if odd.size and odd.dtype.kind in "iu":
                place = rng.integers(odd.size)
                odd[place] = rng.integers(np.iinfo(odd.dtype).min, np.iinfo(odd.dtype).max)
            return replace(tensor, data=odd.reshape(tensor.shape) if rng.random() < 0.7 else None)


def reshaped(tensor, rng):
    """Flat, without one dimension or with one more, or another size in one."""
    shape = list(tensor.shape)
    match rng.integers(4):
        case 0:
            shape = [int(np.prod(shape))]
        case 1:
            shape.insert(int(rng.integers(len(shape) + 1)), int(rng.integers(3)))
        case 2:
            shape = shape[:-1]
        case 3:
            shape[-1:] = [int(rng.integers(5))]
    shape = tuple(shape)
    data = None if tensor.data is None else np.resize(tensor.data, shape)
    return (
        replace(tensor, shape=shape, signature=shape, data=data, axis=None)
        if tensor.axis is None
        else tensor
    )


def odd_operator(operator, tensors, rng):
    """Other tensors, or other options."""
    inputs, outputs = list(operator.inputs), list(operator.outputs)
    match rng.integers(6):
        case 0 if inputs:
            inputs[rng.integers(len(inputs))] = int(rng.integers(-1, tensors))
        case 1:
            inputs = inputs[: rng.integers(len(inputs) + 1)]
        case 2:
            inputs.append(int(rng.integers(-1, tensors)))
        case 3:
            outputs = [int(rng.integers(tensors)) for _ in range(rng.integers(4))]
        case 4:
            return replace(operator, options={})
        case _:
            if operator.options:
                name = str(rng.choice(sorted(operator.options)))
                changed = operator.options | {name: odd_option(operator.options[name], rng)}
                return replace(operator, options=changed)
    return replace(operator, inputs=tuple(inputs), outputs=tuple(outputs))


def odd_option(value, rng):
    if isinstance(value, bool):
        return not value
    if isinstance(value, str):
        return str(rng.choice(WORDS))
    if isinstance(value, float):
        return float(rng.choice([0, -1, 1e30, np.nan]))
    if isinstance(value, tuple):
        return tuple(int(n) for n in rng.choice(NUMBERS, rng.integers(4)))
    return int(rng.choice(NUMBERS))


def inputs_of(graph, rng):
    for tensor in (graph.tensors[i] for i in graph.inputs):
        low, high = (0, 2) if tensor.dtype.kind in "ub" else (-100, 100)
        yield rng.integers(low, high, tensor.shape).astype(tensor.dtype)


@pytest.mark.parametrize("family", FAMILIES)
def test_an_odd_graph_runs_or_is_refused_in_our_words(family):
    rng = np.random.default_rng(list(family.encode()))
    for case in range(CASES):
        whole = tflite.read(random_model(family, case)[0])
        graph, kernels = damaged(whole, rng), engine.KERNEL_SETS[case % 3]
        try:
            engine.run(graph, list(inputs_of(graph, rng)), kernels=kernels)
        except ValueError as error:
            assert str(error).startswith(("engine: ", "Input ", "The model ")), case
            assert is_raised_by_us(error.__cause__ or error), case


def is_raised_by_us(error):
    """Whether the last line that ran is a `raise` of ours; numpy's words come from other lines."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return "qnn_edu" in last.filename and last.line.startswith("raise ")
