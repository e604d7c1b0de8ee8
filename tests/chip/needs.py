"""What a test needs of this machine: it is skipped, and says so, where that is lacking."""

import subprocess

import pytest

from tools.chip.targets import HOST

SANITIZED = ("-std=c99", "-g", "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all")


def need(target):
    """The target, if its compiler and its emulator are here."""
    if target.lacking:
        pytest.skip(f"needs {target.packages}: no {target.lacking} here")
    return target


def sanitizers(folder):
    """The flags of gcc's sanitizers, if their libraries are here."""
    need(HOST)
    (folder / "empty.c").write_text("int main(void) { return 0; }\n")
    line = ["gcc", *SANITIZED, str(folder / "empty.c"), "-o", str(folder / "empty")]
    if subprocess.run(line, capture_output=True).returncode:
        pytest.skip("gcc has no sanitizers here (libasan, libubsan)")
    return SANITIZED
