"""Files that travel with the package: the small models that this project trained itself."""

from pathlib import Path

ASSETS = Path(__file__).parent.parent / "assets"


def asset(name: str) -> Path:
    """The path of a file in `qnn_edu/assets`; its README says how each was made.

    Raises:
        ValueError: a name that is not there.

    >>> asset("digits_int8.tflite").name
    'digits_int8.tflite'
    """
    here = sorted(p.name for p in ASSETS.iterdir() if p.is_file())
    if name not in here:
        raise ValueError(f"asset: no file {name!r}; choose one of {', '.join(here)}")
    return ASSETS / name
