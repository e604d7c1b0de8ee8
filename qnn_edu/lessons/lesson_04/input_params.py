"""(q - mean) / std = scale * (q - zero_point): scale 1 / std, zero point mean, rounded."""

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(mean, std):
    return 1 / std, round(mean)


@mistake("the deviation came back as the scale. A step of q is a step of 1 / std in x.")
def std_as_scale(mean, std):
    return std, round(mean)


@mistake("1/255 is the scale of images from 0 to 1. Here std divides.")
def always_255(mean, std):
    return 1 / 255, round(mean)


@mistake(
    "the sign of the zero point: it is the q that stands for x = 0, and (q - mean) / std is 0 at "
    "q = mean."
)
def negative_mean(mean, std):
    return 1 / std, -round(mean)


@mistake("that is the x of q = 0, a real number. The zero point is the q of x = 0.")
def real_offset(mean, std):
    return 1 / std, round(-mean / std)


@mistake("scale and zero point are swapped.")
def swapped_params(mean, std):
    return round(mean), 1 / std


input_params = Exercise(
    "Scale and zero point of an input",
    solution,
    cases=[
        (128.0, 128.0),
        (0.0, 255.0),
        (117.0, 58.0),
        (127.5, 127.5),
        (123.675, 58.395),
        (116.28, 57.12),
    ],
    mistakes=(std_as_scale, always_255, negative_mean, real_offset, swapped_params),
    hints=(
        "x = (q - mean) / std, and x = scale * (q - zero_point). Compare the two.",
        "Which factor stands before the bracket, and what is subtracted inside?",
        "return 1 / std, round(mean)",
    ),
    tolerance=FLOAT32,
)
