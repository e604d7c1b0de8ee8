"""A checkpoint is whole, or refused with what to do."""

import gc
import warnings

import numpy as np
import pytest

from qnn_edu.nets.runs import checkpoint

WHICH = {"seed": 1}


def other(path):
    np.savez(path, a=np.arange(3))


def no_archive(path):
    path.write_bytes(b"not numbers")


def half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def empty(path):
    path.write_bytes(b"")


def saved(folder):
    path = folder / checkpoint.FILE
    checkpoint.save(path, WHICH, [{"loss": 1.0}], [np.ones(3, np.float32)])
    return path


@pytest.mark.parametrize("damage", [other, no_archive, half, empty])
def test_a_damaged_checkpoint_is_refused_and_closed(damage, tmp_path):
    path = saved(tmp_path)
    assert checkpoint.load(path, WHICH).log == [{"loss": 1.0}]
    damage(path)
    with pytest.raises(ValueError, match=r"is no checkpoint, or damaged .* Delete it"):
        checkpoint.load(path, WHICH)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gc.collect()
    assert [str(it.message) for it in told] == []


def test_a_checkpoint_of_another_run_is_none(tmp_path):
    assert checkpoint.load(saved(tmp_path), {"seed": 2}) is None
