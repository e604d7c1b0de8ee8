"""Layers that remember: the engine equals LiteRT bit for bit in a stream, not only at its start."""

import numpy as np
import pytest
from ai_edge_litert.interpreter import Interpreter, OpResolverType

from qnn_edu import engine, tflite
from tests.oracle.families.recurrent import FAMILIES
from tests.oracle.random_models import random_model

MODELS, FRAMES = 10, 4
RESOLVERS = {
    "reference": OpResolverType.BUILTIN_REF,
    "optimized": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    "xnnpack": OpResolverType.AUTO,
}


def loaded(content, kernels):
    resolver = RESOLVERS[kernels]
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=resolver)
    interpreter.allocate_tensors()
    return interpreter


@pytest.mark.parametrize("ties", [False, True], ids=["", "ties"])
@pytest.mark.parametrize("kernels", engine.KERNEL_SETS)
@pytest.mark.parametrize("family", FAMILIES)
def test_a_layer_remembers_as_litert_does(family, kernels, ties):
    for seed in range(MODELS):
        content, inputs = random_model(family, seed, ties=ties)
        graph, interpreter, state = tflite.read(content), loaded(content, kernels), None
        for _ in range(FRAMES):
            result = engine.run(graph, inputs, kernels=kernels, state=state)
            interpreter.set_tensor(graph.inputs[0], inputs[0])
            interpreter.invoke()
            theirs = interpreter.get_tensor(graph.outputs[0])
            np.testing.assert_array_equal(result.outputs[0], theirs, err_msg=f"seed {seed}")
            for i, kept in result.state.tensors.items():
                np.testing.assert_array_equal(kept, interpreter.get_tensor(i), f"seed {seed}")
            inputs, state = [np.roll(inputs[0], 1)], result.state
