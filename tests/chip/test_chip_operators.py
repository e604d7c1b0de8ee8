"""Random models of one operator, all in one program: every output is the engine's."""

from collections import Counter
from functools import cache

import pytest

from qnn_edu import chip
from qnn_edu.chip.layers import LAYERS
from qnn_edu.tflite import read
from tests.chip.compiled import Compiled, assert_equals_engine, random_inputs
from tests.chip.needs import sanitizers
from tests.oracle import random_models
from tests.oracle.random_models import random_model
from tools.chip.targets import EMULATED, STRICT

pytestmark = pytest.mark.more  # a C compiler
FAMILIES = sorted(
    family
    for family in random_models.OF_8_BITS
    if family.split()[0] in LAYERS
    and family != "QUANTIZE"  # from real numbers
    and family.split()[-1] != "computed"  # weights
)
MODELS = 8  # of each family, half of them full of ties
TRIED = 60  # to find as many: others resize bytes in float, have open batches, several scales


@cache
def random_graphs(family):
    """Models of a family that become C."""
    graphs = []
    for seed in range(TRIED):
        graph = read(random_model(family, seed, ties=seed % 2 == 1)[0])
        if len(graphs) < MODELS and not chip.blockers(graph):
            graphs.append(graph)
    return graphs


def every(count):
    """(family, graph) of so many models of each family."""
    return [(family, graph) for family in FAMILIES for graph in random_graphs(family)[:count]]


def test_every_layer_has_a_family():
    assert {family.split()[0] for family in FAMILIES} == set(LAYERS)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_there(family):
    assert len(random_graphs(family)) == MODELS


@pytest.mark.slow
def test_every_output_is_the_engine_s(tmp_path):
    families, graphs = zip(*every(MODELS), strict=True)
    program = Compiled(graphs, tmp_path)
    values = Counter()
    for k, (family, graph) in enumerate(zip(families, graphs, strict=True)):
        values[family] += assert_equals_engine(program, k, *random_inputs(graph, 3, seed=k))
    assert set(values) == set(FAMILIES) and min(values.values()) > 20


@pytest.mark.slow
def test_no_operator_breaks_a_rule_that_sanitizers_know(tmp_path):
    graphs = [graph for _, graph in every(3)]
    program = Compiled(graphs, tmp_path, sanitizers(tmp_path))
    for k, graph in enumerate(graphs):
        assert_equals_engine(program, k, *random_inputs(graph, 2, seed=k))


@pytest.mark.slow
@pytest.mark.parametrize("target", EMULATED, ids=lambda target: target.name)
def test_a_chip_computes_the_same(target, tmp_path):
    graphs = [graph for _, graph in every(3)]
    program = Compiled(graphs, tmp_path, (*STRICT, "-Wno-unused-function"), target)
    for k, graph in enumerate(graphs):
        assert_equals_engine(program, k, *random_inputs(graph, 2, seed=k))
