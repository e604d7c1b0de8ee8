"""Public networks in C: every output is the engine's, on this machine and on emulated chips."""

import pytest

from qnn_edu import chip
from qnn_edu.engine.blockers import blockers
from qnn_edu.engine.plan import plan
from qnn_edu.tflite import read
from tests.chip.compiled import Compiled, assert_equals_engine, random_inputs
from tools.chip.__main__ import PUBLIC
from tools.chip.targets import EMULATED, STRICT

pytestmark = [pytest.mark.more, pytest.mark.slow]  # C compilers, and minutes
SHARE = 0.75  # of the integer networks that the engine runs
LARGE = 20_000_000  # bytes of arena: minutes for an image


@pytest.fixture(scope="module")
def networks(real_data):
    """Name and graph of the integer networks that the engine runs."""
    found = {}
    for file in sorted((real_data / "corpus" / "networks").glob("*.tflite")):
        try:
            graph = read(file)
        except ValueError:
            continue  # tests/tflite holds what it says
        if not blockers(graph) and not plan(graph, "reference").in_float:
            found[file.name] = graph
    if not found:
        pytest.skip("needs the public networks, which are not here")
    return found


def test_most_networks_become_c(networks):
    exported = [name for name, graph in networks.items() if not chip.blockers(graph)]
    assert len(exported) >= SHARE * len(networks)
    assert len(exported) >= 25


def test_every_network_equals_the_engine(networks, tmp_path):
    for name, graph in networks.items():
        if chip.blockers(graph) or chip.program(graph).arena_bytes > LARGE:
            continue
        folder = tmp_path / name
        folder.mkdir()
        count = 8 if chip.program(graph).variables else 1
        program = Compiled([graph], folder)
        assert assert_equals_engine(program, 0, *random_inputs(graph, count, seed=1)), name


@pytest.mark.parametrize("target", EMULATED, ids=lambda target: target.name)
def test_ten_networks_equal_the_engine_on_a_chip(target, networks, tmp_path):
    chosen = [g for n, g in networks.items() if n.endswith(tuple(f"_{e}" for e in PUBLIC.values()))]
    assert len(chosen) == len(PUBLIC) == 10
    program = Compiled(chosen, tmp_path, (*STRICT, "-Wno-unused-function"), target)
    for k, graph in enumerate(chosen):
        count = 4 if chip.program(graph).variables else 1
        assert assert_equals_engine(program, k, *random_inputs(graph, count, seed=k))
