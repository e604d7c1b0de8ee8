"""Random models of one operator that nobody has tuned the engine to, and inputs for them."""

from dataclasses import replace
from importlib import import_module
from math import prod
from pkgutil import iter_modules

import numpy as np

from qnn_edu.engine.declared import kernel_of
from qnn_edu.engine.node import Node
from qnn_edu.tflite import read
from tests.oracle import draw, families
from tests.oracle.one_operator import model


def _joined():
    """The families of all modules; no two may have one name."""
    found = {}
    for module in iter_modules(families.__path__):
        more = import_module(f"{families.__name__}.{module.name}").FAMILIES
        assert not found.keys() & more.keys(), f"{module.name}: {found.keys() & more.keys()}"
        found |= more
    return found


FAMILIES = _joined()
OTHERS = {"float", "hybrid", "int16", "int32", "int64", "whole"}
OF_8_BITS = [name for name in FAMILIES if not OTHERS & set(name.split())]


def random_model(family, seed, *, ties=False):
    """A model of `family` (a name of FAMILIES) as bytes, and a list of random inputs for it.

    With `ties` all scales are powers of two, and so is how far quantized values lie apart: many
    results lie halfway between two integers.
    """
    rng = np.random.default_rng((seed, *family.encode()))
    specs, output, options, fields = FAMILIES[family](rng)
    outputs = output if isinstance(output, list) else [output]
    if not ties:
        content = model(family.split()[0], specs, outputs, options, **fields)
        return content, [draw.values(rng, spec) for spec in specs if spec and spec.is_input]
    steps = _steps(np.random.default_rng(seed), specs)
    specs, outputs = _coarse(_snapped(specs), steps), _snapped(outputs)
    content = model(family.split()[0], specs, outputs, options, **fields)
    pairs = zip(specs, steps, strict=True)
    given = [(spec, step) for spec, step in pairs if spec and spec.is_input]
    return content, [_apart(draw.values(rng, spec), spec, step) for spec, step in given]


def kernel_sets(content):
    """The kernel sets that have the operator of a model, by what the engine registers."""
    graph = read(content)
    return kernel_of(Node.of(graph, graph.operators[0], "reference")).sets


def _steps(rng, specs):
    """How far apart values of each tensor lie: 1 to 32, what is added to products as far as these.

    Without a step a product of many has its ties all but never.
    """
    steps = [int(2 ** rng.integers(0, 6)) for _ in specs]
    for place, spec in enumerate(specs):
        if spec and spec.product_of:
            steps[place] = prod(steps[i] for i in spec.product_of)
    return steps


def _coarse(specs, steps):
    """The same tensors; constants on fewer integers."""
    pairs = zip(specs, steps, strict=True)
    return [replace(spec, data=_apart(spec.data, spec, k)) if spec else None for spec, k in pairs]


def _apart(q, spec, step):
    """Quantized values, moved towards the zero point so that most lie whole steps from it.

    None is moved onto it: some operators divide.
    """
    numbers = spec.scale is not None and np.dtype(spec.dtype).kind in "iu"
    if q is None or spec.draw is not None or not numbers:
        return q
    distance = np.asarray(q, np.int64) - spec.zero_point
    moved = np.trunc(distance / step) * step
    return (spec.zero_point + np.where(moved == 0, distance, moved)).astype(spec.dtype)


def _snapped(specs):
    """The same tensors, their scales the nearest powers of two, or the product of such."""
    snapped = [_power_of_two(spec) for spec in specs]
    for place, spec in enumerate(snapped):
        if spec and spec.product_of:
            a, b = (snapped[i].scale for i in spec.product_of)
            snapped[place] = replace(spec, scale=a * b)
    return snapped


def _power_of_two(spec):
    if spec is None or spec.scale is None:
        return spec
    return replace(spec, scale=np.exp2(np.rint(np.log2(np.float32(spec.scale)))))
