"""Ten thousand damaged files: each is read, or refused with a ValueError."""

import numpy as np
import pytest

from qnn_edu.data import asset
from qnn_edu.tflite import read
from tests.tflite.blockwise import drawn, table_of_rows
from tests.tflite.sparse import two_by_four

CASES = 2500  # of each kind, on four models in turn
WORDS = (0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def flipped_bits(content, rng):
    for place in rng.integers(8, len(content), rng.integers(1, 20)):
        content[place] ^= 1 << rng.integers(8)
    return content


def cut_short(content, rng):
    return content[: rng.integers(0, len(content))]


def extreme_word(content, rng):
    place = rng.integers(0, len(content) - 4) // 4 * 4
    content[place : place + 4] = int(rng.choice(WORDS)).to_bytes(4, "little")
    return content


def random_run(content, rng):
    place = rng.integers(0, len(content) - 64)
    content[place : place + 64] = rng.bytes(64)
    return content


@pytest.mark.slow
@pytest.mark.parametrize("damage", [flipped_bits, cut_short, extreme_word, random_run])
def test_a_damaged_file_is_read_or_refused(damage):
    models = [asset(f"digits_{kind}.tflite").read_bytes() for kind in ("int8", "float32")]
    models += [table_of_rows(*drawn()), two_by_four()]
    rng = np.random.default_rng(1)
    refused = 0
    for case in range(CASES):
        try:
            graph = read(bytes(damage(bytearray(models[case % 4]), rng)))
        except ValueError as error:
            assert str(error) and not isinstance(error, UnicodeError)
            refused += 1
            continue
        with np.errstate(all="ignore"):  # damaged numbers may overflow
            for tensor in graph.tensors:
                assert tensor.short_name is not None
                assert (tensor.real is None) == (tensor.data is None)
                assert tensor.params is None or tensor.scale is not None
    assert refused > CASES / 20
