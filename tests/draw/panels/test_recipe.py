"""The diagram of a converted network: every operator has its value and a colour that stays."""

from qnn_edu.data import asset
from qnn_edu.draw.graphs.boxes import Scale
from qnn_edu.draw.panels.recipe import recipe_diagram
from qnn_edu.tflite import read

GRAPH = read(asset("digits_int8.tflite"))
MADE = [i for op in GRAPH.operators for i in op.outputs]


def test_each_operator_carries_its_sqnr():
    sqnr = {index: 10.0 + k for k, index in enumerate(MADE)}
    lines = recipe_diagram({"graph": GRAPH, "sqnr": sqnr}).text.splitlines()[1:]
    assert [line.split()[-1] for line in lines] == [f"{value:g}" for value in sqnr.values()]


def test_the_colours_hold_still_when_other_values_change():
    middle = f'BGCOLOR="{Scale([], (0, 40)).fill(20.0)}"'
    for other in (5.0, 39.0, 99.0):
        source = recipe_diagram({"graph": GRAPH, "sqnr": {MADE[0]: 20.0, MADE[1]: other}}).source
        assert source.count(middle) == 2  # in the legend, and of the operator
