"""How many random models prove the engine; `python -m tests.oracle.count` counts values too."""

from qnn_edu import engine, tflite
from tests.oracle.random_models import FAMILIES, kernel_sets, random_model
from tests.oracle.test_engine_operators import MODELS


def integer_families():
    """The families that are compared to the bit: all but those of real numbers, whole or in part."""
    return [family for family in FAMILIES if not {"float", "hybrid"} & set(family.split())]


def models(families):
    """Each seed gives two: with any scales, and with such that many results are ties."""
    return 2 * MODELS * len(families)


def operators(families):
    return {family.split()[0] for family in families}


def values(families):
    """How many values the models put out, one run each."""
    return sum(
        _values(f, seed, ties) for f in families for seed in range(MODELS) for ties in (0, 1)
    )


def _values(family, seed, ties):
    content, inputs = random_model(family, seed, ties=ties)
    graph, kernels = tflite.read(content), kernel_sets(content)[-1]
    return sum(tensor.size for tensor in engine.run(graph, inputs, kernels=kernels).outputs)


if __name__ == "__main__":
    exact = integer_families()
    print(f"{models(exact):,} models, {len(operators(exact))} operators, {values(exact):,} values")
    print(f"with real numbers: {models(FAMILIES):,} models, {len(operators(FAMILIES))} operators")
