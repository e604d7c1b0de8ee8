"""Random models of one operator, all in one file of C: every output is the engine's."""

from collections import Counter

import pytest

from qnn_edu import chip
from qnn_edu.chip.program import LAYERS
from qnn_edu.tflite import read
from tests.chip.compiled import STRICT, Compiled, assert_equals_engine, random_inputs, sanitizers
from tests.oracle import random_models
from tests.oracle.random_models import random_model

pytestmark = pytest.mark.more  # a C compiler
FAMILIES = sorted(
    family
    for family in random_models.OF_8_BITS
    if family.split()[0] in LAYERS
    and family != "QUANTIZE"  # that one is from real numbers
    and family.split()[-1] not in ("computed", "groups")  # which C lacks
)
MODELS = 12  # of each family
OF_INT8_ALONE = {"RESIZE_BILINEAR"}  # uint8 is resized in float32


def random_graphs(count):
    """(family, graph) of models whose inputs and outputs have one type: int8 or uint8."""
    for family in FAMILIES:
        graphs = (read(random_model(family, seed)[0]) for seed in range(1000))
        kept = 0
        for graph in graphs:
            ends = {graph.tensors[i].type for i in (*graph.inputs, *graph.outputs)}
            fits = ends == {"INT8"} if family in OF_INT8_ALONE else len(ends) == 1
            if fits and kept < count:
                kept += 1
                yield family, graph
            elif kept == count:
                break


def compiled(graphs, folder, flags):
    headers = [chip.export_c(graph, name=f"m{k}") for k, graph in enumerate(graphs)]
    return Compiled(headers, graphs, folder, flags)


def test_every_layer_has_a_family():
    assert {family.split()[0] for family in FAMILIES} == set(LAYERS)


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_there_in_int8(family):
    types = [g.tensors[g.inputs[0]].type for f, g in random_graphs(MODELS) if f == family]
    assert len(types) == MODELS and types.count("INT8") >= 5


@pytest.mark.slow
def test_every_output_is_the_engine_s(tmp_path):
    families, graphs = zip(*random_graphs(MODELS), strict=True)
    program = compiled(graphs, tmp_path, STRICT)
    values = Counter()
    for k, (family, graph) in enumerate(zip(families, graphs, strict=True)):
        values[family] += assert_equals_engine(program, k, *random_inputs(graph, 5, seed=k))
    assert set(values) == set(FAMILIES) and min(values.values()) > 500


@pytest.mark.slow
def test_no_operator_breaks_a_rule_that_sanitizers_know(tmp_path):
    _, graphs = zip(*random_graphs(3), strict=True)
    program = compiled(graphs, tmp_path, sanitizers(tmp_path))
    for k, graph in enumerate(graphs):
        assert_equals_engine(program, k, *random_inputs(graph, 2, seed=k))
