"""Floor 1: what is done to a trained network before it is quantized; arrays in, arrays out."""

from qnn_edu.ptq.bias import correct_bias, relu_mean
from qnn_edu.ptq.equalization import Equalized, equalize
from qnn_edu.ptq.folding import affine_form, fold_affine, fold_batch_norm
from qnn_edu.ptq.moments import Moments, matched
from qnn_edu.ptq.rounding.adaround import adaround
from qnn_edu.ptq.rounding.descend import descend
from qnn_edu.ptq.rounding.gptq import gptq
from qnn_edu.ptq.rounding.nearest import round_to_nearest
from qnn_edu.ptq.rounding.registry import ROUNDINGS
from qnn_edu.ptq.rounding.rounded import Rounded, output_error

__all__ = [
    "ROUNDINGS",
    "Equalized",
    "Moments",
    "Rounded",
    "adaround",
    "affine_form",
    "correct_bias",
    "descend",
    "equalize",
    "fold_affine",
    "fold_batch_norm",
    "gptq",
    "matched",
    "output_error",
    "relu_mean",
    "round_to_nearest",
]
