"""The arithmetic in C by itself: it is core.fixed_point's, core.fixed_functions', and float64's."""

import subprocess

import numpy as np
import pytest

from qnn_edu.chip.multipliers import halves
from qnn_edu.chip.sources import FOLDER, source
from qnn_edu.core import fixed_functions
from qnn_edu.core.fixed_point import INT32_MAX, INT32_MIN, double_rounding
from tests.chip.needs import need, sanitizers
from tools.chip.targets import HOST, STRICT

pytestmark = pytest.mark.more  # a C compiler
COUNT = 200_000
CALLS = {  # a kernel file, and a call with numbers a, b, c, d
    "requantize": ("requantize", "qnn_requantize(a, b, c)"),
    "float64": ("fully_connected", "qnn_multiply_float64(a, b, c, d)"),
    "exp": ("exp", "qnn_exp_of_negative(a)"),
    "reciprocal": ("softmax", "qnn_one_over_one_plus(a)"),
}
MAIN = """\
#include <stdio.h>
{source}
int main(void)
{{
    int32_t in[4];
    while (fread(in, sizeof in, 1, stdin) == 1) {{
        const int32_t a = in[0], b = in[1], c = in[2], d = in[3];
        const int64_t out = {call};
        (void)a, (void)b, (void)c, (void)d;
        fwrite(&out, sizeof out, 1, stdout);
    }}
    return 0;
}}
"""


@pytest.fixture(scope="module")
def in_c(tmp_path_factory):
    """A function: the name of a call, and arrays of integers; what C answers, int64."""
    folder = tmp_path_factory.mktemp("arithmetic")
    flags = (*sanitizers(folder), *STRICT[1:], "-Wno-unused-function", "-O1")

    def answer(name, *arrays):
        kernel, call = CALLS[name]
        text = MAIN.format(source=source([kernel], "qnn", {}), call=call)
        (folder / f"{name}.c").write_text("#include <stdint.h>\n" + text)
        program = HOST.compile(folder / f"{name}.c", folder / name, *flags)
        columns = np.zeros((len(arrays[0]), 4), np.int32)
        for k, array in enumerate(arrays):
            columns[:, k] = array
        done = subprocess.run([program], input=columns.tobytes(), capture_output=True)
        assert (done.returncode, done.stderr) == (0, b"")
        return np.frombuffer(done.stdout, np.int64)

    return answer


def test_requantize_is_double_rounding(in_c):
    rng = np.random.default_rng(0)
    acc = rng.integers(INT32_MIN, INT32_MAX + 1, COUNT) >> rng.integers(0, 31, COUNT)
    acc[:2] = INT32_MIN, INT32_MAX
    multiplier = rng.integers(2**30, 2**31, COUNT)
    multiplier[::3] = 2**30  # ties
    shift = rng.integers(-31, 31, COUNT)
    expected = double_rounding(acc, multiplier, shift)
    np.testing.assert_array_equal(in_c("requantize", acc, multiplier, shift), expected)


def test_a_product_is_rounded_as_float64_rounds_it(in_c):
    """Half of the scales are the float64 nearest to (n + 1/2) / acc: ties, or within a last bit."""
    rng = np.random.default_rng(1)
    acc = rng.integers(1, 2**31, COUNT) >> rng.integers(0, 30, COUNT)
    acc = np.maximum(acc, 1) * rng.choice([-1, 1], COUNT)
    tie = rng.integers(0, 300, COUNT) + 0.5
    near = np.where(rng.random(COUNT) < 0.5, tie / np.abs(acc), np.exp(rng.uniform(-30, 3, COUNT)))
    y = acc * near  # rounded to float64
    expected = np.sign(y) * np.floor(np.abs(y) + 0.5)  # exact: |y| + 1/2 is below 2**52
    expected = np.where(np.abs(y) == np.nextafter(0.5, 0), 0, expected)  # where the sum is not
    answer = in_c("float64", acc, *halves(near, COUNT))
    np.testing.assert_array_equal(answer, expected)


def test_float64_rounds_some_products_up_to_a_tie(in_c):
    """So the exact product is not enough: rounding that would lose these."""
    rng = np.random.default_rng(2)
    acc, n = rng.integers(1, 2**20, COUNT), rng.integers(0, 127, COUNT)
    scale = (n + 0.5) / acc
    fraction, exponent = np.frexp(scale)
    mantissa = (fraction * 2.0**53).astype(np.int64)
    exact = [  # acc * scale < n + 1/2, in Python's own integers
        2 * int(a) * int(m) < (2 * int(k) + 1) << (53 - int(e))
        for a, m, k, e in zip(acc, mantissa, n, exponent, strict=True)
    ]
    below = np.array(exact) & (acc * scale == n + 0.5)
    assert below.sum() > COUNT / 20
    answer = in_c("float64", acc[below], *(h[below] for h in halves(scale, COUNT)))
    np.testing.assert_array_equal(answer, n[below] + 1)


def test_a_scale_too_small_to_matter_is_zero(in_c):
    scale = np.array([2.0**-41, 2.0**-42, 1e-30, 2.0**-39])
    acc = np.full(4, INT32_MAX)
    np.testing.assert_array_equal(in_c("float64", acc, *halves(scale, 4)), [0, 0, 0, 0])


def test_halves_are_the_whole_float64():
    scale = np.exp(np.random.default_rng(3).uniform(-25, 10, 1000))
    high, low, shift = (h.astype(object) for h in halves(scale, 1000))
    whole = high * 2**31 + low
    assert [w / 2 ** (31 + s) for w, s in zip(whole, shift, strict=True)] == scale.tolist()
    assert (high < 2**22).all() and (low >= 0).all() and (shift >= 1).all()


def test_exp_and_reciprocal_are_core_s(in_c):
    rng = np.random.default_rng(4)
    a = -rng.integers(0, 2**31, COUNT) >> rng.integers(0, 31, COUNT)
    a[:3] = 0, INT32_MIN, -1
    np.testing.assert_array_equal(in_c("exp", a), fixed_functions.exp_of_negative(a))
    a = rng.integers(0, 2**31, COUNT)
    a[:2] = 0, INT32_MAX
    expected = fixed_functions.one_over_one_plus(a)
    np.testing.assert_array_equal(in_c("reciprocal", a), expected)


def test_every_file_compiles_by_itself(tmp_path):
    flags = ["-Wno-unused-function", "-Wconversion", f"-I{FOLDER}", "-c"]
    for file in sorted(FOLDER.glob("*.h")):
        (tmp_path / "one.c").write_text(f'#include "{file.name}"\n')
        need(HOST).compile(tmp_path / "one.c", tmp_path / "one.o", *STRICT, *flags)
