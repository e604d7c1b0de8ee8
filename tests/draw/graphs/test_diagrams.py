"""Diagrams: what they say of real and of odd networks, in the picture and in plain text."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from qnn_edu.data import asset
from qnn_edu.draw import diagram, side_by_side
from qnn_edu.tflite import Graph, Operator, Subgraph, Tensor, read
from tests.tflite.building import without_shapes

SVG = "{http://www.w3.org/2000/svg}"
REAL = (
    "mobilenet_v1_0.25_128_uint8",
    "mobilenet_v1_0.5_160_uint8",
    "resnet8_cifar10_int8",
    "resnet8_cifar10_float",
    "kws_dscnn_int8",
)


def network(operators, count, *, inputs=(0,), outputs=(), name="main", constants=()):
    """A subgraph of `count` tensors of shape (1, 4); operators are (name, inputs, outputs)."""
    values = {i: np.ones((1, 4)) for i in constants}
    tensors = [
        Tensor(i, f"t{i}", (1, 4), np.dtype("float32"), data=values.get(i)) for i in range(count)
    ]
    listed = [
        Operator(k, word, 1, tuple(read), tuple(made))
        for k, (word, read, made) in enumerate(operators)
    ]
    return Subgraph(name, tuple(tensors), tuple(listed), tuple(inputs), tuple(outputs))


def chain(length):
    """`length` operators in a row, no two neighbours alike."""
    steps = [(f"STEP_{k % 7}", [k], [k + 1]) for k in range(length)]
    return network(steps, length + 1, outputs=[length])


def drawn(picture):
    """(titles of the nodes, all words, root) of a diagram's SVG."""
    root = ElementTree.fromstring(picture.svg())
    nodes = [g for g in root.iter(f"{SVG}g") if g.get("class") == "node"]
    words = [text.text.strip("\xa0") for text in root.iter(f"{SVG}text")]
    return [node.find(f"{SVG}title").text for node in nodes], words, root


def points(root, side):
    return float(root.get(side).removesuffix("pt"))


@pytest.fixture(autouse=True)
def no_complaints(capfd):
    yield
    assert capfd.readouterr().err == ""  # dot warns there, of labels it cannot place for one


def test_shapes_that_a_file_leaves_empty_are_worked_out():
    graph = read(asset("digits_int8.tflite"))
    assert diagram(without_shapes(graph)).text == diagram(graph).text


@pytest.mark.parametrize("name", REAL)
def test_real_models_are_drawn_whole_on_a_screen(name, real_data):
    graph = read(real_data / "models" / f"{name}.tflite")
    nodes, words, root = drawn(diagram(graph))
    assert {f"{op.index} {op.name}" for op in graph.operators} <= set(nodes)
    # 1000 x 700 pixels are 750 x 525 points; other machines have other fonts, hence some slack.
    assert points(root, "width") < 800 and points(root, "height") < 600
    sizes = {float(text.get("font-size")) for text in root.iter(f"{SVG}text")}
    assert min(sizes) == 7  # points, 9.3 pixels
    assert words.count("RELU6") + words.count("RELU") == sum(
        op.options.get("fused_activation_function", "NONE") != "NONE" for op in graph.operators
    )


def test_boxes_and_arrows_say_what_the_file_says():
    graph = read(asset("digits_int8.tflite"))
    _, words, _ = drawn(diagram(graph, title="The digits network"))
    assert {"The digits network", "1×4×4×64 int8", "scale 0.003906, zp -128"} <= set(words)
    assert {"CONV_2D", "w 16×3×3×1 int8 per channel", "RELU", "axes 1, 2"} <= set(words)
    assert "3×3, stride 2, SAME, bias int32" in words
    assert not any("zp" in word for word in drawn(diagram(read(asset("digits_float32.tflite"))))[1])


def test_the_text_has_a_line_for_each_operator_and_is_what_repr_gives():
    picture = diagram(read(asset("digits_int8.tflite")), values={18: 31.4159}, label="SQNR (dB)")
    first, *lines = picture.text.splitlines()
    assert first == "input serving_default_image: 1×8×8×1 int8, scale 0.003922, zero point -128"
    assert [line.split()[:2] for line in lines[:2]] == [
        ["0", "CONV_2D"],
        ["1", "DEPTHWISE_CONV_2D"],
    ]
    assert [line.split("  ")[-1].strip() for line in lines if "SQNR" in line] == ["SQNR (dB) 31.4"]
    assert repr(picture) == picture.text and str(picture).startswith("digraph")


def test_values_colour_the_operators_that_make_the_tensors():
    graph = read(asset("digits_int8.tflite"))
    made = [i for op in graph.operators for i in op.outputs]
    values = dict(zip(made, np.linspace(10, 40, len(made)), strict=True))
    values |= {graph.inputs[0]: 99.0, made[3]: float("inf"), made[4]: float("nan")}
    picture = diagram(graph, values=values, label="SQNR (dB)")
    _, words, root = drawn(picture)
    assert {"SQNR (dB)", "10", "40", "inf", "nan"} <= set(words) and "99" not in words
    fills = {shape.get("fill") for shape in root.iter(f"{SVG}polygon")}
    assert {"#56b4e9", "#fff7b0"} <= fills
    with pytest.raises(ValueError, match="values go by tensor index"):
        diagram(graph, values={10_000: 1.0})


def test_limits_hold_the_colours_still():
    graph = chain(3)
    made = [op.outputs[0] for op in graph.operators]
    fills = []
    for values in ([5, 10, 20], [5, 12, 99]):
        _, words, root = drawn(
            diagram(graph, values=dict(zip(made, values, strict=True)), limits=(0, 20))
        )
        assert {"0", "20"} <= set(words)
        fills.append([shape.get("fill") for shape in root.iter(f"{SVG}polygon")])
    assert fills[0].count("#fff7b0") == fills[1].count("#fff7b0")  # 20 and what is above it
    for wrong in ((3, 3), (9, 1), (float("nan"), 1)):
        with pytest.raises(ValueError, match="limits must be"):
            diagram(graph, limits=wrong)


@pytest.mark.parametrize("name", ["QUANTIZE", "DEQUANTIZE", "FakeQuantWithMinMaxVars"])
def test_what_only_quantizes_is_orange(name):
    for word, orange in ((name, True), ("ADD", False)):
        picture = diagram(network([(word, [0], [1])], 2, outputs=[1]))
        assert ("#E69F00" in picture.source) == orange


def test_repeats_are_drawn_once_in_large_graphs_and_never_where_values_differ():
    pair = [("CONV", {}), ("RELU", {})]
    steps = [(pair[k % 2][0], [k], [k + 1]) for k in range(60)]
    graph = network(steps, 61, outputs=[60])
    nodes, words, _ = drawn(diagram(graph))
    assert "× 30" in words or "× 29" in words
    assert sum("CONV" in node for node in nodes) <= 2
    assert len(drawn(diagram(graph, collapse=False))[0]) >= 62
    values = {k + 1: float(k) for k in range(60)}
    assert not any(
        "×" in word and len(word) < 5 for word in drawn(diagram(graph, values=values))[1]
    )
    assert len(diagram(graph).text.splitlines()) == 61


def test_a_large_network_grows_down_not_wide():
    nodes, _, root = drawn(diagram(chain(250), collapse=False))
    assert sum("STEP" in node and "column" not in node for node in nodes) == 250
    assert points(root, "width") < 800


@pytest.mark.parametrize("columns", [1, 2, 5])
def test_columns_are_as_many_as_asked_for(columns):
    _, words, _ = drawn(diagram(chain(20), columns=columns))
    assert sum(word.startswith("from ") for word in words) == columns - 1
    with pytest.raises(ValueError, match="columns must be 1 or more"):
        diagram(chain(3), columns=0)


ODD = [
    'say "hi" <b>&amp; more</b>',
    "back\\slash\\",
    "new\nline\ttab",
    "colon: a:b:c",
    "ñandú 量子化 🤖",
    "\x00\x07",
    "<<TABLE>>",
    "",
    "node",
    "a" * 500,
]


@pytest.mark.parametrize("name", ODD)
def test_any_name_can_be_drawn(name):
    weird = network([(name or "x", [0], [1]), (name or "x", [1], [2])], 3, outputs=[2])
    tensors = tuple(Tensor(t.index, name, t.shape, t.dtype) for t in weird.tensors)
    graph = Subgraph(name, tensors, weird.operators, (0,), (2,))
    nodes, words, _ = drawn(side_by_side({name: graph, f"{name}2": graph}))
    assert len(nodes) == 8
    if name.isprintable() and 0 < len(name) <= 28:
        assert name in words


def test_odd_graphs_can_be_drawn():
    one, split, add = ("ABS", [0], [1]), ("SPLIT", [0], [1, 2]), ("ADD", [0, 0], [1])
    pieces, random = [one, ("NEG", [2], [3])], ("RANDOM", [], [0])
    graphs = {
        "nothing": network([], 0, inputs=()),
        "no operator": network([], 1, outputs=[0]),
        "constant output": network([add], 3, outputs=[1, 2], constants=[2]),
        "left out": network([("CONV_2D", [0, -1, -1], [1])], 2, outputs=[1]),
        "many outputs": network([split, ("ADD", [1, 2], [3])], 4, outputs=[3, 3, 1]),
        "no input": network([random, add], 2, inputs=(), outputs=[1]),
        "unused input": network([one], 3, inputs=(0, 2), outputs=[1]),
        "in two pieces": network(pieces, 4, inputs=(0, 2), outputs=[1, 3]),
        "dead end": network([one, ("NEG", [0], [2])], 3, outputs=[1]),
    }
    for name, graph in graphs.items():
        for columns in (None, 2):
            nodes, _, _ = drawn(diagram(graph, title=name, columns=columns))
            assert {f"{op.index} {op.name}" for op in graph.operators} <= set(nodes)
    assert drawn(side_by_side(graphs))


def test_every_subgraph_is_drawn_under_its_name():
    main = network([("WHILE", [0], [1])], 2, outputs=[1])
    body = network([("ADD", [0, 0], [1])], 2, outputs=[1], name="body")
    picture = diagram(Graph((main, body, body), 0))
    nodes, words, _ = drawn(picture)
    assert {"0. 0 WHILE", "1. 0 ADD", "2. 0 ADD"} <= set(nodes)
    assert {"main", "body"} <= set(words) and picture.text.count("0  ADD") == 2


def test_two_networks_stand_side_by_side():
    graphs = {name: read(asset(f"digits_{name}.tflite")) for name in ("float32", "int8")}
    picture = side_by_side(graphs, values={"int8": {18: 3.0}}, label="dB")
    nodes, words, _ = drawn(picture)
    assert {"float32", "int8", "dB"} <= set(words)
    assert {"0. 0 CONV_2D", "1. 0 CONV_2D"} <= set(nodes)
    assert picture.text.startswith("float32\ninput") and "\nint8\ninput" in picture.text
    for wrong in ({}, {"values": {"other": {}}}):
        with pytest.raises(ValueError, match="expected graphs by title"):
            side_by_side({} if not wrong else graphs, **wrong)


def test_what_is_no_graph_is_refused():
    with pytest.raises(ValueError, match="expected a graph, got PosixPath"):
        diagram(asset("digits_int8.tflite"))


def test_ids_in_one_page_never_meet():
    pictures = [diagram(read(asset(f"digits_{name}.tflite"))) for name in ("float32", "int8")]
    first, second = (set(re.findall(r'\bid="([^"]+)"', picture.svg())) for picture in pictures)
    assert first and not first & second
    assert pictures[0].svg() == pictures[0].svg()
