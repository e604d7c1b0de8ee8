"""Random models of one operator that nobody has tuned the engine to, and inputs for them."""

from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

import numpy as np

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

    With `ties` all scales are powers of two, so that many results lie halfway between two integers.
    """
    rng = np.random.default_rng((seed, *family.encode()))
    specs, output, options, fields = FAMILIES[family](rng)
    outputs = output if isinstance(output, list) else [output]
    if ties:
        specs, outputs = _snapped(specs), _snapped(outputs)
    content = model(family.split()[0], specs, outputs, options, **fields)
    return content, [draw.values(rng, spec) for spec in specs if spec and spec.is_input]


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
