"""Keras models of the course, and reading a model from where it was saved."""

from qnn_edu.nets.models.breaking import WAYS, Broken, broken
from qnn_edu.nets.models.residual import resnet
from qnn_edu.nets.models.separable import digits_net, mobilenet_v1
from qnn_edu.nets.models.stretching import stretch, stretch_factors

__all__ = [
    "WAYS",
    "Broken",
    "broken",
    "digits_net",
    "mobilenet_v1",
    "resnet",
    "stretch",
    "stretch_factors",
]
