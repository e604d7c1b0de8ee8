"""Exercises of lesson 07: quantization-aware training."""

from qnn_edu.lessons.lesson_07.delayed import delayed
from qnn_edu.lessons.lesson_07.ranges import ranges
from qnn_edu.lessons.lesson_07.turns import turns
from qnn_edu.lessons.lesson_07.weights import weights

__all__ = ["weights", "ranges", "delayed", "turns"]
