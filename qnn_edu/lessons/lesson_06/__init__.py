"""Exercises of lesson 06: the straight-through estimator."""

from qnn_edu.lessons.lesson_06.leaky import leaky
from qnn_edu.lessons.lesson_06.range_gradients import range_gradients
from qnn_edu.lessons.lesson_06.step_gradient import step_gradient
from qnn_edu.lessons.lesson_06.straight_through import straight_through

__all__ = ["straight_through", "range_gradients", "leaky", "step_gradient"]
