"""For whom C is compiled: this machine, or a chip that an emulator stands for."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
STRICT = ("-std=c99", "-Wall", "-Wextra", "-Wpedantic", "-Werror")
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

    @property
    def lacking(self):
        """The first program that is not here, None if all are."""
        programs = (self.compiler, *self.emulator[:1])
        return next((each for each in programs if shutil.which(each) is None), None)

    def compile(self, source, made, *flags):
        """A C file to a program, or to an object with `-c`."""
        libraries = [] if "-c" in flags or not self.emulator else ["-lgcc"]
        line = [self.compiler, *self.flags, *flags, f"-I{HERE}", source, "-o", made, *libraries]
        done = subprocess.run([str(each) for each in line], capture_output=True, encoding="utf-8")
        if done.returncode:
            raise ValueError(f"{self.compiler} refuses {source}:\n{done.stderr[-3000:]}")
        return made

    def sizes(self, header, name, folder):
        """Bytes of code, of constants and of memory that a header's implementation takes."""
        text = f'#define {name.upper()}_IMPLEMENTATION\n#include "{header}"\n'
        (folder / "one.c").write_text(text, encoding="utf-8")
        made = self.compile(folder / "one.c", folder / "one.o", "-std=c99", "-c")
        size = self.compiler.replace("gcc", "size")
        lines = subprocess.run([size, "-A", made], capture_output=True, encoding="utf-8").stdout
        found = dict.fromkeys(("text", "rodata", "bss"), 0)
        for line in lines.splitlines():
            section = line.split(".")[1].split()[0] if line.startswith(".") else ""
            if section.removeprefix("s") in found:
                found[section.removeprefix("s")] += int(line.split()[1])
        return found

    def run(self, program, sent):
        """What a program answers, as bytes."""
        line = [*self.emulator, program]
        done = subprocess.run(line, input=sent, capture_output=True)
        if done.returncode or done.stderr:
            raise ValueError(f"{program} ends with {done.returncode}: {done.stderr[-3000:]}")
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
