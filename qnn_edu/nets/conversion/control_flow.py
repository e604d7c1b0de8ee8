"""Models that are more than a chain of operators, which no integer recipe can calibrate."""

from qnn_edu.nets.conversion.nodes import control_flow, writes
from qnn_edu.nets.conversion.source import Source
from qnn_edu.nets.conversion.tracing import layer_names


def require_straight(origin: Source) -> None:
    """Refuse a model with a loop, a branch or a state in it, before its ranges are measured.

    TensorFlow's calibrator watches one run of one graph; at a loop it ends the process (measured
    with version 2.21). A state would make a range depend on the order of the examples.

    Raises:
        ValueError: there is one; the message names its layer and the way out.

    >>> from qnn_edu.nets.conversion.source import source
    >>> from qnn_edu.nets.models import digits_net
    >>> require_straight(source(digits_net()))
    """
    loops, states = (layer_names(origin, find(origin.function)) for find in (control_flow, writes))
    if loops:
        raise ValueError(
            f"convert: {loops} holds a loop or a branch (While, If), whose activations cannot be "
            "calibrated. A recurrent layer becomes a chain of plain operators by unroll=True, as "
            "keras.layers.LSTM(32, unroll=True), and takes over the weights; or convert by a "
            "recipe without calibration."
        )
    if states:
        raise ValueError(
            f"convert: {states} writes to a variable while it computes (a state kept from call to "
            "call, or random numbers), so its ranges are not those of its input. Leave out "
            "stateful=True, or make the state an input and an output of the model."
        )
