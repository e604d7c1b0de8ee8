"""Pooling."""

from tests.oracle import draw
from tests.oracle.one_operator import Spec


def _pool(rng):
    image = draw.image(rng, draw.dtype(rng))
    kernel, fields, size = draw.windows(rng, image, dilated=False)
    fields |= {"filterHeight": kernel[0], "filterWidth": kernel[1], "version": 2}
    fields["fusedActivationFunction"] = int(rng.choice(draw.ACTIVATIONS))
    shape = (1, *size, image.shape[3])
    return [image], Spec(shape, image.dtype, image.scale, image.zero_point), "Pool2DOptions", fields


FAMILIES = {
    "AVERAGE_POOL_2D": _pool,
    "MAX_POOL_2D": _pool,
}
