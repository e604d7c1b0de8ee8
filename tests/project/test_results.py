"""What page, figure and lesson say of CIFAR-10 is what the runs gave."""

from pathlib import Path

import pytest

from qnn_edu.data import recorded_accuracy, recorded_runs
from tools.assets.accuracy import PAGE, gathered, table, with_table

RUNS = Path(__file__).parents[2] / "results" / "runs"
NETWORKS = ("mobilenet_v1", "resnet8")


def test_the_record_is_that_of_the_runs():
    assert recorded_runs() == gathered(RUNS)


def test_the_page_shows_the_record():
    page = PAGE.read_text()
    assert page == with_table(page, table(recorded_runs()))


@pytest.mark.parametrize("model", NETWORKS)
def test_every_seed_ran_in_every_way(model):
    """But for 7, 6 and 5 bits, between which little happens: one seed."""
    right = recorded_accuracy(model)
    seeds = len(right["float"][32])
    assert seeds >= 2
    for way in set(right) - {"float"}:
        counts = {bits: len(each) for bits, each in right[way].items()}
        assert counts == dict.fromkeys((8, 4, 3, 2), seeds) | dict.fromkeys((7, 6, 5), 1)


def test_files_are_as_right_as_the_networks_they_come_from():
    """Within 0.3 points, or three standard errors where they disagree on up to 22 of 100 images."""
    apart = {
        (run["model"], run["bits"], run["seed"], kernels): right - run["accuracy"]
        for run in recorded_runs()
        if run["method"] == "qat"
        for kernels, right in run["file_accuracy"].items()
    }
    bounds = {8: 0.3} | dict.fromkeys((7, 6, 5, 4, 3, 2), 1.0)
    assert {key: points for key, points in apart.items() if abs(points) > bounds[key[1]]} == {}


def test_a_network_that_was_not_trained_is_refused():
    with pytest.raises(ValueError, match="choose one of mobilenet_v1, resnet8"):
        recorded_accuracy("resnet50")
