"""x = (q - mean) / std at both ends of a byte, q = 0 and q = 255."""

from qnn_edu.lessons.exercise import FLOAT32, Exercise
from qnn_edu.lessons.mistakes import mistake


def solution(mean, std):
    return (0 - mean) / std, (255 - mean) / std


@mistake(
    "the largest byte is 255. With 256 the steps are no longer those of the bytes, and the fake "
    "quantizer rounds what was exact."
)
def one_byte_more(mean, std):
    return (0 - mean) / std, (256 - mean) / std


@mistake("that is a symmetric range. It holds all values, but its steps fall between the bytes.")
def symmetric_image(mean, std):
    largest = max(mean, 255 - mean) / std
    return -largest, largest


@mistake("those are int8 numbers. The bytes of an image go from 0 to 255.")
def signed_bytes(mean, std):
    return -128 / std, 127 / std


@mistake("the mean is subtracted, but the deviation has to divide as well.")
def not_divided(mean, std):
    return 0 - mean, 255 - mean


@mistake("x = (q - mean) / std: subtract first, then divide.")
def divided_first(mean, std):
    return 0 / std - mean, 255 / std - mean


@mistake("the mean is subtracted: byte 0 becomes (0 - mean) / std.")
def mean_added(mean, std):
    return mean / std, (255 + mean) / std


@mistake("that is the way back, from x to a byte: q = x * std + mean. Here q is given.")
def way_back(mean, std):
    return 0 * std + mean, 255 * std + mean


image_range = Exercise(
    "The range of an image",
    solution,
    cases=[
        (128.0, 128.0),
        (0.0, 255.0),
        (117.0, 58.0),
        (127.5, 127.5),
        (20.0, 300.0),
        (200.3, 0.25),
    ],
    mistakes=(
        one_byte_more,
        symmetric_image,
        signed_bytes,
        not_divided,
        divided_first,
        mean_added,
        way_back,
    ),
    hints=(
        "Which x belongs to the smallest byte, and which to the largest?",
        "x = (q - mean) / std, for q = 0 and for q = 255.",
        "return (0 - mean) / std, (255 - mean) / std",
    ),
    tolerance=FLOAT32,
)
