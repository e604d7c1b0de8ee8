"""Photographs that scikit-image and scikit-learn carry in their wheels: no network needed.

A light installation has neither, and no photographs.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from qnn_edu.missing import require

if TYPE_CHECKING:
    from PIL import Image

_FILES = {
    "chelsea": ("skimage", "data/chelsea.png"),
    "coffee": ("skimage", "data/coffee.png"),
    "astronaut": ("skimage", "data/astronaut.png"),
    "rocket": ("skimage", "data/rocket.jpg"),
    "motorcycle": ("skimage", "data/motorcycle_left.png"),
    "china": ("sklearn", "datasets/images/china.jpg"),
    "flower": ("sklearn", "datasets/images/flower.jpg"),
}

PHOTOS = {
    "chelsea": "Chelsea the cat; Stefan van der Walt, CC0",
    "coffee": "a cup of coffee; Rachel Michetti, CC0",
    "astronaut": "Eileen Collins, astronaut; NASA, public domain",
    "rocket": "launch of a Falcon 9; SpaceX, public domain",
    "motorcycle": "a motorcycle in a garage; Nera Nesic and others, Middlebury 2014, CC0",
    "china": "a temple in China; danielbuechele, CC BY 2.0",
    "flower": "a dahlia; vultilion, CC BY 2.0",
}


def photo(name: str, size: int | None = None) -> np.ndarray:
    """A photograph as uint8 (height, width, 3), red green blue.

    With `size` it is the largest square from the middle, resized to (size, size, 3): what an
    ImageNet network expects. `PHOTOS` has the names with their credits.

    Raises:
        ValueError: another name, a size below 1.
        NotInstalled: the package that carries it is not here.

    >>> photo("chelsea").shape, photo("chelsea", size=128).shape
    ((300, 451, 3), (128, 128, 3))
    """
    from PIL import Image

    if name not in PHOTOS:
        raise ValueError(f"photo: no photograph {name!r}; choose one of {', '.join(PHOTOS)}")
    if size is not None and not (isinstance(size, int) and size >= 1):
        raise ValueError(f"photo: size is {size!r}; it must be a whole number of pixels, 1 or more")
    with Image.open(package_file(*_FILES[name])) as file:
        image = file.convert("RGB")
    if size is not None:
        image = _square(image).resize((size, size), Image.Resampling.BILINEAR)
    return np.asarray(image).copy()


def _square(image: Image.Image) -> Image.Image:
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side))


def package_file(package: str, path: str) -> Path:
    """A file inside an installed package, found without importing that package.

    Raises:
        NotInstalled: the package is not here.
    """
    require(package)
    spec = find_spec(package)
    assert spec is not None and spec.submodule_search_locations  # `require` has found a package
    return Path(spec.submodule_search_locations[0]) / path
