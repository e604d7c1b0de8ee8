"""What a network remembers: a stream, a batch whose images begin anew, states that do not fit."""

from dataclasses import replace

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from qnn_edu import engine, tflite
from qnn_edu.tflite import Graph, Operator, Subgraph, Tensor

I8, HANDLE = np.dtype(np.int8), np.dtype(object)
REMEMBERING = [  # public networks: with variables by name, with SVDF, with an LSTM
    "7617647b_hey_peppa_pig",
    "7aa4db6d_vad",
    "9011a815_alexa",
    "a9bb3544_hey_jarvis",
    "c2a9b6ed_hey_mycroft",
    "eb8db087_okay_computer",
    "f9a3f5d0_hey_home_assistant",
    "f9af22ab_okay_nabu",
    "2335faf0_keyword_scrambled",
    "94375ed2_micro_speech_lstm",
    "a44e4d8a_trained_lstm_int8",
]
FRAMES = 12  # some remember ten
RESOLVERS = dict(
    zip(
        engine.KERNEL_SETS,
        ("BUILTIN_REF", "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "AUTO"),
        strict=True,
    )
)


def number(index, data=None):
    return Tensor(index, f"t{index}", (1, 1), I8, np.float32(1), 0, data=data)


def handle(index):
    return Tensor(index, "", (), HANDLE, type="RESOURCE")


def operator(index, name, inputs, outputs, **options):
    return Operator(index, name, 1, inputs, outputs, options)


VARIABLE = {"container": "", "shared_name": "sum"}
BEGIN = Subgraph(
    "begin",
    (handle(0), number(1, np.int8([[5]]))),
    (operator(0, "VAR_HANDLE", (), (0,), **VARIABLE), operator(1, "ASSIGN_VARIABLE", (0, 1), ())),
    (),
    (),
)
MAIN = Subgraph(
    "main",
    (number(0), handle(1), number(2), number(3)),
    (
        operator(0, "CALL_ONCE", (), (), init_subgraph_index=1),
        operator(1, "VAR_HANDLE", (), (1,), **VARIABLE),
        operator(2, "READ_VARIABLE", (1,), (2,)),
        operator(3, "ADD", (0, 2), (3,)),
        operator(4, "ASSIGN_VARIABLE", (1, 3), ()),
    ),
    (0,),
    (3,),
)
COUNTER = Graph((MAIN, BEGIN), 0)


def with_begin(**changes):
    return replace(COUNTER, subgraphs=(MAIN, replace(BEGIN, **changes)))


def test_a_stream_goes_on_where_the_state_left_off():
    state, sums = None, []
    for x in (1, 2, 3):
        result = engine.run(COUNTER, np.int8([[x]]), state=state)
        state = result.state
        sums.append(int(result.outputs[0][0, 0]))
    assert sums == [6, 8, 11] and state.begun == {1}
    assert {name: int(value[0, 0]) for name, value in state.variables.items()} == {"sum": 11}


def test_a_batch_begins_each_image_anew_and_a_state_stays_what_it_was():
    state = engine.run(COUNTER, np.int8([[1]])).state
    assert engine.run(COUNTER, np.int8([[1], [2], [3]])).outputs[0].ravel().tolist() == [6, 7, 8]
    several = engine.run(COUNTER, np.int8([[1], [2], [3]]), state=state)
    assert several.outputs[0].ravel().tolist() == [7, 8, 9] and several.state is None
    assert int(state.variables["sum"][0, 0]) == 6


def test_an_input_that_changes_later_changes_no_state():
    given = operator(4, "ASSIGN_VARIABLE", (1, 0), ())
    main = replace(MAIN, operators=(*MAIN.operators[:4], given))
    graph, x = replace(COUNTER, subgraphs=(main, BEGIN)), np.int8([[7]])
    state = engine.run(graph, x).state
    x[:] = 0
    assert int(state.variables["sum"][0, 0]) == 7


def test_an_output_that_changes_later_changes_no_state():
    """The variable itself is an output."""
    main = replace(MAIN, operators=MAIN.operators[:3], outputs=(2,))
    result = engine.run(replace(COUNTER, subgraphs=(main, BEGIN)), np.int8([[7]]))
    result.outputs[0][:] = 0
    assert int(result.state.variables["sum"][0, 0]) == 5


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"variables": [1]}, "the variables of a State are a dict of arrays, got list"),
        ({"variables": {"sum": 5}}, "the variables of a State are a dict of arrays, got int"),
        ({"tensors": {3: [[1]]}}, "the tensors of a State are a dict of arrays, got list"),
        ({"tensors": None}, "the tensors of a State are a dict of arrays, got NoneType"),
        ({"begun": 1}, "what has begun in a State is a set of numbers, got int"),
    ],
)
def test_a_state_is_made_of_arrays(fields, message):
    with pytest.raises(ValueError, match=message):
        engine.State(**fields)


def test_handles_are_no_tensors_of_a_result():
    assert engine.run(COUNTER, np.int8([[1]]), keep=True).tensors.keys() == {0, 2, 3}


@pytest.mark.parametrize(
    ("graph", "state", "message"),
    [
        (with_begin(operators=()), None, "expects int8 .* in variable 'sum', and finds nothing"),
        (COUNTER, {"sum": 1}, "state is a Result's `.state`, got dict"),
        (
            COUNTER,
            engine.State({"sum": np.zeros((2, 2), np.int8)}, begun=frozenset({1})),
            r"finds int8 of shape \(2, 2\)",
        ),
        (COUNTER, engine.State({"total": np.zeros((1, 1), np.int8)}), "variables .'total'., which"),
        (COUNTER, engine.State(tensors={0: np.zeros((1, 1), np.int8)}), "the state has a variable"),
        (
            with_begin(operators=(operator(0, "CALL_ONCE", (), (), init_subgraph_index=1),)),
            None,
            "in its subgraph 1, operator 0, CALL_ONCE: subgraph 1 would call itself",
        ),
        (
            with_begin(operators=(operator(0, "NOTHING", (), (0,)),)),
            None,
            "in its subgraph 1, operator 0, NOTHING: it has no kernel",
        ),
        (
            with_begin(operators=(operator(0, "ASSIGN_VARIABLE", (1, 1), ()),)),
            None,
            "its input 't1' is INT8 .*, and no handle",
        ),
    ],
)
def test_what_cannot_be_remembered_is_refused(graph, state, message):
    with pytest.raises(ValueError, match=message):
        engine.run(graph, np.int8([[1]]), state=state)


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("name", REMEMBERING)
def test_a_network_equals_litert_in_a_stream(real_data, name, kernels):
    content = (real_data / "corpus" / "networks" / f"{name}.tflite").read_bytes()
    graph, interpreter, state = tflite.read(content), loaded(content, kernels), None
    for x in frames(graph, FRAMES):
        result = engine.run(graph, x, kernels=kernels, state=state)
        state = result.state
        assert_equal(answer(interpreter, graph, x), result.outputs)
    assert {*state.variables, *state.tensors}
    for i, kept in state.tensors.items():
        np.testing.assert_array_equal(kept, interpreter.get_tensor(i))


@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("name", REMEMBERING)
def test_a_network_begins_each_image_of_a_batch_anew(real_data, name, kernels):
    content = (real_data / "corpus" / "networks" / f"{name}.tflite").read_bytes()
    graph = tflite.read(content)
    x = frames(graph, 3)
    together = engine.run(graph, np.concatenate(x), kernels=kernels).outputs
    for k, frame in enumerate(x):
        alone = answer(loaded(content, kernels), graph, frame)
        assert_equal(alone, [output[k : k + 1] for output in together])


def frames(graph, count):
    tensor = graph.tensors[graph.inputs[0]]
    shape = (count, *tensor.shape)
    rng = np.random.default_rng(0)
    if tensor.dtype.kind == "f":
        return rng.normal(0, 1, shape).astype(tensor.dtype)
    return rng.integers(-128, 128, shape).astype(tensor.dtype)


def loaded(content, kernels):
    resolver = OpResolverType[RESOLVERS[kernels]]
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    return interpreter


def answer(interpreter, graph, x):
    interpreter.set_tensor(graph.inputs[0], x)
    interpreter.invoke()
    return [interpreter.get_tensor(i) for i in graph.outputs]


def assert_equal(theirs, ours):
    for one, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(one, other)
