"""Options of custom operators, where these are a map in a flexbuffer."""

from __future__ import annotations

from typing import Any

from flatbuffers import flexbuffers


def options(content: bytes) -> dict[str, Any]:
    """The named values of a flexbuffer whose root is a map.

    Raises:
        ValueError: another root, and what is no flexbuffer.

    >>> options(flexbuffers.Dumps({"max_detections": 10}))
    {'max_detections': 10}
    """
    try:
        value = flexbuffers.Loads(content)
    except Exception as error:  # damaged bytes break its reader in many ways
        raise ValueError(f"no flexbuffer: {error}") from error
    if not isinstance(value, dict):
        raise ValueError(f"a flexbuffer that holds {type(value).__name__}, expected a map")
    return value
