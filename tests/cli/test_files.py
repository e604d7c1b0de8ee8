"""Files that a command reads: whole, or refused and let go."""

import gc
import warnings

import numpy as np
import pytest

from qnn_edu.cli.files import read_arrays


@pytest.mark.parametrize("name", ["x.npy", "x.npz"])
def test_a_damaged_file_is_closed_when_it_is_refused(name, tmp_path):
    np.savez(tmp_path / "whole.npz", np.arange(1000))
    content = (tmp_path / "whole.npz").read_bytes()
    (tmp_path / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(ValueError, match=r"is not a file of numbers"):
        read_arrays(tmp_path / name)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        gc.collect()
    assert [str(it.message) for it in told] == []
