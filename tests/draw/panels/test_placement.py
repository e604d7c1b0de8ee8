"""The diagram of fake quantizers: two graphs, and whether the second can be loaded."""

import pytest

from qnn_edu.data import asset
from qnn_edu.draw.panels.placement import placement_diagram
from qnn_edu.tflite import read

GRAPH = read(asset("digits_int8.tflite"))


@pytest.mark.parametrize(
    ("refusals", "loads"), [(["", ""], True), (["No.", ""], True), (["No.", "No."], False)]
)
def test_the_title_says_when_no_kernels_can_load_the_file(refusals, loads):
    found = {"before": GRAPH, "graph": GRAPH, "refusals": dict(enumerate(refusals))}
    diagram = placement_diagram(found)
    assert ("cannot be loaded" not in diagram.text) == loads
    assert diagram.text.count("input serving_default_image") == 2


def test_each_graph_is_one_column():
    found = {"before": GRAPH, "graph": GRAPH, "refusals": {}}
    assert "to column" not in placement_diagram(found).source
