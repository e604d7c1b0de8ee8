"""Explore mixed bits: give each layer its bits, and see what they take and what they change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

import ipywidgets as widgets

from qnn_edu.draw.panels.mixed_bits import MixedBits
from qnn_edu.ui import controls, numbers
from qnn_edu.ui.live import Live, live
from qnn_edu.ui.screen import Numbers, Plot

ALT = (
    "Left, a bar for each layer, as long as its weights take in the bits chosen, before a grey one "
    "for 8 bits; right, KL of the answers against average bits of this mix, of the greedy search, "
    "and of the same bits in all layers."
)
TIP = "Bits of each weight of this layer: n bits give 2 to the power n, less one, levels"
START = 3


def mixed_bits(
    model: Any = None,
    data: tuple[Any, Any] | None = None,
    *,
    calibration: Any = None,
    layers: Iterable[str] | None = None,
) -> Live:
    """Give each layer 8, 4, 3 or 2 bits, and find a mix that changes answers less than others.

    Without a model, the digits network, 200 training digits as calibration, and the test digits.
    `model`: a Keras model; `data`: inputs (n, ...) and their class numbers (n,), on which accuracy
    is judged. `calibration`: inputs on which layers are rounded and the KL is measured, without
    labels, None for the first 200 of `data`. `layers`: those with a control, None for all with
    weights but the first and the last, of more than 12 those with the most weights.

    Controls: bits for each layer, by its name. Values: what `numbers.mixed_bits.tried` gives. Each
    layer is rounded once for each number of bits, by "descend" of `nets.quantize_trained`; a mix is
    the float network with these weights, its activations and all other layers in float, as
    `nets.mixed_bits` judges it.

    Raises:
        ValueError: a model without data, labels that do not fit the inputs, a layer that is not
            there, and what `nets.mixed_bits` refuses.

    >>> explorer = mixed_bits()
    >>> more = explorer.at(block1_pointwise=8)
    >>> more["average"] > explorer.values["average"], more["kl"] < explorer.values["kl"]
    (True, True)
    """
    subject = numbers.mixed_bits.subject(model, data, calibration=calibration, layers=layers)
    uniform = numbers.mixed_bits.uniform(subject)
    picture = MixedBits(subject.sizes, path=subject.path, uniform=uniform)
    return live(
        partial(numbers.mixed_bits.tried, subject),
        Plot.of(picture),
        _controls(subject.sizes),
        readout=partial(_readout, subject.accuracy),
        alt=ALT,
    )


def _controls(layers: Iterable[str]) -> dict[str, widgets.Widget]:
    widths = sorted(numbers.mixed_bits.WIDTHS)
    return {name: controls.stops(name, START, widths, tip=TIP) for name in layers}


def _readout(real: float, found: Numbers) -> Mapping[str, str]:
    return {
        "on average": f"{found['average']:.2f} bits a weight",
        "KL": f"{found['kl']:.2g} nats, greedy with as few bits {found['greedy']:.2g}",
        "accuracy": f"{found['accuracy']:.2f} % (float {real:.2f} %)",
        "all weights in these bits": f"{found['bytes']:,} bytes",
        "stored as int8": f"{found['int8']:,} bytes, whatever the bits",
        "packed as int4": f"{found['int4']:,} bytes",
    }
