"""Exercises of lesson 04: post-training quantization."""

from qnn_edu.lessons.lesson_04.calibrated import calibrated
from qnn_edu.lessons.lesson_04.input_params import input_params
from qnn_edu.lessons.lesson_04.layer_to_free import layer_to_free
from qnn_edu.lessons.lesson_04.share_made import share_made

__all__ = ["input_params", "calibrated", "share_made", "layer_to_free"]
