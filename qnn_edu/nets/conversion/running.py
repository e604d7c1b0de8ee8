"""Letting TensorFlow's converter do its work, and saying where in the model it gave up."""

from typing import Any

from qnn_edu.nets.conversion.nodes import of_kinds
from qnn_edu.nets.conversion.source import Source
from qnn_edu.nets.conversion.toolchain import converted
from qnn_edu.nets.conversion.tracing import layer_names


def file_of(origin: Source, converter: Any) -> bytes:
    """What a `tf.lite` converter of this model makes, with the options that it was given.

    Raises:
        ValueError: the converter gave up; the message names the layers with the operators that
            LiteRT does not have.

    >>> from qnn_edu.nets.conversion.source import source
    >>> from qnn_edu.nets.models import digits_net
    >>> origin = source(digits_net())
    >>> file_of(origin, origin.converter())[4:8]
    b'TFL3'
    """
    return converted(
        converter.convert, lambda kind: layer_names(origin, of_kinds(origin.function, {kind}))
    )
