"""Variables in C: a structure of the caller's, made ready once, one for each stream."""

from dataclasses import replace

import numpy as np
import pytest

from qnn_edu import chip
from tests.chip.compiled import Compiled, assert_equals_engine, random_inputs
from tests.chip.networks import graph, handle, integers, subgraph

NAMES = "a/b*/", "c"


def handles(*indices):
    options = ({"container": "", "shared_name": name} for name in NAMES)
    return [("VAR_HANDLE", (), (i,), o) for i, o in zip(indices, options, strict=True)]


BEGIN = subgraph(
    [
        handle(0),
        handle(1),
        integers(2, data=np.full((1, 4), -7, np.int8)),
        integers(3, data=np.int8([[1, 2, 3, 4]])),
    ],
    [*handles(0, 1), ("ASSIGN_VARIABLE", (0, 2), ()), ("ASSIGN_VARIABLE", (1, 3), ())],
)
TENSORS = [integers(0), handle(1), handle(2), *(integers(k, scale=0.2) for k in range(3, 8))]
SUMS = graph(  # a becomes a + x, c becomes the a that was, y is a - c as they were
    TENSORS,
    [
        ("CALL_ONCE", (), (), {"init_subgraph_index": 1}),
        *handles(1, 2),
        ("READ_VARIABLE", (1,), (3,)),
        ("READ_VARIABLE", (2,), (4,)),
        ("ADD", (0, 3), (5,)),
        ("ASSIGN_VARIABLE", (1, 5), ()),
        ("ASSIGN_VARIABLE", (2, 3), ()),
        ("RESHAPE", (4,), (6,), {"new_shape": [1, 4]}),
        ("SUB", (3, 6), (7,)),
    ],
    (0,),
    (7,),
    BEGIN,
)


@pytest.mark.more
def test_a_stream_equals_the_engine(tmp_path):
    program = Compiled([SUMS], tmp_path)
    assert assert_equals_engine(program, 0, *random_inputs(SUMS, 50, seed=0)) == 200


def test_what_is_read_after_it_changed_is_copied_before():
    steps = [(each.kernel, each.operands, each.output) for each in chip.program(SUMS).layers]
    assert steps == [
        ("copy", (-1,), 3),
        ("copy", (-2,), 4),
        ("add", (0, 3), 5),
        ("copy", (5,), -1),
        ("copy", (3,), -2),
        ("sub", (3, 4), 7),
    ]


def test_the_structure_and_what_it_begins_with():
    header = chip.export_c(SUMS, name="m")
    assert (
        "    int8_t variable_0[4]; /* a_b__ */\n    int8_t variable_1[4]; /* c */\n} m_state;"
        in header
    )
    assert "void m_begin(m_state *state);" in header
    assert "void m_run(m_state *state, const int8_t *input, int8_t *output);" in header
    assert "state->variable_0[n] = -7;" in header
    assert "state->variable_1[n] = m_begin_variable_1[n];" in header
    assert "m_state, 8 bytes" in header and chip.program(SUMS).state_bytes == 8


def test_a_variable_that_nothing_begins_is_refused():
    begin = replace(BEGIN, operators=BEGIN.operators[:3])
    network = replace(SUMS, subgraphs=(SUMS.subgraphs[0], begin))
    reasons = {blocker.reason for blocker in chip.blockers(network)}
    assert reasons == {"nothing says what variable 'c' begins with"}
