"""The custom operator that ends SSD networks."""

import numpy as np
from flatbuffers import flexbuffers

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _post_process(regular, dtype):
    """Boxes around anchors, which overlap in places that are far from one another.

    There are as many such places as boxes that may be told, so that all of them are: what lies
    behind the last one, LiteRT's memory holds. Class by class it is 0, and scores may be too low.
    """

    def make(rng):
        most, classes = int(rng.integers(1, 8)), int(rng.choice([1, 3, 5, 12]))
        count = most * int(rng.integers(1, 9))
        centres = np.arange(count)[:, np.newaxis] % most * 10 + rng.uniform(0, 1, (count, 2))
        anchors = np.hstack([centres, rng.uniform(0.3, 1.5, (count, 2))])
        shapes = (1, count, 4), (1, count, classes + int(rng.integers(2)))
        if dtype == np.uint8:
            boxes = Spec(shapes[0], np.uint8, draw.scale(rng, 0.005, 0.03), 120)
            scores = Spec(shapes[1], np.uint8, np.float32(1 / 256), draw.zero_point(rng, np.uint8))
            own = Spec((count, 4), np.uint8, np.float32(0.3), 5, data=np.round(anchors / 0.3) + 5)
        else:
            boxes, scores = (Spec(shape, np.float32, draw=_normal(shape)) for shape in shapes)
            own = Spec((count, 4), np.float32, data=anchors)
        each = 1 if regular else int(rng.integers(1, classes + 1))
        settings = {
            "num_classes": classes,
            "max_detections": most,
            "max_classes_per_detection": each,
            "detections_per_class": int(rng.integers(1, 6)),
            "use_regular_nms": regular,
            "nms_score_threshold": float(rng.choice([1e-8, 0.3])) if regular else -20.0,
            "nms_iou_threshold": float(rng.choice([0.3, 0.6])),
            "y_scale": 10.0,
            "x_scale": 10.0,
            "h_scale": 5.0,
            "w_scale": 5.0,
        }
        told = most * each
        output = [Spec(shape, np.float32) for shape in ((1, told, 4), (1, told), (1, told), (1,))]
        return [boxes, scores, own], output, bytes(flexbuffers.Dumps(settings)), {}

    return make


def _normal(shape):
    return lambda rng: rng.normal(0, 1, shape)


NAME = "TFLite_Detection_PostProcess"
FAMILIES = {
    f"{NAME} fast": _post_process(False, np.uint8),
    f"{NAME} regular": _post_process(True, np.uint8),
    f"{NAME} fast float": _post_process(False, np.float32),
    f"{NAME} regular float": _post_process(True, np.float32),
}
