"""The tables of the format against LiteRT's own classes: nothing is missing on either side."""

import flatbuffers
import numpy as np
import pytest

from qnn_edu.data import asset
from qnn_edu.tflite.packing import packed
from qnn_edu.tflite.schema import NUMBERS, TABLES, layout, number
from qnn_edu.tflite.schema.enumerations import ENUMERATIONS
from qnn_edu.tflite.schema.unions import UNIONS
from qnn_edu.tflite.table import Table
from qnn_edu.tflite.types import DTYPES
from qnn_edu.tflite.unpacking import unpacked

schema = pytest.importorskip(
    "ai_edge_litert.schema_py_generated", reason="needs LiteRT's classes: ai-edge-litert"
)
SLOTS = {
    "?": "PrependBoolSlot",
    "b": "PrependInt8Slot",
    "i": "PrependInt32Slot",
    "q": "PrependInt64Slot",
    "I": "PrependUint32Slot",
    "Q": "PrependUint64Slot",
    "f": "PrependFloat32Slot",
}


class Recorder:
    """In a builder's place: notes what LiteRT's functions ask of it."""

    def __init__(self):
        self.calls = []

    def __getattr__(self, name):
        return lambda *arguments: self.calls.append((name, *arguments))


def asked(function, *arguments):
    recorder = Recorder()
    function(recorder, *arguments)
    return recorder.calls[0]


def capitalised(name):
    """LiteRT's spelling of a field: `zero_point` is `ZeroPoint` in functions, `zeroPoint` else."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def of(theirs, field, more=""):
    name = capitalised(field.name) + more
    return getattr(theirs, name[0].lower() + name[1:])


def is_enumeration(found):
    values = [v for k, v in vars(found).items() if k[0] != "_"] if isinstance(found, type) else []
    return bool(values) and all(isinstance(v, int) for v in values)


def their_fields(kind):
    """What LiteRT writes for each field of a table: method, slot and default."""
    fields = {}
    for name, function in vars(schema).items():
        if name.startswith(f"{kind}Add"):
            method, slot, _, default = asked(function, 0)
            fields[name.removeprefix(f"{kind}Add")] = method, slot, default
    return fields


def our_fields(kind):
    fields = {}
    for field in layout(kind).fields:
        name = capitalised(field.name)
        if field.form == "number":
            fields[name] = SLOTS[field.of], field.slot, field.default
        else:
            fields[name] = "PrependUOffsetTRelativeSlot", field.slot, 0
        if field.form == "union":
            fields[f"{name}Type"] = "PrependUint8Slot", field.slot - 1, 0
    return fields


def filled(kind, rng, depth=3):
    """A table with something in every field, numbers over the whole range of their type."""
    table = Table(kind)
    for field in layout(kind).fields:
        if field.form in ("number", "numbers"):
            dtype = np.dtype(f"<{field.of}")
            values = np.frombuffer(rng.bytes(5 * dtype.itemsize), dtype)
            if field.of in "?f":
                values = rng.integers(0, 2, 5).astype(dtype)
            value = values if field.form == "numbers" else values[0].item()
        elif field.form == "string":
            value = rng.bytes(5)
        else:
            members = UNIONS[field.of].split() if field.form == "union" else [field.of]
            value = filled(str(rng.choice(members)), rng, depth - 1) if depth else None
            value = [value] * 2 if field.form == "tables" and depth else value
        setattr(table, field.name, value)
    return table


def assert_same(ours, theirs):
    """A table says what LiteRT's object says, down to the types of numbers."""
    assert type(theirs).__name__ == f"{ours.kind}T"
    for field in layout(ours.kind).fields:
        mine, other = getattr(ours, field.name), of(theirs, field)
        if field.form == "number" or mine is None:
            assert (type(mine), mine) == (type(other), other), (ours.kind, field)
        elif field.form == "numbers":
            assert mine.dtype == other.dtype, (ours.kind, field)
            np.testing.assert_array_equal(mine, other)
        elif field.form == "string":
            assert mine == other
        elif field.form == "tables":
            for entry, their_entry in zip(mine, other, strict=True):
                assert_same(entry, their_entry)
        else:
            assert_same(mine, other)
        if field.form == "union":
            assert of(theirs, field, "Type") == (number(field.of, mine.kind) if mine else 0)


def test_every_table_is_there():
    theirs = {name for name in vars(schema) if f"{name}T" in vars(schema)}
    assert set(TABLES) == theirs and len(theirs) > 150


@pytest.mark.parametrize("kind", TABLES)
def test_every_field_has_its_slot_type_and_default(kind):
    assert our_fields(kind) == their_fields(kind)
    assert asked(vars(schema)[f"{kind}Start"]) == ("StartObject", layout(kind).slots)
    assert_same(Table(kind), getattr(schema, f"{kind}T")())


def test_every_word_has_its_number():
    ours = {name: text.split() for name, text in ENUMERATIONS.items()}
    ours |= {name: ["NONE", *text.split()] for name, text in UNIONS.items()}
    theirs = {name: found for name, found in vars(schema).items() if is_enumeration(found)}
    assert set(ours) == set(theirs)
    for name, words in ours.items():
        known = {k: v for k, v in vars(theirs[name]).items() if k[0] != "_"}
        assert {word: number(name, word) for word in words} == known


def test_what_a_union_may_hold_is_a_table_and_every_type_has_a_dtype():
    assert {member for text in UNIONS.values() for member in text.split()} <= set(TABLES)
    assert set(DTYPES) == set(ENUMERATIONS["TensorType"].split())
    assert {f.of for kind in TABLES for f in layout(kind).fields if "number" in f.form} <= set(
        NUMBERS.values()
    )


@pytest.mark.parametrize("kind", TABLES)
def test_a_filled_table_goes_to_litert_and_comes_back(kind):
    rng = np.random.default_rng(sum(kind.encode()))
    table = filled(kind, rng)
    theirs = getattr(schema, f"{kind}T").InitFromPackedBuf(packed(table, b"TFL3"))
    assert_same(table, theirs)
    builder = flatbuffers.Builder()
    builder.Finish(theirs.Pack(builder))
    assert_same(unpacked(bytes(builder.Output()), kind), theirs)


@pytest.mark.parametrize("name", ["builtin_options", "builtin_options_2"])
def test_every_kind_of_options_is_told_by_its_number(name):
    (union,) = (field.of for field in layout("Operator").fields if field.name == name)
    rng = np.random.default_rng(0)
    for member in UNIONS[union].split():
        operator = Table("Operator", **{name: filled(member, rng)})
        theirs = schema.OperatorT.InitFromPackedBuf(packed(operator, b"TFL3"))
        assert_same(operator, theirs)


@pytest.mark.parametrize("name", ["digits_float32.tflite", "digits_int8.tflite"])
def test_our_models_say_the_same(name):
    content = asset(name).read_bytes()
    assert_same(unpacked(content, "Model"), schema.ModelT.InitFromPackedBuf(content))


def test_real_models_say_the_same(real_data):
    files = [*sorted((real_data / "models").glob("*.tflite"))]
    files += sorted((real_data / "corpus" / "networks").glob("*.tflite"))[::4]
    files += sorted((real_data / "corpus" / "operators").glob("*.tflite"))[::4]
    assert len(files) > 80
    for file in files:
        content = file.read_bytes()
        assert_same(unpacked(content, "Model"), schema.ModelT.InitFromPackedBuf(content))
