"""The recipe explorer, against files that `nets.convert` makes in one step."""

import qnn_edu
from qnn_edu import data, nets, tflite
from qnn_edu.ui import numbers
from tests.ui.explorers.laws import Laws


class TestRecipe(Laws):
    ever_idle, rows, draws = True, 6, 1

    def is_right(self, values, found):
        """The file behind the picture is the one that `nets.convert` makes in one step."""
        name, recipe = values["network"], values["recipe"]
        options = {}
        if recipe in ("int8", "int16x8"):
            images = numbers.recipe.calibration(values["images"], spoiled=values["spoiled"])
            options = {"calibration": images, "ranges": numbers.recipe.METHODS[values["method"]]}
        if recipe in ("int8", "dynamic"):
            options["per_channel"] = values["per_channel"]
        file = nets.convert(numbers.recipe.network(name), recipe, **options)
        graph, (x, y) = tflite.read(file), data.digits("test")
        takes = graph.tensors[graph.inputs[0]].params
        given = x if takes is None else qnn_edu.quantize(x, takes)
        answers = nets.run_tflite(file, given).outputs[0]
        assert found["size"] == len(file)
        assert found["accuracy"] == 100 * (answers.argmax(axis=1) == y).mean()
        assert [op.name for op in found["graph"].operators] == [op.name for op in graph.operators]
