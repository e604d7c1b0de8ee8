"""TFLite_Detection_PostProcess, the custom operator that ends SSD networks: one law for all sets.

Boxes are offsets from anchors, both (y, x, height, width): `centre = box / scale * anchor size +
anchor centre` and `half = exp(box / scale) / 2 * anchor size`, in float64; these are rounded to
float32, in which corners and overlaps are computed. Boxes are then chosen by falling score, and
those dropped that overlap a chosen one by more than a threshold (non-maximum suppression).
Sources: Liu et al. 2016, sections 2.1 and 2.2; LiteRT's `detection_postprocess.cc`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from qnn_edu.core.affine import dequantize
from qnn_edu.engine.heap import largest
from qnn_edu.engine.kernel import FLOATS, Kernel, always
from qnn_edu.engine.kernels.rescaling import dequantized_by_eights
from qnn_edu.engine.node import Node
from qnn_edu.engine.rules import without_channels
from qnn_edu.tflite.flexbuffer import options

Chosen = list[tuple[int, np.ndarray]]  # a box, and the classes that are told of it


@dataclass(frozen=True)
class _Settings:
    """The operator's own options; what the file leaves out is 0 or as here."""

    num_classes: int = 0
    max_detections: int = 0
    max_classes_per_detection: int = 0
    nms_score_threshold: float = 0.0
    nms_iou_threshold: float = 0.0
    y_scale: float = 0.0
    x_scale: float = 0.0
    h_scale: float = 0.0
    w_scale: float = 0.0
    detections_per_class: int = 100
    use_regular_nms: bool = False

    @classmethod
    def of(cls, node: Node) -> _Settings:
        given = options(node.option("custom_options", b""))
        usual = asdict(cls())
        return cls(**{name: type(usual[name])(given[name]) for name in usual if name in given})


def post_process(
    node: Node, boxes: np.ndarray, scores: np.ndarray, anchors: np.ndarray
) -> tuple[np.ndarray, ...]:
    """boxes (1, n, 4 or more), scores (1, n, classes), with one of a background in front or not,
    anchors (n, 4). Corners (1, m, 4), classes and scores (1, m), how many boxes there are (1,).

    Places behind the last box are 0; LiteRT leaves there what its memory held, unless it works
    class by class.
    """
    settings = node.once(_Settings.of)
    corners = _corners(settings, _real(node, 0, boxes)[0, :, :4], _real(node, 2, anchors))
    if (corners[:, :2] > corners[:, 2:]).any():
        raise ValueError(
            f"engine: operator {node.operator.index}, {node.operator.name}, meets a box whose "
            "corners are the wrong way round, which LiteRT refuses: its anchor has a size below 0."
        )
    each = _real(node, 1, scores)[0][:, -settings.num_classes :]
    choose = _class_by_class if settings.use_regular_nms else _best_classes
    return _told(settings, corners, each, choose(settings, corners, each))


def _real(node: Node, place: int, q: np.ndarray) -> np.ndarray:
    """Scores are dequantized by vectorized code, boxes and anchors are not."""
    tensor = node.inputs[place]
    if tensor.dtype.kind == "f":
        return q
    return dequantized_by_eights(q, tensor) if place == 1 else dequantize(q, tensor.params)


def _corners(settings: _Settings, boxes: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    """(top, left, bottom, right) of every box."""
    scales = np.array([getattr(settings, f"{name}_scale") for name in "yxhw"], np.float32)
    offsets, anchors = boxes.astype(np.float64) / scales, anchors.astype(np.float64)
    centres = (offsets[:, :2] * anchors[:, 2:] + anchors[:, :2]).astype(np.float32)
    halves = (0.5 * np.exp(offsets[:, 2:]) * anchors[:, 2:]).astype(np.float32)
    return np.hstack([centres - halves, centres + halves])


def _best_classes(settings: _Settings, corners: np.ndarray, scores: np.ndarray) -> Chosen:
    """Boxes by the score of their best class, each with its few best; a heap orders equal ones."""
    count = min(settings.max_classes_per_detection, settings.num_classes)
    kept = _suppressed(settings, corners, scores.max(axis=1), settings.max_detections)
    return [(box, np.array(largest(scores[box].tolist(), count))) for box in kept]


def _class_by_class(settings: _Settings, corners: np.ndarray, scores: np.ndarray) -> Chosen:
    """Suppression for each class alone; of all that are left, the best. First come, first told."""
    each = min(settings.detections_per_class, settings.max_detections)
    found: Chosen = []
    for k in range(settings.num_classes):
        kept = _suppressed(settings, corners, scores[:, k], each)
        found += [(box, np.array([k])) for box in kept]
        found.sort(key=lambda one: -scores[one[0], one[1][0]])
        found = found[: settings.max_detections]
    return found


def _suppressed(
    settings: _Settings, corners: np.ndarray, scores: np.ndarray, most: int
) -> list[int]:
    """The boxes that are kept, by falling score; of equal ones the first in the file."""
    threshold = np.float32(settings.nms_score_threshold)
    left = np.argsort(-scores, kind="stable")
    left, kept = left[scores[left] >= threshold], list[int]()
    while len(left) and len(kept) < most:
        kept.append(int(left[0]))
        overlap = _overlap(corners[left[0]], corners[left[1:]])
        left = left[1:][~(overlap > np.float32(settings.nms_iou_threshold))]
    return kept


def _overlap(box: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Intersection over union; 0 where a box has no area."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    shared = np.maximum(sides, np.float32(0)).prod(axis=1)
    area, areas = (box[2:] - box[:2]).prod(), (others[:, 2:] - others[:, :2]).prod(axis=1)
    there = (area > 0) & (areas > 0)
    return np.where(there, shared / np.where(there, area + areas - shared, 1), 0)


def _told(
    settings: _Settings, corners: np.ndarray, scores: np.ndarray, chosen: Chosen
) -> tuple[np.ndarray, ...]:
    wide = 1 if settings.use_regular_nms else settings.max_classes_per_detection
    places = settings.max_detections * settings.max_classes_per_detection
    boxes, classes, values = (np.zeros((1, places, *more), np.float32) for more in ((4,), (), ()))
    for k, (box, of) in enumerate(chosen):
        at = slice(k * wide, k * wide + len(of))
        boxes[0, at], classes[0, at], values[0, at] = corners[box], of, scores[box, of]
    return boxes, classes, values, np.array([len(chosen)], np.float32)


def _of_sound_options(node: Node) -> Iterator[str]:
    """Sizes, scales and the overlap that is allowed are above 0."""
    try:
        settings = _Settings.of(node)
    except (TypeError, ValueError) as error:
        yield f"its options are damaged: {error}"
        return
    for name in ("num_classes", "max_detections", "max_classes_per_detection"):
        if getattr(settings, name) < 1:
            yield f"its option {name} is {getattr(settings, name)}; expected 1 or more"
    if settings.use_regular_nms and settings.detections_per_class < 1:
        yield f"its option detections_per_class is {settings.detections_per_class}"
    if not 0 < settings.nms_iou_threshold <= 1:
        yield f"its option nms_iou_threshold is {settings.nms_iou_threshold:g}; expected 0 to 1"
    if 0 in (settings.y_scale, settings.x_scale, settings.h_scale, settings.w_scale):
        yield "its options have a scale of 0"


def _of_boxes(node: Node) -> Iterator[str]:
    """As many anchors and scores as boxes, and all classes have one."""
    boxes, scores, anchors = (tensor.shape for tensor in node.inputs)
    classes = _Settings.of(node).num_classes
    fits = len(boxes) == len(scores) == 3 and boxes[0] == scores[0] == 1 and boxes[2] >= 4
    if (
        not fits
        or anchors != (boxes[1], 4)
        or scores[1:] not in ((boxes[1], classes), (boxes[1], classes + 1))
    ):
        yield f"boxes {boxes}, scores {scores} and anchors {anchors} do not fit {classes} classes"


KERNELS = tuple(
    Kernel(
        "TFLite_Detection_PostProcess",
        post_process,
        types,
        values=(0, 1, 2),
        to=FLOATS,
        outputs=4,
        rules=(without_channels, _of_sound_options, _of_boxes),
        along_batch=always,
    )
    for types in (("UINT8",), FLOATS)
)
