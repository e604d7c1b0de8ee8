"""For whom C is compiled: this machine, or a chip that an emulator stands for."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
SANITIZED = ("-std=c99", "-g", "-O1", "-fsanitize=undefined,address", "-fno-sanitize-recover=all")
_BARE = ("-ffreestanding", "-nostdlib", "-static")


@dataclass(frozen=True)
class Target:
    """A compiler with its flags, the emulator that runs what it makes, and Debian's packages."""

    name: str
    compiler: str
    flags: tuple = ()
    emulator: tuple = ()
    packages: str = "gcc libc6-dev"
    ends: str = "hosted.h"

    def require(self):
        """Skip, and say so, where something is lacking."""
        for program in (self.compiler, *self.emulator[:1]):
            if shutil.which(program) is None:
                pytest.skip(f"needs {self.packages}: no {program} here")

    def compile(self, source, made, *flags):
        """A C file to a program, or to an object with `-c`."""
        self.require()
        libraries = [] if "-c" in flags or not self.emulator else ["-lgcc"]
        line = [self.compiler, *self.flags, *flags, f"-I{HERE}", source, "-o", made, *libraries]
        done = subprocess.run([str(each) for each in line], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return made

    def run(self, program, sent):
        """What a program answers, as bytes."""
        line = [*self.emulator, program]
        done = subprocess.run(line, input=sent, capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
        return done.stdout


HOST = Target("this machine", "gcc", ("-O2",))
ARM = Target(
    "Cortex-M4",
    "arm-none-eabi-gcc",
    ("-mcpu=cortex-m4", "-mthumb", "-Os", *_BARE),
    ("qemu-arm",),
    "gcc-arm-none-eabi qemu-user",
    "bare.h",
)
RISCV = Target(
    "RV32IMC",
    "riscv64-unknown-elf-gcc",
    ("-march=rv32imc", "-mabi=ilp32", "-mno-relax", "-Os", *_BARE),
    ("qemu-riscv32",),
    "gcc-riscv64-unknown-elf qemu-user",
    "bare.h",
)
EMULATED = (ARM, RISCV)


def sanitizers(folder):
    """The flags of gcc's sanitizers; skip where their libraries are not there."""
    HOST.require()
    (folder / "empty.c").write_text("int main(void) { return 0; }\n")
    line = ["gcc", *SANITIZED, str(folder / "empty.c"), "-o", str(folder / "empty")]
    if subprocess.run(line, capture_output=True).returncode:
        pytest.skip("gcc has no sanitizers here (libasan, libubsan)")
    return SANITIZED
