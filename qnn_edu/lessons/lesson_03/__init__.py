"""Exercises of lesson 03: choosing the range."""

from qnn_edu.lessons.lesson_03.best_threshold import best_threshold
from qnn_edu.lessons.lesson_03.channel_scales import channel_scales
from qnn_edu.lessons.lesson_03.moving_average import moving_average
from qnn_edu.lessons.lesson_03.narrow_scale import narrow_scale

__all__ = ["narrow_scale", "channel_scales", "moving_average", "best_threshold"]
