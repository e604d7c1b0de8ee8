"""The page that readers take away: each of its lines runs, and its numbers are those of a run."""

import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "your_own_network.md"
CODE = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)


SECTION = re.compile(r"lessons? \d\d.*?\*([A-Z][^*]+)\*")


@pytest.fixture(scope="module")
def run():
    """The names that the page's lines leave behind, for the broken network of lesson 04."""
    pytest.importorskip("tensorflow", reason="needs TensorFlow: the extra 'full'")
    from qnn_edu import data, nets

    images, labels = data.digits("test")
    names = {
        "model": nets.models.stretch(
            nets.load_model(data.asset("digits.keras")),
            "block2_depthwise_norm",
            "block2_pointwise",
            spread=100,
        ),
        "images": images,
        "labels": labels,
        "calibration": data.digits("train")[0][:100],
    }
    for code in CODE.findall(PAGE.read_text(encoding="utf-8")):
        exec(code, names)
    return names


@pytest.mark.slow
def test_every_line_runs_and_gives_what_the_page_says(run):
    assert run["apart"] < 1e-5
    assert run["seen"] == (0, 1)
    assert run["prepared"].count_params() > 0
    assert "SOFTMAX" in run["operators"]
    culprit, broken = run["report"][3:5]
    assert culprit.sqnr_db > 20 and culprit.share_made > 0.5
    assert broken.sqnr_db < 2 and broken.share_made < 0.5


@pytest.mark.slow
def test_the_ladder_brings_the_broken_network_back(run):
    from qnn_edu import nets

    names = ("int8", "per_channel", "mixed", "wide")
    rows = nets.compare({n: run[n] for n in names}, (run["images"], run["labels"]), repeats=1)
    right = {row.name: row.accuracy for row in rows}
    assert 35 < right["int8"] < 37
    assert all(98.5 < right[name] for name in names[1:])


def test_the_numbers_are_those_of_the_results():
    results = (PAGE.parent / "results.md").read_text(encoding="utf-8")
    page = PAGE.read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.split("|")[1:-1]]
        for line in results.splitlines()
        if line.startswith("| ")
    ]
    names = next(row for row in rows if row[0] == "network")
    table = {
        tuple(row[:2]): dict(zip(names, row, strict=True)) for row in rows if len(row) == len(names)
    }
    for network, bits in (("mobilenet_v1", "4"), ("resnet8", "4"), ("mobilenet_v1", "8")):
        for way in ("PTQ", "QAT"):
            assert f"{float(table[network, bits][way]):.1f}" in page


def test_the_sections_that_it_names_are_in_the_lessons():
    sources = (PAGE.parents[1] / "tools/lessons/src").glob("*.py")
    lessons = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    headings = set(re.findall(r"^# #+ (.+)$", lessons, re.MULTILINE))
    steps = [
        line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("**")
    ]
    named = {words for line in steps for words in SECTION.findall(line)}
    assert len(named) >= 4 and named <= headings
