"""The prepared model in the making: what stands for each layer, and quantizers where planned."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qnn_edu.nets.qat.constants import OPERATIONS, QuantizedConstant, QuantizedNorm
from qnn_edu.nets.qat.copies import copy_of
from qnn_edu.nets.qat.elementary.layers import Unary
from qnn_edu.nets.qat.inverse_root import InverseRoot
from qnn_edu.nets.qat.layers import keras
from qnn_edu.nets.qat.originals import graph_name
from qnn_edu.nets.qat.passages import Requantize, ToFloat
from qnn_edu.nets.qat.plan import Place, Plan
from qnn_edu.nets.qat.prepared import inner_layer
from qnn_edu.nets.qat.wiring import Step


class Building:
    """The prepared model in the making: one layer for each of the source's, and its quantizers."""

    def __init__(
        self,
        plan: Plan,
        weighted: Callable[[keras.Layer], keras.Layer],
        quantizer: Callable[[str], keras.Layer],
    ) -> None:
        self._plan, self._weighted = plan, weighted
        self._layers: dict[str, keras.Layer] = {}
        self._unrounded: dict[int, Any] = {}
        self._quantizers = {name: quantizer(name) for name in plan.grids}

    def model(self, name: str) -> keras.Model:
        """The model of cloned layers, fake quantizers between them, normalisations left out."""
        wiring = self._plan.wiring
        inputs = keras.tree.map_structure(
            lambda x: keras.Input(batch_shape=x.shape, dtype=x.dtype, name=graph_name(x.name)),
            wiring.inputs,
        )
        places = [self._plan.after[id(x)] for x in keras.tree.flatten(wiring.inputs)]
        rounded = keras.tree.pack_sequence_as(
            inputs, map(self._rounded, keras.tree.flatten(inputs), places)
        )
        return keras.Model(inputs, wiring.rebuilt(rounded, self._call), name=name)

    def begin(self) -> None:
        """Give each layer the weights of the source's, and learned steps their first."""
        for step in self._plan.wiring.steps:
            if step.name in self._layers and step.operation.weights:
                layer = self._layers[step.name]
                inner_layer(layer).set_weights(step.operation.get_weights())
        for name in self._plan.weighted:
            if name in self._plan.norm_of:
                norm = self._plan.norm_of[name]
                self._layers[name].norm.set_weights(norm.get_weights())
            self._layers[name].start()

    def _call(self, step: Step, *args: Any, **kwargs: Any) -> Any:
        """One step of the source, and the quantizers before and behind it."""
        if step.name in self._plan.folded:
            y = keras.tree.flatten(args)[0]
        else:
            args, kwargs = self._taken(step, args, kwargs)
            y = self._layer(step)(*args, **kwargs)
        outputs = keras.tree.flatten(y)
        self._unrounded |= {id(x): y for x, y in zip(step.outputs, outputs, strict=True)}
        places = [self._plan.after.get(id(x)) for x in step.outputs]
        return [self._rounded(x, place) for x, place in zip(outputs, places, strict=True)]

    def _taken(self, step: Step, args: Any, kwargs: Any) -> Any:
        """The arguments of a call, its tensors as the step takes them."""
        given = iter(step.inputs)

        def taken(x: Any) -> Any:
            if not isinstance(x, keras.KerasTensor):
                return x
            source = next(given)
            if self._plan.is_float(step):
                name, grid = self._plan.new_name(step, "float"), self._plan.grid_of(source)
                return ToFloat(step.name, barrier=grid is not None, name=name)(x)
            if id(source) in self._plan.after and self._plan.passes_by(step, source):
                grid = self._quantizers[self._plan.after[id(source)].grid]
                return grid(self._unrounded[id(source)], stated=True)
            place = self._plan.before.get((id(step), id(source)))
            if place is None:
                return x
            name = self._plan.new_name(step, "requantize")
            between = self._plan.grid_of(source).between
            anew = Requantize(positive=not between or between[0] >= 0, name=name)
            return self._rounded(anew(x), place)

        return keras.tree.map_structure(taken, (args, kwargs))

    def _rounded(self, x: Any, place: Place | None) -> Any:
        if place is None:
            return x
        how = {"member": place.member} if place.member else {}
        how |= {"again": True} if place.again else {}
        return self._quantizers[place.grid](x, **how)

    def _layer(self, step: Step) -> keras.Layer:
        if step.name not in self._layers:
            self._layers[step.name] = self._made(step)
        return self._layers[step.name]

    def _made(self, step: Step) -> keras.Layer:
        """What stands for a layer of the source."""
        layer = step.operation
        if self._plan.is_float(step):
            return copy_of(layer)
        if step.name in self._plan.weighted:
            return self._weighted(layer)
        if isinstance(layer, keras.layers.BatchNormalization):
            return QuantizedNorm(copy_of(layer), name=layer.name)
        if type(layer) in OPERATIONS and layer.weights:
            return QuantizedConstant(copy_of(layer), name=layer.name)
        if isinstance(layer, Unary) and layer.function == "rsqrt":
            return InverseRoot(copy_of(layer), name=layer.name)
        place = self._plan.after.get(id(step.outputs[0]))
        top = place and self._plan.grids[place.grid].top
        if isinstance(layer, keras.layers.ReLU) and top is not None:
            return keras.layers.ReLU(name=layer.name)  # its quantizer has the top
        return copy_of(layer)
