"""Exercises of lesson 09: integer-only inference."""

from qnn_edu.lessons.lesson_09.accumulator import accumulator
from qnn_edu.lessons.lesson_09.multiplier import multiplier
from qnn_edu.lessons.lesson_09.quantized_bias import quantized_bias
from qnn_edu.lessons.lesson_09.round_once import round_once
from qnn_edu.lessons.lesson_09.round_twice import round_twice

__all__ = ["accumulator", "quantized_bias", "multiplier", "round_twice", "round_once"]
