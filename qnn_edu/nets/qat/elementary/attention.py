"""Attention as dense layers, matrix products and softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qnn_edu.nets.qat.elementary.arithmetic import times
from qnn_edu.nets.qat.elementary.convolutions import dense_by_equation
from qnn_edu.nets.qat.elementary.layers import MatMul, MultiplyConstant
from qnn_edu.nets.qat.elementary.pieces import Pieces
from qnn_edu.nets.qat.elementary.registry import rewriting
from qnn_edu.nets.quiet import load_keras

if TYPE_CHECKING:
    import keras
else:
    keras = load_keras()

K = keras.layers


@rewriting(K.MultiHeadAttention)
def multi_head(
    layer: keras.Layer,
    pieces: Pieces,
    query: Any,
    value: Any,
    key: Any = None,
    *,
    return_attention_scores: bool = False,
    training: bool | None = None,
) -> Any:
    """Scores of queries and keys, a softmax, and the values so weighed, for each head."""
    if len(query.shape) != 3 or len(value.shape) != 3:
        raise pieces.refusal("is taken on sequences of vectors alone")
    key = value if key is None else key
    q, k, v = (
        dense_by_equation(dense, pieces.of(dense, name), x, "dense")
        for name, dense, x in (
            ("query", layer.query_dense, query),
            ("key", layer.key_dense, key),
            ("value", layer.value_dense, value),
        )
    )
    q = times(pieces, q, layer.key_dim**-0.5, "scaled")
    q, v = (pieces(K.Permute, "heads", dims=(2, 1, 3))(x) for x in (q, v))
    k = pieces(K.Permute, "keys", dims=(2, 3, 1))(k)
    scores = pieces(K.Softmax, "softmax")(pieces(MatMul, "scores")([q, k]))
    weights = _dropped(layer, pieces, scores, training)
    found = pieces(MatMul, "weighed")([weights, v])
    found = pieces(K.Permute, "joined", dims=(2, 1, 3))(found)
    output = layer.output_dense
    found = dense_by_equation(output, pieces.of(output, "output"), found, "dense")
    return (found, scores) if return_attention_scores else found


@rewriting(K.Attention)
def attention(
    layer: keras.Layer,
    pieces: Pieces,
    inputs: Any,
    *,
    return_attention_scores: bool = False,
    training: bool | None = None,
) -> Any:
    """The same without heads and without weights of its own."""
    if layer.score_mode != "dot":
        raise pieces.refusal(f"has score_mode={layer.score_mode!r}; 'dot' can be had")
    query, value, *rest = inputs
    key = pieces(K.Permute, "keys", dims=(2, 1))(rest[0] if rest else value)
    scores = pieces(MatMul, "scores")([query, key])
    if layer.scale is not None:
        scores = pieces(MultiplyConstant, "scale", shape=tuple(layer.scale.shape))(scores)
    scores = pieces(K.Softmax, "softmax")(scores)
    found = pieces(MatMul, "weighed")([_dropped(layer, pieces, scores, training), value])
    return (found, scores) if return_attention_scores else found


@rewriting("NotEqual")
def mask(operation: keras.Operation, pieces: Pieces, *args: Any) -> Any:
    """What `Masking` and `Embedding(mask_zero=True)` leave in the graph for layers behind them."""
    raise pieces.refusal("makes a mask, and integer kernels have none")


def _dropped(layer: keras.Layer, pieces: Pieces, scores: Any, training: bool | None) -> Any:
    """The scores after the dropout that the layer trains with."""
    if not layer.dropout:
        return scores
    return pieces(K.Dropout, "dropout", rate=layer.dropout)(scores, training=training)
