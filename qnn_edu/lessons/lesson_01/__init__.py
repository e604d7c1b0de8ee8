"""Exercises of lesson 01: a quantized model at work."""

from qnn_edu.lessons.lesson_01.model_input import model_input
from qnn_edu.lessons.lesson_01.probabilities import probabilities
from qnn_edu.lessons.lesson_01.top import top

__all__ = ["model_input", "probabilities", "top"]
