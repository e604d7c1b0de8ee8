"""Public files that nobody here made: each equals LiteRT in every tensor, or is refused by name.

`pytest -s` shows the shares, and why files are refused.
"""

from collections import Counter

import pytest

from qnn_edu import engine
from tests.oracle.corpus import BY_LITERT, EQUAL, OUTCOMES, REFUSED, judged

LEAST = 0.9  # of the integer files that LiteRT runs, whose operators the engine knows


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("corpus", ["networks", "operators"])
def test_every_public_file_is_equal_or_refused_by_name(real_data, corpus, kernels):
    files = sorted((real_data / "corpus" / corpus).iterdir())
    verdicts = judged(files, kernels)
    assert [v.file for v in verdicts] == [file.name for file in files]
    print("\n" + stated(f"{corpus}, {kernels} kernels", verdicts))
    assert not [v for v in verdicts if v.outcome not in OUTCOMES]
    assert all(v.why for v in verdicts if v.outcome != EQUAL)
    assert share([v for v in integer(verdicts) if v.named]) >= LEAST


def integer(verdicts):
    """The files that compute in integers, and that LiteRT runs."""
    return [v for v in verdicts if v.integer and v.runs]


def share(verdicts):
    return sum(v.outcome == EQUAL for v in verdicts) / len(verdicts)


def stated(title, verdicts):
    """How many of each outcome, the shares of the integer files, and the reasons."""
    counts = Counter(v.outcome for v in verdicts)
    whole, named = integer(verdicts), [v for v in integer(verdicts) if v.named]
    lines = [
        f"{title}: {len(verdicts)} files, {sum(v.values for v in verdicts):,} values",
        *(f"  {count:4} {outcome}" for outcome, count in counts.most_common()),
        f"  equal are {share(whole):.1%} of {len(whole)} integer files that LiteRT runs",
        f"  equal are {share(named):.1%} of {len(named)} whose operators have a kernel",
    ]
    for v in verdicts:
        if v.outcome == REFUSED and v.integer or v.outcome not in (EQUAL, REFUSED, BY_LITERT):
            lines.append(f"    {v.file}: {v.outcome} {v.why[:150]}")
    return "\n".join(lines)
