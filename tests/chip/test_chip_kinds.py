"""Kinds of models in C: whatever can be exported compiles, and equals the engine, bit for bit."""

import warnings

import pytest

from qnn_edu import chip, nets
from qnn_edu.tflite import read
from tests.chip.compiled import Compiled, assert_equals_engine, random_inputs
from tests.nets.kinds.table import KINDS, built, data

pytestmark = pytest.mark.more  # a C compiler, and minutes
IN_ONE_PROGRAM = 40


def files(name):
    """The integer files of a kind: calibrated, and of its prepared copy, where there are any."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Keras
        model = built(name)
        for content in (
            lambda: nets.convert(model, "int8", calibration=data(model)),
            lambda: nets.convert(nets.quantize_aware(model), "int8"),
        ):
            try:
                yield content()
            except ValueError:  # tests/nets/test_kinds.py holds what it says
                pass


def exported():
    """Each file that can be exported: its kind and its graph."""
    for name in KINDS:
        for content in files(name):
            graph = read(content)
            try:
                chip.export_c(graph)
            except ValueError:
                continue
            yield name, graph


def test_whatever_is_exported_equals_the_engine(tmp_path):
    found = list(exported())
    for start in range(0, len(found), IN_ONE_PROGRAM):
        graphs = [graph for _, graph in found[start : start + IN_ONE_PROGRAM]]
        folder = tmp_path / str(start)
        folder.mkdir()
        program = Compiled(graphs, folder)
        for k, graph in enumerate(graphs):
            assert assert_equals_engine(program, k, *random_inputs(graph, 20, seed=k))
    assert len({name for name, _ in found}) >= 70
