"""What cannot become C is refused, all of it at once, each with its place and the reason."""

from __future__ import annotations

from collections.abc import Sequence

from qnn_edu.engine.blockers import Blocker, listed

FLOAT_ADVICE = (
    "A program has integers only, of 8 bits: take the network's int8 or uint8 file, quantized "
    "throughout. From a float file, AI Edge Quantizer makes one (its recipe static_wi8_ai8 and "
    "some inputs); from a Keras model, `qnn-edu convert --recipe int8 --io int8` does."
)
OTHER_ADVICE = (
    "What C lacks can be left to the caller, at the network's end, or to LiteRT for "
    "Microcontrollers, which takes the file as it is."
)


class Refused(Exception):
    """Why an operator cannot become C, in words that end a sentence."""


def require(condition: object, reason: str) -> None:
    """Refuse an operator unless `condition` holds.

    Raises:
        Refused: with the reason.

    >>> require(False, "it pads 9 dimensions")
    Traceback (most recent call last):
    qnn_edu.chip.refusal.Refused: it pads 9 dimensions
    """
    if not condition:
        raise Refused(reason)


def refusal(found: Sequence[Blocker], operators: int) -> str:
    """All reasons, each with the operators that it holds for, and advice.

    >>> print(refusal([Blocker(2, "WHILE", "C lacks it"), Blocker(5, "WHILE", "C lacks it")], 9))
    export_c: 2 of 9 operators cannot be exported.
      2 x WHILE (2, 5): C lacks it.
    What C lacks can be left to the caller, ...
    """
    count = len({blocker.index for blocker in found} - {None})
    first = f"{count} of {operators} operators cannot" if count else "the model cannot"
    lines = [f"export_c: {first} be exported.", *(f"{line}." for line in listed(found))]
    in_float = any("FLOAT" in blocker.reason for blocker in found)
    return "\n".join([*lines, FLOAT_ADVICE if in_float else OTHER_ADVICE])
