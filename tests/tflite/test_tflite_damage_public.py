"""Public files, damaged where their tables lie: each is read, or refused, within a second."""

import time
import zlib

import numpy as np
import pytest

from qnn_edu.tflite import read
from qnn_edu.tflite.unpacking import unpacked

CASES = 100  # of each file
FILES = [
    "09e5e2a9_micro_speech",
    "350af47f_deeplabv3_mnv2_pascal_quant",
    "51975061_pruned_mask_float16",  # subgraphs
    "5d63cb8e_mobilenet_edgetpu_224_1.0_uint8",
    "671dd2f9_face_detection_full_range_sparse",
    "753c2234_toy_model_with_kv_cache_multi_signature",
    "77cb8571_blockwise_quantized",
    "7617647b_hey_peppa_pig",  # variables
    "94375ed2_micro_speech_lstm",
    "eca03ce6_sdpa_composite",  # StableHLO
    "ff1a5e58_torchaudio_conformer",
]


def places_of_tables(content):
    """All places but those of constants: damage there changes numbers and nothing else."""
    table = np.ones(len(content), bool)
    start = np.frombuffer(content, np.uint8).ctypes.data
    for buffer in unpacked(content, "Model").buffers:
        if buffer.data is not None:
            first = buffer.data.ctypes.data - start
            table[first : first + len(buffer.data)] = False
    return np.flatnonzero(table)


def damaged(content, places, rng):
    """A few flipped bits, or a word that is another offset or length, or the beginning alone."""
    changed = bytearray(content)
    place = int(rng.choice(places))
    match rng.integers(4):
        case 0:
            for one in rng.choice(places, rng.integers(1, 20)):
                changed[one] ^= 1 << rng.integers(8)
        case 1:
            changed[place : place + 4] = int(rng.integers(2 * len(content))).to_bytes(4, "little")
        case 2:
            changed[place : place + 4] = rng.bytes(4)
        case 3:
            del changed[place:]
    return bytes(changed)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_public_file_is_read_or_refused_within_a_second(name, real_data):
    content = (real_data / "corpus" / "networks" / f"{name}.tflite").read_bytes()
    places, rng = places_of_tables(content), np.random.default_rng(zlib.crc32(name.encode()))
    refused = 0
    for _ in range(CASES):
        changed = damaged(content, places, rng)
        began = time.process_time()
        try:
            read(changed)
        except ValueError as error:
            assert str(error) and not isinstance(error, UnicodeError)
            refused += 1
        assert time.process_time() - began < 1
    assert refused > CASES / 5
