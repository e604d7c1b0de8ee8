"""200 networks drawn at random: each file in integers, each rounding the model's within a step.

With LiteRT's own kernels, that is. XNNPACK goes from one int8 range to another by a multiplier of 8
bits, so that a ReLU with an operator to itself is up to two steps away there.
"""

import pytest

from qnn_edu.nets.qat import trial
from qnn_edu.nets.qat.prepare import quantize_aware
from tests.nets.qat.random_networks import random_network
from tests.nets.qat.steps import roundings, settled

COUNT, APART = 200, 10  # networks, and in how many tests


def check(seed, monkeypatch, kernels):
    monkeypatch.setattr(trial, "TRIED", -1)  # the file is made below, trained
    prepared, xs = settled(quantize_aware(random_network(seed)), seed=seed)
    apart = roundings(prepared, xs, kernels=kernels)
    assert max(steps for _, steps, _ in apart) <= 1.01, (seed, apart)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, COUNT, COUNT // APART))
def test_a_file_rounds_as_its_model_does(first, monkeypatch):
    for seed in range(first, first + COUNT // APART):
        check(seed, monkeypatch, ("reference", "optimized")[seed % 2])


@pytest.mark.parametrize("seed", [3, 24])
def test_two_of_them_at_once(seed, monkeypatch):
    check(seed, monkeypatch, "reference")
