"""import qnn_edu beside import numpy, each in a new process (bar: 100 ms more at most)"""

import subprocess
import sys

from tools.bench.timing import interleaved


def run():
    def importing(name):
        return lambda: subprocess.run([sys.executable, "-c", f"import {name}"], check=True)

    return interleaved({name: importing(name) for name in ("numpy", "qnn_edu")}, rounds=9)
