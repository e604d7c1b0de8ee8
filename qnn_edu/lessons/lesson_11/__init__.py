"""Exercises of lesson 11: when eight bits fail."""

from qnn_edu.lessons.lesson_11.corrected_bias import corrected_bias
from qnn_edu.lessons.lesson_11.equalizing_factor import equalizing_factor
from qnn_edu.lessons.lesson_11.made_up import made_up
from qnn_edu.lessons.lesson_11.scaled_relu6 import scaled_relu6

__all__ = ["equalizing_factor", "scaled_relu6", "corrected_bias", "made_up"]
