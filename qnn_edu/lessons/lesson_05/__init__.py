"""Exercises of lesson 05: a network with fake quantizers."""

from qnn_edu.lessons.lesson_05.filter_ranges import filter_ranges
from qnn_edu.lessons.lesson_05.image_range import image_range
from qnn_edu.lessons.lesson_05.integer_layers import integer_layers
from qnn_edu.lessons.lesson_05.stored_bias import stored_bias

__all__ = ["image_range", "stored_bias", "filter_ranges", "integer_layers"]
