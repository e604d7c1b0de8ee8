"""Where the file says float: the models of other families, on real numbers."""

import numpy as np

from tests.oracle.families import (
    layers,
    moving,
    nonlinear,
    pairs,
    pooling,
    reducing,
    rescaling,
    resize,
    transposed,
    weights,
)
from tests.oracle.one_operator import Spec


def in_float(make):
    """A family like another: every tensor that has a scale holds real numbers instead."""

    def made(rng):
        specs, output, options, fields = make(rng)
        fields = fields | {"version": 1}
        return [_real(spec, rng) for spec in specs], _real(output, rng), options, fields

    return made


def _real(spec, rng):
    if spec.scale is None:
        return spec
    data = None if spec.data is None else rng.normal(0, 1, spec.shape)
    return Spec(spec.shape, np.float32, data=data)


ALIKE = (
    layers.FAMILIES
    | {name: pairs.FAMILIES[name] for name in ("ADD", "SUB", "MUL")}
    | pooling.FAMILIES
    | reducing.FAMILIES
    | nonlinear.FAMILIES
    | moving.FAMILIES
    | resize.FAMILIES
    | transposed.FAMILIES
    | {"CONV_2D groups": weights.FAMILIES["CONV_2D groups"]}
    | {name: rescaling.FAMILIES[name] for name in ("RELU", "RELU6")}
)
FAMILIES = {f"{name} float": in_float(make) for name, make in ALIKE.items()}
