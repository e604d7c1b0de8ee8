"""Text is read and written as UTF-8 by name: left unsaid, Windows takes another encoding."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# A lesson writes plain ASCII, and its code is to be read by beginners.
FILES = [
    path
    for top in ("qnn_edu", "tools", "docs")
    for path in sorted((ROOT / top).rglob("*.py"))
    if path.parent != ROOT / "tools" / "lessons" / "src"
]
WRITES_TEXT = {"read_text", "write_text"}
OPENS = {"open": "r", "fdopen": "r", "TemporaryFile": "w+b", "NamedTemporaryFile": "w+b"}
NOT_FILES_OF_TEXT = {"Image", "gzip", "tarfile", "zipfile"}  # their `open` gives bytes or images


def unsaid(tree):
    """The lines that read or write text and do not say in which encoding."""
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        said = {keyword.arg: keyword.value for keyword in call.keywords}
        if is_text(call, said) and "encoding" not in said:
            yield call.lineno


def is_text(call, said):
    if value(said.get("text")) or value(said.get("universal_newlines")):  # of subprocess
        return True
    name = getattr(call.func, "attr", getattr(call.func, "id", None))
    owner = getattr(getattr(call.func, "value", None), "id", None)
    if name in WRITES_TEXT:
        return True
    if name not in OPENS or owner in NOT_FILES_OF_TEXT:
        return False
    of_path = name == "open" and isinstance(call.func, ast.Attribute)
    behind_file = 0 if of_path or name.endswith("File") else 1
    mode = said.get("mode", (*call.args, None, None)[behind_file])
    return "b" not in (OPENS[name] if mode is None else value(mode) or "b")


def value(node):
    return node.value if isinstance(node, ast.Constant) else None


@pytest.mark.parametrize(
    ("code", "is_found"),
    [
        ("path.read_text()", True),
        ("path.read_text(encoding='utf-8')", False),
        ("path.write_text('a')", True),
        ("open(path)", True),
        ("open(path, 'w')", True),
        ("open(path, 'wb')", False),
        ("open(path, mode='rb')", False),
        ("path.open()", True),
        ("path.open('a')", True),
        ("path.open('ab' if more else 'wb')", False),
        ("os.fdopen(2, 'w')", True),
        ("Image.open(path)", False),
        ("TemporaryFile()", False),
        ("TemporaryFile('w+')", True),
        ("run(line, text=True)", True),
        ("run(line, text=True, encoding='utf-8')", False),
        ("run(line)", False),
    ],
)
def test_what_does_not_say_its_encoding_is_found(code, is_found):
    assert bool(list(unsaid(ast.parse(code)))) == is_found


def test_every_text_says_its_encoding():
    assert len(FILES) > 100
    found = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in FILES
        for line in unsaid(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not found, "\n".join(found)
