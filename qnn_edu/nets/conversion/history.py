"""How it was done in 2018: TensorFlow 1 graphs, sessions, and ranges stated instead of measured."""

from collections.abc import Callable

from qnn_edu.nets.conversion.toolchain import converted
from qnn_edu.nets.quiet import load_tensorflow

TYPES = ("uint8", "int8", "float32")


def convert_2018(
    network: Callable,
    input_shape: tuple[int, ...],
    *,
    inference_type: str = "uint8",
    input_stats: tuple[float, float] = (128, 128),
    default_ranges: tuple[float, float] | None = (0, 6),
    seed: int = 0,
) -> bytes:
    """The bytes of a LiteRT file made as the converter of TensorFlow 1.10 was used.

    `network(x)` builds a graph on the placeholder `x`, float32 of `input_shape` (1, ...), and gives
    its output tensor; it may call `tf.compat.v1.get_variable` and its kin. The variables are
    initialised at random, with `seed`.

    `input_stats` is (mean, standard deviation) of the integer input: x = (q - mean) / std, so
    scale is 1 / std and the zero point is mean (for "int8" a mean of 0, not of 128).
    `default_ranges` (lo, hi) is believed of every activation that has no fake quantizer: (0, 6)
    gives it the scale 6/255. With None, nobody knows these ranges; the converter of 2018 stopped
    with an error, today's leaves the operators in float without a word.

    Raises:
        ValueError: another inference type, and what the converter cannot do.

    Source: the "dummy quantization" of TensorFlow Lite's guide of 2018.

    >>> from qnn_edu.tflite import read
    >>> graph = read(convert_2018(lambda x: abs(x) + x, (1, 4)))
    >>> image = graph.tensors[graph.inputs[0]]
    >>> image.dtype, float(image.scale), image.zero_point
    (dtype('uint8'), 0.0078125, 128)
    """
    if inference_type not in TYPES:
        raise ValueError(
            f"convert_2018: inference_type is one of {', '.join(TYPES)}; got {inference_type!r}."
        )
    tf = load_tensorflow()
    v1 = tf.compat.v1
    with tf.Graph().as_default() as graph:
        v1.set_random_seed(seed)
        x = v1.placeholder(tf.float32, input_shape, name="input")
        y = network(x)
        initialize = v1.global_variables_initializer()

    def work() -> bytes:
        with v1.Session(graph=graph) as session:
            session.run(initialize)
            converter = v1.lite.TFLiteConverter.from_session(session, [x], [y])
            converter.inference_type = tf.as_dtype(inference_type)
            converter.quantized_input_stats = {"input": tuple(input_stats)}
            converter.default_ranges_stats = default_ranges
            return converter.convert()

    return converted(work)
