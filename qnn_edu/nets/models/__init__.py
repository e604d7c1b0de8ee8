"""Keras models of the course, and reading a model from where it was saved."""

from qnn_edu.nets.models.networks import (
    digits_net,
    mobilenet_v1,
    resnet,
    stretch,
    stretch_factors,
)

__all__ = ["digits_net", "mobilenet_v1", "resnet", "stretch", "stretch_factors"]
