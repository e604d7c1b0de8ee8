"""What moves values without changing them: shapes, parts, copies, and images of another size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from qnn_edu.nets.qat.elementary.arithmetic import is_tensor
from qnn_edu.nets.qat.elementary.convolutions import as_image, as_sequence, channels_last
from qnn_edu.nets.qat.elementary.layers import Resize, Slice
from qnn_edu.nets.qat.elementary.pieces import Pieces
from qnn_edu.nets.qat.elementary.registry import as_it_is, rewriting
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers
rewriting(K.Flatten, K.Reshape, K.Permute, K.ZeroPadding1D, K.Cropping1D)(as_it_is)


@rewriting(K.ZeroPadding2D, K.Cropping2D)
def padding(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    channels_last(layer, pieces)
    return pieces.copy()(x)


@rewriting(K.UpSampling2D)
def up_sampling(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    channels_last(layer, pieces)
    if layer.interpolation not in ("nearest", "bilinear"):
        raise pieces.refusal(f"interpolates {layer.interpolation}; nearest and bilinear can be had")
    return pieces(Resize, factors=tuple(layer.size), interpolation=layer.interpolation)(x)


@rewriting(K.UpSampling1D)
def up_sampling1d(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    size = layer.size if isinstance(layer.size, int) else layer.size[0]
    resize = pieces(Resize, "image", factors=(1, size))
    return as_sequence(pieces, resize(as_image(pieces, x)))


@rewriting("Resize")
def resize(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """That of `keras.ops.image`."""
    channels_last(operation, pieces)
    kind = operation.interpolation
    plain = not (operation.crop_to_aspect_ratio or operation.pad_to_aspect_ratio)
    if kind not in ("nearest", "bilinear") or operation.antialias or not plain:
        raise pieces.refusal("resizes in a way that has no kernel: nearest and bilinear have")
    return pieces(Resize, size=tuple(operation.size), interpolation=kind)(x)


@rewriting(K.RepeatVector)
def repeat_vector(layer: keras.Layer, pieces: Pieces, x: Any) -> Any:
    """A vector, as an image of one place, made taller."""
    spot = pieces(K.Reshape, "spot", target_shape=(1, 1, x.shape[1]))(x)
    tall = pieces(Resize, "taller", factors=(layer.n, 1))(spot)
    return pieces(K.Reshape, "sequence", target_shape=(layer.n, x.shape[1]))(tall)


@rewriting("Reshape")
def reshape(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    shape = list(operation.newshape)
    kept = shape[0] in (-1, x.shape[0]) or None in x.shape[1:] or -1 not in shape
    if not kept or (shape[0] == -1 and math.prod(shape[1:]) != math.prod(x.shape[1:])):
        raise pieces.refusal(f"reshapes to {shape}, which mixes the images")
    return pieces(K.Reshape, target_shape=tuple(shape[1:]))(x)


@rewriting("Squeeze", "ExpandDims", "Ravel")
def reshape_to_result(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """The shape that the operation itself says."""
    return _shaped(pieces, x, operation.compute_output_spec(x).shape)


@rewriting("Transpose", "Swapaxes", "Moveaxis")
def transpose(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """The order of axes is found on a tensor whose sizes are all different."""
    probe = keras.KerasTensor(tuple(range(7, 7 + len(x.shape))))
    order = [n - 7 for n in operation.compute_output_spec(probe).shape]
    if order[0] != 0:
        raise pieces.refusal("moves the first axis, on which the images are")
    return pieces(K.Permute, dims=order[1:])(x)


@rewriting("Concatenate")
def concatenate(operation: keras.Operation, pieces: Pieces, xs: Any) -> Any:
    if operation.axis % len(xs[0].shape) == 0 or not all(map(is_tensor, xs)):
        raise pieces.refusal("joins constants, or along the first axis, on which the images are")
    return pieces(K.Concatenate, axis=operation.axis)(list(xs))


@rewriting("Stack")
def stack(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """Each with one more axis, then joined along it."""
    axis = operation.axis % (len(x[0].shape) + 1)
    if axis == 0:
        raise pieces.refusal("stacks along the first axis, on which the images are")
    shapes = [(*each.shape[:axis], 1, *each.shape[axis:]) for each in x]
    each = [_shaped(pieces, t, s, "each") for t, s in zip(x, shapes, strict=True)]
    return pieces(K.Concatenate, axis=axis)(each)


@rewriting("GetItem")
def get_item(operation: keras.Operation, pieces: Pieces, x: Any, key: Any) -> Any:
    """A slice of each axis; one given as a number is cut to size 1, and then left out."""
    key = key if isinstance(key, tuple) else (key,)
    if Ellipsis in key:
        at = key.index(Ellipsis)
        key = (*key[:at], *[slice(None)] * (len(x.shape) - len(key) + 1), *key[at + 1 :])
    if key[:1] != (slice(None),) or not all(isinstance(k, slice | int) for k in key):
        raise pieces.refusal(f"takes the part {key}; slices behind the first axis can be had")
    parts = [_triple(k) for k in key[1:]]
    if any(step is not None and step < 0 for _, _, step in parts):
        raise pieces.refusal("steps backwards, for which there is no integer kernel")
    x = pieces(Slice, part=tuple(parts))(x) if any(part != (None,) * 3 for part in parts) else x
    if not any(isinstance(k, int) for k in key):
        return x
    rest = [n for i, n in enumerate(x.shape) if i >= len(key) or not isinstance(key[i], int)]
    return _shaped(pieces, x, rest, "squeezed")


@rewriting("Split")
def split(operation: keras.Operation, pieces: Pieces, x: Any) -> Any:
    """Its parts, one slice each."""
    axis, how = operation.axis % len(x.shape), operation.indices_or_sections
    if axis == 0 or x.shape[axis] is None:
        raise pieces.refusal("splits along the first axis, or one whose size is left open")
    size = x.shape[axis]
    cuts = range(0, size + 1, size // how) if isinstance(how, int) else (0, *how, size)
    before = ((None, None, None),) * (axis - 1)
    pairs = zip(cuts[:-1], cuts[1:], strict=True)
    return [pieces(Slice, "part", part=(*before, (a, b, None)))(x) for a, b in pairs]


@rewriting("Pad")
def pad(operation: keras.Operation, pieces: Pieces, x: Any, constant_values: Any = None) -> Any:
    """Zeros around an image or a sequence."""
    widths = [tuple(pair) for pair in operation.pad_width]
    layer = {3: K.ZeroPadding1D, 4: K.ZeroPadding2D}.get(len(widths))
    plain = operation.mode == "constant" and not constant_values
    if layer is None or not plain or widths[0] != (0, 0) or widths[-1] != (0, 0):
        raise pieces.refusal("pads otherwise than with zeros around an image or a sequence")
    inner = widths[1:-1]
    return pieces(layer, padding=inner[0] if len(inner) == 1 else inner)(x)


def _shaped(pieces: Pieces, x: Any, shape: Any, piece: str = "") -> Any:
    """`x` in this shape, of whose axes behind the first one size may be open."""
    if shape[0] != x.shape[0]:
        raise pieces.refusal("changes the first axis, on which the images are")
    return pieces(K.Reshape, piece, target_shape=[-1 if n is None else n for n in shape[1:]])(x)


def _triple(key: slice | int) -> tuple[int | None, int | None, int | None]:
    if isinstance(key, int):
        return (key, key + 1 or None, None)
    return (key.start, key.stop, key.step)
