"""Reading tables: what a file may claim, what is newer, what is not copied."""

import struct

import flatbuffers
import numpy as np
import pytest

from qnn_edu.tflite import read
from qnn_edu.tflite.flatbuffer import pack
from qnn_edu.tflite.schema import layout, number
from qnn_edu.tflite.table import Table
from qnn_edu.tflite.unpacking import unpacked


def test_constants_are_views_of_the_file():
    values = np.arange(1_000_000, dtype=np.int32)
    tensor = Table("Tensor", shape=values.shape, type=number("TensorType", "INT32"), buffer=1)
    data = Table("Buffer", data=values.view(np.uint8))
    graph = Table("SubGraph", tensors=[tensor])
    content = pack(Table("Model", subgraphs=[graph], buffers=[Table("Buffer"), data]))
    (found,) = read(content).tensors
    assert np.shares_memory(found.data, np.frombuffer(content, np.uint8))
    np.testing.assert_array_equal(found.data, values)


def with_a_newer_field(kind, slot):
    """A table of this kind that holds the number 7 in a slot beyond the schema's."""
    builder = flatbuffers.Builder()
    builder.StartObject(slot + 1)
    builder.PrependInt32Slot(slot, 7, 0)
    builder.Finish(builder.EndObject(), b"TFL3")
    return bytes(builder.Output())


def test_what_is_newer_is_passed_over_and_told():
    slots = layout("Tensor").slots
    tensor = unpacked(with_a_newer_field("Tensor", slots), "Tensor")
    assert tensor.newer and vars(tensor) == vars(Table("Tensor"))
    assert not unpacked(with_a_newer_field("Tensor", slots - 1), "Tensor").newer


def test_fields_that_are_no_longer_in_use_are_left_out():
    old = with_a_newer_field("ResizeBilinearOptions", 0)  # once the new height
    table = unpacked(old, "ResizeBilinearOptions")
    assert not table.newer and list(vars(table)) == ["align_corners", "half_pixel_centers"]


def vector(builder, places):
    builder.StartVector(4, len(places), 4)
    for place in places:
        builder.PrependUOffsetTRelative(place)
    return builder.EndVector()


def some_inputs(builder, size):
    builder.StartObject(0)
    return vector(builder, [builder.EndObject()] * size)


# What many may share: the model's vector of them, their field, and how to write it.
SHARED = {
    "a name": (7, 2, lambda builder, size: builder.CreateString(bytes(4 * size))),
    "tables": (7, 0, some_inputs),
    "numbers": (2, 1, lambda builder, size: builder.CreateNumpyVector(np.zeros(size, np.int32))),
}


def sharing(what, count, size):
    """A model of `count` signatures or subgraphs that share one part of this size."""
    theirs, own, write = SHARED[what]
    builder = flatbuffers.Builder()
    shared, places = write(builder, size), []
    for _ in range(count):
        builder.StartObject(own + 1)
        builder.PrependUOffsetTRelativeSlot(own, shared, 0)
        places.append(builder.EndObject())
    places = vector(builder, places)
    builder.StartObject(theirs + 1)
    builder.PrependUOffsetTRelativeSlot(theirs, places, 0)
    builder.Finish(builder.EndObject(), b"TFL3")
    return bytes(builder.Output())


@pytest.mark.parametrize("what", SHARED)
def test_parts_may_share_a_place_but_not_add_up_to_more_than_the_file(what):
    for count, size in [(100, 1), (1, 1000)]:
        model = unpacked(sharing(what, count, size), "Model")
        assert len(model.signature_defs or model.subgraphs) == count
    with pytest.raises(ValueError, match="its parts claim to be longer than the file"):
        unpacked(sharing(what, 1000, 1000), "Model")


@pytest.mark.parametrize("what", SHARED)
def test_a_part_that_ends_behind_the_file_is_refused_not_cut(what):
    content = sharing(what, 1, 10)  # the part that is written first lies last
    with pytest.raises(ValueError, match="said to lie at"):
        unpacked(content[:-8], "Model")


def test_lists_of_newer_fields_are_counted_too():
    """5000 tables; the list of each one's fields takes 60 kB, and they begin 2 bytes apart."""
    count, length = 5000, 60_000
    lists = np.full(count + length // 2, length, "<u2").tobytes()  # each a length and an offset
    head = struct.pack("<I4s11H2x", 32, b"TFL3", 22, 8, *[0] * 8, 4)  # a model of slot 8 alone
    root = struct.pack("<iII", 32 - 8, 4, count)
    places = struct.pack("<I", 4 * count + len(lists)) * count  # from each to its table
    tables = [len(lists) + 2 * i for i in range(count)]  # from each back to its list
    rest = struct.pack(f"<{count}i", *tables) + bytes(length)
    with pytest.raises(ValueError, match="its parts claim to be longer than the file"):
        unpacked(head + root + places + lists + rest, "Model")


def test_a_vector_of_more_tables_than_fit_is_refused_before_it_is_read():
    content = bytearray(sharing("a name", 1000, 0))
    place = content.index(struct.pack("<I", 1000))
    for count in (len(content) // 4, 2**31 - 1, 2**32 - 1):
        content[place : place + 4] = struct.pack("<I", count)
        with pytest.raises(ValueError, match="its parts claim|said to lie"):
            unpacked(bytes(content), "Model")


@pytest.mark.parametrize("back", [1, -(2**31), 2**31 - 1])
def test_a_table_whose_fields_are_listed_outside_the_file_is_refused(back):
    """A place below 0 must not be counted from the file's end."""
    content = bytearray(with_a_newer_field("Model", 0))
    root = struct.unpack_from("<I", content)[0]
    struct.pack_into("<i", content, root, back + root if back == 1 else back)
    with pytest.raises(ValueError, match="said to lie at"):
        unpacked(bytes(content), "Model")


@pytest.mark.parametrize(("tag", "message"), [(0, "said to be nothing"), (200, "newer")])
def test_a_union_of_nothing_or_of_what_is_not_known_is_refused(tag, message):
    builder = flatbuffers.Builder()
    builder.StartObject(0)
    member = builder.EndObject()
    builder.StartObject(14)
    builder.PrependUint8Slot(3, tag, 0)
    builder.PrependUOffsetTRelativeSlot(4, member, 0)
    builder.Finish(builder.EndObject())
    with pytest.raises(ValueError, match=message):
        unpacked(bytes(builder.Output()), "Operator")
