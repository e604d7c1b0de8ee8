"""A header in several files, of C and of C++, before 2020 too, and on machines with 16-bit int."""

import re
import shutil
import subprocess

import pytest

from qnn_edu import chip
from qnn_edu.data import asset
from qnn_edu.tflite import read
from tests.chip.needs import need
from tests.oracle.random_models import random_model
from tools.chip.targets import HOST, STRICT

WARN = ("-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror", "-Wmissing-declarations")
MAIN = """\
#include "m.h"
#ifdef __cplusplus
extern "C"
#endif
int other(void);
int main(void)
{
    static int8_t x[m_input_size], y[m_output_size];
    m_run(x, y);
    return other();
}
"""
OTHER = """\
#define M_IMPLEMENTATION
#include "m.h"
#include "m.h"
#ifdef __cplusplus
extern "C"
#endif
int other(void);
int other(void)
{
    return 0;
}
"""


@pytest.fixture(scope="module")
def header():
    return chip.export_c(read(asset("digits_int8.tflite")), name="m")


def compiled(folder, header, main, other):
    """A program of two files, each with its compiler, flags first."""
    (folder / "m.h").write_text(header)
    objects = []
    for (compiler, *flags), text in ((main, MAIN), (other, OTHER)):
        if shutil.which(compiler) is None:
            pytest.skip(f"needs a compiler: no {compiler} here")
        source = folder / f"{len(objects)}.{'c' if compiler == 'gcc' else 'cpp'}"
        source.write_text(text)
        objects.append(source.with_suffix(".o"))
        line = [compiler, *flags, *WARN, "-c", source, "-o", objects[-1]]
        done = subprocess.run(line, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    done = subprocess.run([main[0], *objects, "-o", folder / "m"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return subprocess.run([folder / "m"]).returncode


@pytest.mark.more
@pytest.mark.parametrize(
    ("main", "other"),
    [
        (("gcc", "-std=c99"), ("gcc", "-std=c99")),
        (("gcc", "-std=c17"), ("gcc", "-std=c17", "-O2")),
        (("g++", "-std=c++11"), ("g++", "-std=c++11")),
        (("g++", "-std=c++20"), ("gcc", "-std=c99")),
        (("g++", "-std=c++20"), ("g++", "-std=c++20", "-O2")),
    ],
    ids=lambda line: " ".join(line),
)
def test_two_files_include_one_header(main, other, header, tmp_path):
    assert compiled(tmp_path, header, main, other) == 0


@pytest.mark.more
def test_every_kernel_compiles_as_c_plus_plus(tmp_path):
    """A program with one operator of each kind."""
    if shutil.which("g++") is None:
        pytest.skip("needs a C++ compiler: no g++ here")
    from tests.chip.test_chip_operators import FAMILIES, random_graphs

    text = ""
    for k, family in enumerate(FAMILIES):
        (tmp_path / f"m{k}.h").write_text(chip.export_c(random_graphs(family)[0], name=f"m{k}"))
        text += f'#define M{k}_IMPLEMENTATION\n#include "m{k}.h"\n'
    (tmp_path / "all.cpp").write_text(text)
    line = ["g++", "-std=c++11", *WARN, "-c", "all.cpp", "-o", "all.o"]
    done = subprocess.run(line, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.more
def test_a_header_without_its_implementation_is_declarations_alone(header, tmp_path):
    (tmp_path / "m.h").write_text(header)
    (tmp_path / "one.c").write_text('#include "m.h"\n')
    need(HOST).compile(tmp_path / "one.c", tmp_path / "one.o", *STRICT, "-Wno-pedantic", "-c")
    size = subprocess.run(["size", tmp_path / "one.o"], capture_output=True, text=True).stdout
    assert size.splitlines()[1].split()[:3] == ["0", "0", "0"]


def test_no_number_is_an_enumerator(header):
    """An int may have 16 bits; a literal gets the type that it needs."""
    graph = read(random_model("RESHAPE", 0)[0])
    assert not re.search(r"\benum\b", header + chip.export_c(graph))
    assert "#define m_input_size 64\n#define m_output_size 10\n" in header
