"""Exercises of lesson 10: your own network."""

from qnn_edu.lessons.lesson_10.chance import chance
from qnn_edu.lessons.lesson_10.odd_ones import odd_ones
from qnn_edu.lessons.lesson_10.to_free import to_free
from qnn_edu.lessons.lesson_10.worst_channel import worst_channel

__all__ = ["chance", "odd_ones", "worst_channel", "to_free"]
