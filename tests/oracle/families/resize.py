"""What resizes images."""

import numpy as np

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _resize(rng):
    image = draw.image(rng, draw.dtype(rng))
    size = [int(n) for n in rng.integers(1, 20, 2)]
    output = Spec((1, *size, image.shape[3]), image.dtype, image.scale, image.zero_point)
    how = rng.choice([{}, {"alignCorners": True}, {"halfPixelCenters": True}])
    specs = [image, Spec((2,), np.int32, data=size)]
    return specs, output, "ResizeBilinearOptions", how | {"version": 3}


FAMILIES = {
    "RESIZE_BILINEAR": _resize,
}
