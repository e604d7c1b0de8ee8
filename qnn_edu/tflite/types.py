"""The types of tensors: what numpy holds them in, and how a file stores their values."""

import numpy as np

# The schema's words. Where numpy has no such type, the next wider one that holds every value.
DTYPES = {
    "FLOAT64": np.float64,
    "FLOAT32": np.float32,
    "FLOAT16": np.float16,
    "BFLOAT16": np.float32,
    "FLOAT8_E4M3FN": np.float32,
    "FLOAT8_E5M2": np.float32,
    "INT64": np.int64,
    "INT32": np.int32,
    "INT16": np.int16,
    "INT8": np.int8,
    "INT4": np.int8,
    "INT2": np.int8,
    "UINT64": np.uint64,
    "UINT32": np.uint32,
    "UINT16": np.uint16,
    "UINT8": np.uint8,
    "UINT4": np.uint8,
    "BOOL": np.bool_,
    "COMPLEX64": np.complex64,
    "COMPLEX128": np.complex128,
    "STRING": np.object_,  # bytes objects
    "RESOURCE": np.object_,  # handles of the runtime: a file holds no values of these two
    "VARIANT": np.object_,
}
_PACKED_BITS = {"INT4": 4, "UINT4": 4, "INT2": 2}


def decode(raw: np.ndarray, word: str, count: int | None) -> np.ndarray:
    """`count` values of the type `word` from the bytes of a buffer, all that it has if None.

    Values below 8 bits share bytes, the first in the lowest bits. Short floats become float32,
    exactly. Strings stay bytes.

    Raises:
        ValueError: a buffer of another length, strings that do not lie in it.

    >>> decode(np.uint8([0x21, 0x0F]), "INT4", 3)
    array([ 1,  2, -1], dtype=int8)
    >>> decode(np.uint8([0x80, 0x3F]), "BFLOAT16", 1)
    array([1.], dtype=float32)
    """
    if DTYPES[word] is np.object_:
        values = _strings(raw)
    elif word in _PACKED_BITS:
        bits = _PACKED_BITS[word]
        values = _unpacked(raw, bits, signed=word.startswith("I"))
        if count is not None and len(raw) == -(-count * bits // 8):
            values = values[:count]  # the last byte may have places to spare
    elif word in _SHORT_FLOATS:
        stored, widened = _SHORT_FLOATS[word]
        values = widened(_viewed(raw, stored))
    else:
        values = _viewed(raw, DTYPES[word])
    if count is not None and len(values) != count:
        raise ValueError(f"data of {len(values)} values for {count} places")
    return values


def _viewed(raw: np.ndarray, dtype: type) -> np.ndarray:
    size = np.dtype(dtype).itemsize
    if len(raw) % size:
        raise ValueError(f"data of {len(raw)} bytes for values of {size} bytes each")
    return raw.view(dtype)


def _unpacked(raw: np.ndarray, bits: int, signed: bool) -> np.ndarray:
    places = np.arange(0, 8, bits, dtype=np.uint8)
    values = (raw[:, None] >> places).ravel() & np.uint8(2**bits - 1)
    if not signed:
        return values
    top = np.int8(2 ** (bits - 1))  # the sign bit: flip it, then count from the lowest value
    return (values.view(np.int8) ^ top) - top


def _bfloat16(bits: np.ndarray) -> np.ndarray:
    return (bits.astype(np.uint32) << 16).view(np.float32)


def _float8_e5m2(bits: np.ndarray) -> np.ndarray:
    return (bits.astype(np.uint16) << 8).view(np.float16).astype(np.float32)


def _float8_e4m3fn(bits: np.ndarray) -> np.ndarray:
    """Exponents count from 7 here and from 15 in float16, so the same bits mean 1/256 there."""
    wide = bits.astype(np.uint16)
    half = ((wide & 0x80) << 8 | (wide & 0x7F) << 7).view(np.float16)
    return np.where(wide & 0x7F == 0x7F, np.float32(np.nan), half.astype(np.float32) * 256)


_SHORT_FLOATS = {  # what a file stores, and how it becomes float32
    "BFLOAT16": (np.uint16, _bfloat16),
    "FLOAT8_E4M3FN": (np.uint8, _float8_e4m3fn),
    "FLOAT8_E5M2": (np.uint8, _float8_e5m2),
}


def _strings(raw: np.ndarray) -> np.ndarray:
    """A count, where each string begins, where the last ends, then the strings: int32 and bytes."""
    words = raw[: len(raw) // 4 * 4].view(np.int32)
    count = int(words[0]) if len(words) > 1 else -1
    if not 0 <= count <= len(words) - 2:
        raise ValueError(f"data of {len(raw)} bytes, which are no strings")
    places = words[1 : count + 2]
    if places[0] < 0 or places[-1] > len(raw) or (places[1:] < places[:-1]).any():
        raise ValueError("data whose strings lie outside it")
    content, values = raw.tobytes(), np.empty(count, np.object_)
    values[:] = [content[a:b] for a, b in zip(places[:-1], places[1:], strict=True)]
    return values
