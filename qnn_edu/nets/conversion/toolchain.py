"""TensorFlow's converter kept quiet, and its failures as one error that says what was wrong."""

import contextlib
import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator

from qnn_edu.nets.quiet import quiet_stderr


def converted(work: Callable[[], bytes], layers: Callable[[str], str] = lambda kind: "") -> bytes:
    """What `work()` makes; nothing that the converter says on the way reaches a lesson.

    `layers` tells where in the model an operator of TensorFlow's stands, by its kind.

    Raises:
        ValueError: the converter gave up. Its own error, pages long, is the cause of this one.

    >>> converted(lambda: b"TFL3")
    b'TFL3'
    """
    from tensorflow.lite.python.convert import ConverterError

    with hushed():
        try:
            return work()
        except (ConverterError, RuntimeError, ValueError) as error:
            failure = error  # raised where its pages of notes are no longer shown
    if isinstance(failure, ValueError):
        raise failure
    raise ValueError(
        f"convert: TensorFlow's converter gave up: {_essence(failure, layers)}"
    ) from failure


@contextlib.contextmanager
def hushed() -> Iterator[None]:
    """Hold back all that the converter says of its own insides: warnings, logs, both streams.

    >>> with hushed():
    ...     print("tf_quant.stats")
    """
    loggers = [logging.getLogger(name) for name in ("absl", "tensorflow")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings(), quiet_stderr(), contextlib.redirect_stdout(io.StringIO()):
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


_NOT_IN_LITERT = r"'tf\.(\w+)' op is neither a custom op nor a flex op"
# What the converter says, and what it means.
_MEANINGS = {
    r"Max and min for dynamic tensors should be recorded .* Failed for tensor (\S+)": (
        "tensor {} has no range, since it holds whole numbers or is never computed. 'int16x8' "
        "wants real numbers throughout; 'int8' with io='float32' leaves such operators alone"
    ),
    r"gather index out of bounds()": (
        "a whole number in the calibration data has no row in an Embedding (GATHER)"
    ),
}


def _essence(error: Exception, layers: Callable[[str], str]) -> str:
    """The sentences of a converter's error that name an operator, or else its first line."""
    text = str(error).strip()
    if kinds := dict.fromkeys(re.findall(_NOT_IN_LITERT, text)):
        places = ((kind, layers(kind)) for kind in kinds)
        listed = "; ".join(f"{kind}, in {where}" if where else kind for kind, where in places)
        return (
            f"LiteRT has no such operator, or not for its types: {listed}. Write that layer with "
            "other operators, in float32, or "
            "leave its work to what stands before or behind the model."
        )
    for said, meant in _MEANINGS.items():
        if found := re.search(said, text, re.DOTALL):
            return meant.format(found[1])
    named = dict.fromkeys(re.findall(r"'tfl?\.\w+' op [^\n]*", text))
    return "; ".join(named) or text.partition("\n")[0]
