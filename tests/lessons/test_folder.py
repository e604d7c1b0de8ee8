"""What the course brings to a reader's folder, and that nothing of the reader's is ever lost."""

import json
import os
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

import nbformat
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qnn_edu.lessons import editions
from qnn_edu.lessons.editions import RECORD
from qnn_edu.lessons.folder import bring, left_over

NAME = "02_a.ipynb"
UPDATE = {"renew": True, "beside": True}
PLAIN = {"renew": False, "beside": False}
DAMAGED = ["", "{", "[]", "null", '{"02_a.ipynb": 1}', '{"02_a.ipynb": {"whole": "x"}}', "\x00"]


def lesson(*sources, output="", **metadata):
    """The text of a notebook with these code cells."""
    cells = [nbformat.v4.new_code_cell(each, id=f"c{i}") for i, each in enumerate(sources)]
    if output:
        cells[0].update(execution_count=1, outputs=[nbformat.v4.new_output("stream", text=output)])
    return json.dumps(nbformat.v4.new_notebook(cells=cells, metadata=metadata), indent=1) + "\n"


def run(path):
    """Save a lesson as JupyterLab does when its cells were run and nothing was written in it."""
    notebook = json.loads(path.read_text())
    for number, cell in enumerate(notebook["cells"], 1):
        shown = {"output_type": "stream", "name": "stdout", "text": [f"{number}\n"]}
        cell.update(execution_count=number, outputs=[shown])
        cell["source"] = "".join(cell["source"]).splitlines(keepends=True)
    notebook["metadata"]["widgets"] = {"application/vnd.jupyter.widget-state+json": {"state": {}}}
    notebook["metadata"]["language_info"] = {"name": "python", "version": "3.12.1"}
    path.write_text(json.dumps(notebook, indent=1))


def states(outcomes):
    return [each.state for each in outcomes]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_an_empty_folder_gets_every_lesson_and_a_second_call_writes_nothing(tmp_path):
    folder, files = tmp_path / "new" / "mine", [(NAME, lesson("1")), ("03_b.ipynb", lesson("2"))]
    assert states(bring(folder, files, **PLAIN)) == ["missing", "missing"]
    assert {name: (folder / name).read_text() for name, _ in files} == dict(files)
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    for mode in (PLAIN, UPDATE):
        assert states(bring(folder, files, **mode)) == ["current", "current"]
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before
    assert names(folder) == [RECORD, NAME, "03_b.ipynb"]


def test_a_lesson_that_was_only_run_is_replaced_by_a_newer_one(tmp_path):
    bring(tmp_path, [(NAME, lesson("1", "2"))])
    run(tmp_path / NAME)
    assert states(bring(tmp_path, [(NAME, lesson("3"))], **PLAIN)) == ["older"]
    assert "language_info" in (tmp_path / NAME).read_text()
    assert states(bring(tmp_path, [(NAME, lesson("3"))], **UPDATE)) == ["older"]
    assert (tmp_path / NAME).read_text() == lesson("3")
    assert names(tmp_path) == [RECORD, NAME]


def test_an_edition_with_other_outputs_takes_no_outputs_away(tmp_path):
    bring(tmp_path, [(NAME, lesson("1"))])
    newer = lesson("1", output="one")
    run(tmp_path / NAME)
    saved = (tmp_path / NAME).read_text()
    assert states(bring(tmp_path, [(NAME, newer)], **UPDATE)) == ["current"]
    assert (tmp_path / NAME).read_text() == saved


def test_an_edition_with_other_metadata_replaces_one_that_was_never_run(tmp_path):
    bring(tmp_path, [(NAME, lesson("1"))])
    newer = lesson("1", marks=2)
    assert states(bring(tmp_path, [(NAME, newer)], **UPDATE)) == ["older"]
    assert (tmp_path / NAME).read_text() == newer


def test_a_changed_lesson_stays_and_the_newer_one_is_laid_beside_it_once(tmp_path):
    bring(tmp_path, [(NAME, lesson("1"))])
    (tmp_path / NAME).write_text(lesson("mine"))
    assert states(bring(tmp_path, [(NAME, lesson("1"))], **UPDATE)) == ["changed"]
    assert names(tmp_path) == [RECORD, NAME]
    (outcome,) = bring(tmp_path, [(NAME, lesson("2"))], **UPDATE)
    assert (outcome.state, outcome.laid) == ("behind", tmp_path / "02_a.new.ipynb")
    assert (tmp_path / NAME).read_text() == lesson("mine")
    assert outcome.laid.read_text() == lesson("2")
    outcome.laid.unlink()  # the reader has seen it
    assert states(bring(tmp_path, [(NAME, lesson("2"))], **UPDATE)) == ["changed"]
    assert names(tmp_path) == [RECORD, NAME]


def test_what_lies_beside_is_renewed_too_unless_the_reader_wrote_in_it(tmp_path):
    bring(tmp_path, [(NAME, lesson("1"))])
    (tmp_path / NAME).write_text(lesson("mine"))
    for newer in ("2", "3"):
        (outcome,) = bring(tmp_path, [(NAME, lesson(newer))], **UPDATE)
        run(outcome.laid)
    (tmp_path / "02_a.new.ipynb").write_text(lesson("mine too"))
    for newer in ("4", "5"):
        (outcome,) = bring(tmp_path, [(NAME, lesson(newer))], **UPDATE)
    assert names(tmp_path) == [RECORD, NAME, "02_a.new-2.ipynb", "02_a.new.ipynb"]
    assert (tmp_path / NAME).read_text() == lesson("mine")
    assert (tmp_path / "02_a.new.ipynb").read_text() == lesson("mine too")
    assert (tmp_path / "02_a.new-2.ipynb").read_text() == lesson("5")


def test_a_reader_may_take_the_newer_one_for_the_own(tmp_path):
    bring(tmp_path, [(NAME, lesson("1"))])
    (tmp_path / NAME).write_text(lesson("mine"))
    (outcome,) = bring(tmp_path, [(NAME, lesson("2"))], **UPDATE)
    outcome.laid.replace(tmp_path / NAME)
    assert states(bring(tmp_path, [(NAME, lesson("3"))], **UPDATE)) == ["older"]
    assert (tmp_path / NAME).read_text() == lesson("3")


@pytest.mark.parametrize("foreign", [b"notes of mine", b"\xff\xfe", lesson("other").encode(), b""])
def test_a_foreign_file_with_a_lesson_s_name_stays(tmp_path, foreign):
    (tmp_path / NAME).write_bytes(foreign)
    assert states(bring(tmp_path, [(NAME, lesson("1"))], **PLAIN)) == ["behind"]
    assert names(tmp_path) == [NAME]
    (outcome,) = bring(tmp_path, [(NAME, lesson("1"))], **UPDATE)
    assert outcome.laid.read_text() == lesson("1")
    assert states(bring(tmp_path, [(NAME, lesson("1"))], **UPDATE)) == ["changed"]
    assert (tmp_path / NAME).read_bytes() == foreign


def test_a_folder_and_a_broken_link_with_a_lesson_s_name_stay(tmp_path):
    (tmp_path / NAME).mkdir()
    (tmp_path / "03_b.ipynb").symlink_to(tmp_path / "nowhere")
    files = [(NAME, lesson("1")), ("03_b.ipynb", lesson("1"))]
    assert states(bring(tmp_path, files, **UPDATE)) == ["behind", "behind"]
    assert (tmp_path / NAME).is_dir() and (tmp_path / "03_b.ipynb").is_symlink()
    assert (tmp_path / "03_b.new.ipynb").is_file()


def test_a_lesson_that_was_there_already_just_so_is_renewed_later(tmp_path):
    (tmp_path / NAME).write_text(lesson("1"))
    assert states(bring(tmp_path, [(NAME, lesson("1"))], **PLAIN)) == ["current"]
    assert states(bring(tmp_path, [(NAME, lesson("2"))], **UPDATE)) == ["older"]


def test_a_deleted_lesson_comes_afresh(tmp_path):
    bring(tmp_path, [(NAME, lesson("1"))])
    (tmp_path / NAME).rename(tmp_path / "mine.ipynb")
    assert states(bring(tmp_path, [(NAME, lesson("1"))], **PLAIN)) == ["missing"]
    assert names(tmp_path) == [RECORD, NAME, "mine.ipynb"]


def test_what_the_course_has_no_longer_is_named_and_left(tmp_path):
    bring(tmp_path, [(NAME, lesson("1")), ("03_b.ipynb", lesson("1"))])
    bring(tmp_path, [("02_renamed.ipynb", lesson("1"))], **UPDATE)
    assert left_over(tmp_path, ["02_renamed.ipynb"]) == [NAME, "03_b.ipynb"]
    (tmp_path / NAME).unlink()
    assert left_over(tmp_path, ["02_renamed.ipynb"]) == ["03_b.ipynb"]


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_record_loses_nothing(tmp_path, damage):
    bring(tmp_path, [(NAME, lesson("1")), ("03_b.ipynb", lesson("1"))])
    (tmp_path / NAME).write_text(lesson("mine"))
    (tmp_path / RECORD).write_text(damage)
    files = [(NAME, lesson("2")), ("03_b.ipynb", lesson("2"))]
    assert states(bring(tmp_path, files, **UPDATE)) == ["behind", "behind"]
    assert (tmp_path / NAME).read_text() == lesson("mine")
    assert (tmp_path / "03_b.new.ipynb").read_text() == lesson("2")
    assert states(bring(tmp_path, files, **UPDATE)) == ["changed", "changed"]  # a whole record


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "mine").write_text("notes")
    with pytest.raises(ValueError, match="mine is a file. Name a folder"):
        bring(tmp_path / "mine", [(NAME, lesson("1"))])
    assert (tmp_path / "mine").read_text() == "notes"


@contextmanager
def somebody():
    """As a user who may not write everywhere: root may."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="this system knows no user ids")
def test_a_folder_that_may_not_be_written_is_named_with_the_file_and_can_be_read():
    folder = Path(mkdtemp())  # not pytest's, which only its owner enters
    bring(folder, [(NAME, lesson("1"))])
    folder.chmod(0o555)
    try:
        with somebody(), pytest.raises(PermissionError) as refused:
            bring(folder, [(NAME, lesson("1")), ("03_b.ipynb", lesson("1"))])
        assert refused.value.filename == str(folder / "03_b.ipynb")
        assert names(folder) == [RECORD, NAME]
        with somebody():
            assert states(bring(folder, [(NAME, lesson("1"))])) == ["current"]
    finally:
        folder.chmod(0o755)
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_an_interruption_leaves_whole_files_and_the_next_call_goes_on(tmp_path):
    files = [(f"0{i}_a.ipynb", lesson(str(i))) for i in range(3)]

    def interrupted():
        yield from files[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(tmp_path, interrupted())
    assert names(tmp_path) == [RECORD, "00_a.ipynb", "01_a.ipynb"]
    assert states(bring(tmp_path, files)) == ["current", "current", "missing"]


@pytest.mark.parametrize("moment", [1, 2])
def test_interrupted_before_a_file_or_its_record_is_there(tmp_path, monkeypatch, moment):
    """The first file that takes its place is the lesson, the second the record."""
    bring(tmp_path, [(NAME, lesson("1"))])
    calls, replace = [], os.replace

    def stop(*paths):
        calls.append(paths)
        if len(calls) == moment:
            raise KeyboardInterrupt
        replace(*paths)

    monkeypatch.setattr(editions.os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        bring(tmp_path, [(NAME, lesson("2"))])
    monkeypatch.undo()
    assert (tmp_path / NAME).read_text() == lesson(str(moment))
    assert names(tmp_path) == [RECORD, NAME]
    assert states(bring(tmp_path, [(NAME, lesson("2"))])) == [["older", "current"][moment - 1]]
    assert states(bring(tmp_path, [(NAME, lesson("3"))])) == ["older"]


def test_a_full_disk_is_told_of_the_file_and_leaves_it_as_it_was(tmp_path, monkeypatch):
    bring(tmp_path, [(NAME, lesson("1"))])

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(editions.os, "replace", full)
    with pytest.raises(OSError, match=f"No space left on device.*{NAME}"):
        bring(tmp_path, [(NAME, lesson("2"))])
    assert (tmp_path / NAME).read_text() == lesson("1")
    assert names(tmp_path) == [RECORD, NAME]


STEPS = st.one_of(
    st.tuples(st.just("bring"), st.sampled_from([UPDATE, UPDATE, PLAIN, {}])),
    st.tuples(st.just("bring newer"), st.just(UPDATE)),
    st.tuples(st.just("publish"), st.integers(0, 3)),
    st.tuples(st.just("write"), st.integers(0, 2)),
    st.tuples(st.just("run"), st.integers(0, 2)),
    st.tuples(st.just("take"), st.integers(0, 2)),
    st.tuples(st.just("damage"), st.sampled_from(DAMAGED)),
)


# A lesson comes, is written in, and a newer one is laid beside it.
BEGUN = [("bring", UPDATE), ("write", 0), ("bring newer", UPDATE)]


@given(st.sampled_from([[], BEGUN]), st.lists(STEPS, max_size=12))
def test_whatever_happens_all_that_a_reader_wrote_is_still_there(begun, steps):
    """Editions come and go, lessons are written in, run and put in each other's place."""
    with TemporaryDirectory() as here:
        folder, edition, written = Path(here), lesson("0"), {}
        for number, (step, what) in enumerate(begun + steps):
            lessons = sorted(folder.glob("*.ipynb"))
            path = lessons[what % len(lessons)] if lessons and isinstance(what, int) else None
            if step == "bring newer":
                edition = lesson(f"edition {number}")
            if step.startswith("bring"):
                bring(folder, [(NAME, edition)], **what)
                assert (folder / NAME).exists()
            elif step == "publish":
                edition = lesson(str(what))
            elif step == "damage":
                (folder / RECORD).write_text(what)
            elif path is not None and step == "write":
                written[path] = f"mine, {number}"
                path.write_text(lesson(written[path]))
            elif path is not None and step == "run":
                run(path)
            elif path is not None and path.name != NAME:
                written.pop(folder / NAME, None)  # the reader's own choice
                path.replace(folder / NAME)
                written |= {folder / NAME: written.pop(path)} if path in written else {}
            for kept, text in written.items():
                cells = json.loads(kept.read_text())["cells"]
                assert "".join(cells[0]["source"]) == text
        assert not list(folder.glob(".part-*"))
