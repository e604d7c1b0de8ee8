"""Copy the digits that scikit-learn carries, for readers who do not install it.

    python -m tools.assets.digit_images

writes `qnn_edu/assets/digits.csv.gz`, scikit-learn's own file byte for byte. A test compares.
"""

from __future__ import annotations

import shutil

from qnn_edu.data.assets import ASSETS
from qnn_edu.data.datasets import DIGITS
from qnn_edu.data.photos import package_file


def main() -> None:
    """Write the copy beside the other assets."""
    shutil.copyfile(package_file("sklearn", f"datasets/data/{DIGITS}"), ASSETS / DIGITS)


if __name__ == "__main__":
    main()
