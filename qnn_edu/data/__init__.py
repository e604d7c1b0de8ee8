"""Data for the lessons: digits and photographs offline, CIFAR-10 and MobileNet on demand."""

from qnn_edu.data.answers import recorded_answers
from qnn_edu.data.assets import asset
from qnn_edu.data.cache import DOWNLOADS, NotAvailable, available, fetch
from qnn_edu.data.datasets import cifar10, digits, imagenet_labels
from qnn_edu.data.equalized import recorded_equalization
from qnn_edu.data.ladder import recorded_ladder
from qnn_edu.data.photos import PHOTOS, photo
from qnn_edu.data.recorded import recorded_accuracy, recorded_runs

__all__ = [
    "DOWNLOADS",
    "PHOTOS",
    "NotAvailable",
    "asset",
    "available",
    "cifar10",
    "digits",
    "fetch",
    "imagenet_labels",
    "photo",
    "recorded_accuracy",
    "recorded_answers",
    "recorded_equalization",
    "recorded_ladder",
    "recorded_runs",
]
