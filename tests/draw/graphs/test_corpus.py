"""Public files that nobody here made: each is drawn, or refused by the reader in a sentence."""

import re
import resource

import pytest

from qnn_edu.draw import diagram
from qnn_edu.tflite import read

SECONDS = 10  # of the processor, for an SVG
WIDEST = 1000  # points of a sheet; 1,333 pixels


@pytest.fixture(scope="session")
def corpus(real_data):
    folder = real_data / "corpus"
    if not folder.is_dir():
        pytest.skip(f"needs public files: {folder} is not there")
    return folder


def graphs(folder):
    for file in sorted(folder.glob("*.tflite")):
        try:
            yield file.name, read(file)
        except ValueError as error:
            assert str(error)


def seconds():
    return sum(
        getattr(resource.getrusage(who), time)
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
        for time in ("ru_utime", "ru_stime")
    )


def widths(picture):
    folds = [fold.drawn() for fold in picture.folds] or [picture.drawn()]
    return [float(re.search(r'<svg width="([\d.]+)pt"', svg)[1]) for svg in folds]


@pytest.mark.parametrize("kind", ["networks", "operators"])
def test_every_file_is_drawn_in_time_and_fits_a_page(kind, corpus, capfd):
    count, faults = 0, []
    for name, graph in graphs(corpus / kind):
        start = seconds()
        picture = diagram(graph)
        widest = max(widths(picture))
        if picture.svg().count("<text") < len(graph.operators) // 10:
            faults.append(f"{name}: nearly empty")
        if kind == "networks" and widest > WIDEST:
            faults.append(f"{name}: {widest:.0f} points wide")
        if seconds() - start > SECONDS:
            faults.append(f"{name}: {seconds() - start:.0f} s")
        count += 1
    assert not faults, "\n".join(faults)
    assert count > 70 and capfd.readouterr().err == ""


@pytest.mark.parametrize("how", [{"merge": False}, {"merge": True}, {"collapse": False}])
def test_every_file_is_told_whatever_is_merged(how, corpus):
    for _, graph in (*graphs(corpus / "networks"), *graphs(corpus / "operators")):
        picture = diagram(graph, **how)
        told = re.findall(r"^ *(\d+)  ", picture.text, re.MULTILINE)
        most = sum(len(subgraph.operators) for subgraph in graph.subgraphs)
        assert len(told) == most if how.get("merge") is False else len(told) <= most
        assert picture.source.startswith("digraph")
