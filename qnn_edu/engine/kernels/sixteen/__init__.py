"""Activations of 16 bits, as int16x8 has them: centred on 0, between weights of 8 bits or fewer.

XNNPACK has no such kernels, and LiteRT's own mostly one law for both sets: where a docstring names
no set, it holds for all.
"""

from __future__ import annotations

from functools import partial

from qnn_edu.engine.kernel import SHORTS, Kernel, always

Short = partial(Kernel, types=SHORTS, declined=always)
