"""Large networks: a sheet up to 100 operators, an outline above, subgraphs beside their callers."""

import re
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qnn_edu.draw import diagram, side_by_side
from qnn_edu.draw.graphs.bands import wrapped
from qnn_edu.draw.graphs.sheets.wiring import Wiring
from qnn_edu.tflite import Graph
from tests.draw.graphs.building import Building

SVG = "{http://www.w3.org/2000/svg}"
WIDEST = 850  # points; the layout aims at 750


@pytest.fixture(autouse=True)
def no_complaints(capfd):
    yield
    assert capfd.readouterr().err == ""


def chain(length, skip=None):
    """`length` operators in a row, no two alike; the first may be read by number `skip`."""
    net = Building()
    x = first = net.op("FIRST", net.input())
    for k in range(1, length):
        x = net.op(f"STEP_{k}", *([x, first] if k == skip else [x]))
    return net.graph(x)


def width(svg):
    return float(re.search(r'width="([\d.]+)pt"', svg)[1])


def nodes(svg):
    root = ElementTree.fromstring(svg)
    found = [g for g in root.iter(f"{SVG}g") if g.get("class") == "node"]
    return [node.find(f"{SVG}title").text for node in found]


@pytest.mark.parametrize("length", [41, 100])
def test_up_to_100_operators_are_one_sheet(length):
    picture = diagram(chain(length))
    data, _ = picture._repr_mimebundle_()
    assert "text/html" not in data and width(data["image/svg+xml"]) <= WIDEST
    assert (
        sum("STEP" in node and "column" not in node for node in nodes(picture.svg())) == length - 1
    )


def test_more_are_an_outline_whose_folds_hold_every_operator_once():
    graph = chain(260)
    picture = diagram(graph)
    assert len(picture.folds) > 2
    numbers = [line.split()[0] for fold in picture.folds for line in fold.text.splitlines()[1:]]
    assert numbers == [str(op.index) for op in graph.operators]
    assert picture.folds[0].title.startswith("operators 0 to ")
    assert all(width(fold.drawn()) <= WIDEST for fold in picture.folds)
    data, _ = picture._repr_mimebundle_()
    assert data.keys() == {"text/plain", "text/html"} and data["text/plain"] == picture.text
    html = data["text/html"]
    assert html.count("<details open>") == 1 and html.count("<details") == len(picture.folds)
    assert html.count('role="img"') == len(picture.folds)
    assert width(picture.svg()) <= WIDEST and len(set(nodes(picture.svg()))) >= 260


def test_an_outline_without_dot_is_told_in_words(monkeypatch, tmp_path):
    picture = diagram(chain(261))
    monkeypatch.setenv("PATH", str(tmp_path))
    data, _ = picture._repr_mimebundle_()
    html = data["text/html"]
    assert html.count("is not here to draw the parts") == 1 and "<svg" not in html
    assert all(f"STEP_{k} " in html for k in range(1, 261))


@pytest.mark.parametrize("length", [90, 300])
def test_every_format_has_the_whole_network(length, tmp_path):
    picture = diagram(chain(length), title="long")
    for suffix in (".svg", ".pdf", ".png", ".dot", ".html"):
        assert picture.write(tmp_path / f"net{suffix}").stat().st_size > 1000
    assert picture.source.count("<B>STEP_") == length - 1 and picture.source.count("long") == 1


def test_a_far_arrow_is_two_ends_and_a_near_one_is_not():
    source = diagram(chain(60, skip=50)).source
    assert ">&nbsp;to 50&nbsp;<" in source and ">&nbsp;from 0&nbsp;<" in source
    near = diagram(chain(60, skip=4)).source
    assert '"0 FIRST" -> "4 STEP_4"' in near


def test_many_far_arrows_to_one_box_share_an_end():
    net = Building()
    ends = [net.op(f"BEGIN_{k}", net.input()) for k in range(5)]
    x = net.op("STEP", net.input())
    for k in range(60):
        x = net.op(f"STEP_{k}", x)
    source = diagram(net.graph(net.op("CONCATENATION", x, *ends))).source
    assert source.count(">&nbsp;from 0, 1, 2, 3, 4&nbsp;<") == 1


@st.composite
def networks(draw):
    """A network of 41 to 80 operators, each reading at random from those before it."""
    net = Building()
    made = [net.input()]
    for _ in range(draw(st.integers(41, 80))):
        back = draw(st.lists(st.integers(1, 20), min_size=1, max_size=3))
        made.append(net.op(draw(st.sampled_from("ABC")), *(made[-min(b, len(made))] for b in back)))
    return net.graph(made[-1])


@settings(max_examples=30)
@given(networks())
def test_every_arrow_is_drawn_whole_or_has_both_ends(graph):
    layout = wrapped(graph, {}, width=750, large=True)
    assert [k for band in layout.bands for k in band] == list(range(len(layout.columns)))
    blocks = [block for column in layout.columns for block in column]
    inside = [op.index for block in blocks for run in block.repeats for op in run]
    assert sorted(inside) == [op.index for op in graph.operators]
    wiring = Wiring(graph, layout)
    for operator in (op for block in blocks for op in block.operators):
        far = [i for end in wiring.far_ends(operator) for i in end.tensors]
        assert sorted(wiring.near(operator) + far) == sorted(set(operator.inputs))
        for i in far:
            assert wiring.number(operator) in wiring.far_readers()[i]


def model(*subgraphs):
    return Graph(tuple(subgraphs), 0)


def body(name="body"):
    net = Building()
    return net.graph(net.op("ADD", net.input(), net.constant(1.0)), name=name)


def test_subgraphs_stand_beside_the_operator_that_runs_them():
    net = Building()
    y = net.op("WHILE", net.op("ABS", net.input()), cond_subgraph_index=1, body_subgraph_index=2)
    picture = diagram(model(net.graph(net.op("NEG", y)), body("condition"), body()))
    for called in ("1. input 0", "2. input 0"):
        assert f'"0. 1 WHILE" -> "{called}"' in picture.source
    assert picture.source.count("subgraph 1") == 2 and not picture.folds  # in the box, at the title
    assert "cond: subgraph 1, body: subgraph 2" in picture.text
    assert {"0. 1 WHILE", "1. 0 ADD", "2. 0 ADD"} <= set(nodes(picture.svg()))


def test_a_subgraph_that_runs_another_stands_there_too_and_others_below():
    outer, inner = Building(), Building()
    outer_y = outer.op("IF", outer.input(), then_subgraph_index=2, else_subgraph_index=2)
    main = Building()
    y = main.op("STABLEHLO_COMPOSITE", main.input(), decomposition_subgraph_index=1)
    graph = model(main.graph(y), outer.graph(outer_y), inner.graph(inner.input()), body())
    picture = diagram(graph)
    assert '"1. 0 IF" -> "2. input 0"' in picture.source
    assert [len(fold.pictures) for fold in picture.folds] == [2]
    assert "3. 0 ADD" in picture.folds[0].pictures[1].source


def test_an_operator_that_only_runs_another_subgraph_is_drawn_first():
    net = Building()
    net.op("CALL_ONCE", outputs=0, init_subgraph_index=1)
    x = net.op("ABS", net.input())
    first = Building()
    first.op("ASSIGN_VARIABLE", first.tensor((), "O", "state"), first.constant([1.0]), outputs=0)
    source = diagram(model(net.graph(x), first.graph(name="NoOp"))).source
    assert '"0. 0 CALL_ONCE" -> "1. 0 ASSIGN_VARIABLE"' in source


def test_networks_side_by_side_run_nothing_of_each_other():
    net = Building()
    graph = model(net.graph(net.op("CALL", net.input(), subgraph=1)), body())
    picture = side_by_side({"a": graph, "b": body()})
    assert '"0. 0 CALL" -> "1.' not in picture.source


def test_large_networks_side_by_side_are_an_outline_of_both():
    picture = side_by_side({"a": chain(120), "b": chain(120)})
    titles = [fold.title for fold in picture.folds]
    assert {title[:2] for title in titles} == {"a,", "b,"} and picture.text.startswith("a\ninput")


def test_colours_have_their_legend_in_every_fold():
    graph = chain(260)
    values = {op.outputs[0]: float(op.index) for op in graph.operators}
    picture = diagram(graph, values=values, label="SQNR (dB)")
    assert len(picture.folds) > 2
    assert all("SQNR (dB)" in fold.pictures[0].source for fold in picture.folds)
    assert all("SQNR (dB)" in fold.text for fold in picture.folds)
