"""The placement explorer, against the converter and LiteRT asked by hand."""

import numpy as np
import pytest

from qnn_edu import nets, tflite
from qnn_edu.nets.conversion.stated_ranges import convert_stated
from qnn_edu.nets.models import placement
from qnn_edu.ui import numbers
from tests.ui.explorers.laws import Laws


class TestPlacement(Laws):
    ever_idle, draws = True, 1

    def is_right(self, values, found):
        """Against the converter asked in one step, and LiteRT asked by hand."""
        where, size = placement.Placement(**values), numbers.placement.SIZE
        function = placement.two_convolutions(where, size=size)
        file = convert_stated(function, io="float32")
        graph, x = tflite.read(file), numbers.placement.photograph()
        assert [op.name for op in found["graph"].operators] == [op.name for op in graph.operators]
        assert found["float_operators"] == len(nets.float_operators(graph))
        assert any(found["zero_points"]) == all(found["refusals"].values())
        for kernels, message in found["refusals"].items():
            if message:
                with pytest.raises(ValueError, match="cannot load"):
                    nets.run_tflite(file, x, kernels=kernels)
            else:
                result = nets.run_tflite(file, x, kernels=kernels).outputs[0]
                steps = np.abs(result - function(x).numpy()) * 255 / 6
                assert found["off"] == pytest.approx((steps > 0.5).mean(), abs=0.005)
