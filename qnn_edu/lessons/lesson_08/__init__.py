"""Exercises of lesson 08: folding batch normalisation."""

from qnn_edu.lessons.lesson_08.cut_idle import cut_idle
from qnn_edu.lessons.lesson_08.depthwise_fold import depthwise_fold
from qnn_edu.lessons.lesson_08.folded_bias import folded_bias
from qnn_edu.lessons.lesson_08.lost_channels import lost_channels

__all__ = ["folded_bias", "depthwise_fold", "lost_channels", "cut_idle"]
