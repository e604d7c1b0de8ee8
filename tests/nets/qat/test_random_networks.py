"""200 networks drawn at random: each file in integers, each rounding the model's within a step."""

import pytest

from qnn_edu.nets.qat import trial
from qnn_edu.nets.qat.prepare import quantize_aware
from tests.nets.qat.random_networks import random_network
from tests.nets.qat.steps import beyond, roundings, settled

COUNT, APART = 200, 10  # networks, and in how many tests
KERNELS = ("reference", "optimized", "xnnpack")  # in turns


def check(seed, monkeypatch):
    monkeypatch.setattr(trial, "TRIED", -1)  # the file is made below, trained
    prepared, xs = settled(quantize_aware(random_network(seed)), seed=seed)
    kernels = KERNELS[seed % len(KERNELS)]
    apart = roundings(prepared, xs, kernels=kernels)
    assert not beyond(apart), (seed, kernels)
    assert kernels != "xnnpack" or max(each.steps for each in apart) <= 1.01, seed


@pytest.mark.more
@pytest.mark.parametrize("first", range(0, COUNT, COUNT // APART))
def test_a_file_rounds_as_its_model_does(first, monkeypatch):
    for seed in range(first, first + COUNT // APART):
        check(seed, monkeypatch)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 24, 58, 68, 90, 131])
def test_six_of_them_at_once(seed, monkeypatch):
    check(seed, monkeypatch)
