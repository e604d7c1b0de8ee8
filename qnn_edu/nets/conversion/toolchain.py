"""TensorFlow's converter kept quiet, and its failures as one error that says what was wrong."""

import contextlib
import io
import logging
import re
import warnings
from collections.abc import Callable, Iterator

from qnn_edu.nets.quiet import quiet_stderr


def converted(work: Callable[[], bytes]) -> bytes:
    """What `work()` makes; nothing that the converter says on the way reaches a lesson.

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
    raise ValueError(f"convert: TensorFlow's converter gave up: {_essence(failure)}") from failure


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


def _essence(error: Exception) -> str:
    """The sentences of a converter's error that name an operator, or else its first line."""
    text = str(error).strip()
    named = dict.fromkeys(re.findall(r"'tfl?\.\w+' op [^\n]*", text))
    return "; ".join(named) or text.partition("\n")[0]
