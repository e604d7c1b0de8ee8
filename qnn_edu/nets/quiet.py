"""Keeping native libraries from writing into a lesson."""

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

from qnn_edu.missing import require


@contextmanager
def quiet_stderr() -> Iterator[None]:
    """Hold back what native code writes to the error stream; show it if the block fails.

    LiteRT and TensorFlow write notes there that Python cannot switch off.
    """
    sys.stderr.flush()
    stream = os.dup(2)
    with tempfile.TemporaryFile() as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        except BaseException:
            held.seek(0)
            os.write(stream, held.read())
            raise
        finally:
            os.dup2(stream, 2)
            os.close(stream)


def load_tensorflow() -> ModuleType:
    """The `tensorflow` module, loaded without its greetings.

    Raises:
        NotInstalled: it is not here.

    >>> load_tensorflow().constant([1.0, 2.0]).shape
    TensorShape([2])
    """
    require("tensorflow")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with quiet_stderr():
        import tensorflow
    return tensorflow


def load_keras() -> ModuleType:
    """The `keras` module, loaded without TensorFlow's greetings.

    Raises:
        NotInstalled: it is not here, or TensorFlow is not.

    >>> load_keras().backend.backend()
    'tensorflow'
    """
    load_tensorflow()
    require("keras")
    import keras

    return keras
