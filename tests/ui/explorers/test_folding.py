"""The folding explorer, against a network stretched and folded by hand."""

import numpy as np
import pytest

from qnn_edu import nets
from qnn_edu.ptq import fold_batch_norm
from qnn_edu.ui import explorers, numbers
from tests.ui.explorers.laws import Laws


class TestFolding(Laws):
    ever_idle = True

    def is_right(self, values, found):
        """Against Keras' own layers: a network stretched by the spread, then folded."""
        name, bits = values["layer"], values["bits"]
        norm = numbers.recipe.network("digits").get_layer(f"{name}_norm")
        gamma, beta, mean, variance = norm.get_weights()
        (weight,) = numbers.recipe.network("digits").get_layer(name).get_weights()
        rows = weight.reshape(-1, gamma.size)
        factors = nets.models.stretch_factors(gamma.size, spread=values["spread"])
        rows, _ = fold_batch_norm(
            rows, None, gamma * factors, beta * factors, mean, variance, norm.epsilon, axis=1
        )
        if values["cut_idle"]:
            rows[:, variance < norm.epsilon] = 0
        np.testing.assert_array_equal(found["weight"], rows.T)
        for name, each in (("before", weight.reshape(-1, gamma.size)), ("after", rows)):
            ends = [each.min(axis=0), each.max(axis=0)] / np.abs(each).max()
            np.testing.assert_array_equal(found[name], ends)
        assert found["widest"] == np.abs(rows).max(axis=0).argmax()
        step = np.abs(rows).max() / (2 ** (bits - 1) - 1)
        zero = np.abs(rows).max(axis=0)
        assert found["lost"].sum() == ((zero < step / 2) & (zero > 0)).sum()


@pytest.mark.parametrize("name", numbers.folding.LAYERS)
def test_cutting_idle_channels_never_loses_others(explorer, name):
    settings = {"layer": name, "bits": 4, "spread": 1.0}
    found, cut = (explorer.at(**settings, cut_idle=cut) for cut in (False, True))
    idle = found["variance"] < 1e-3
    assert not cut["weight"][idle].any() and not (cut["lost"] & idle).any()
    assert cut["lost"].sum() <= found["lost"].sum()
    np.testing.assert_array_equal(cut["weight"][~idle], found["weight"][~idle])


def test_the_explorer_and_nets_fold_agree(explorer):
    folded = nets.fold(numbers.recipe.network("digits"))
    for name in numbers.folding.LAYERS:
        found = explorer.at(layer=name, spread=1.0, cut_idle=False)
        stored = folded.get_layer(name).get_weights()[0].reshape(found["weight"].shape[::-1])
        np.testing.assert_allclose(found["weight"].T, stored, rtol=1e-6)


def test_another_layer_is_refused():
    with pytest.raises(ValueError, match="There is no layer 'dense'"):
        explorers.folding("dense")
