"""Downloads against a real server on this machine: whole or not at all, and calm when offline."""

import hashlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from qnn_edu.data import DOWNLOADS, NotAvailable, available, fetch
from qnn_edu.data.cache import Download, cache_dir

CONTENT = np.random.default_rng(0).bytes(300_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
NAME = "model.tflite"
CHUNK = 1 << 16  # what a download keeps is a whole number of these


class Server(ThreadingHTTPServer):
    """Serves CONTENT. `cuts`: after how many bytes each connection breaks; `seen`: ranges asked."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.cuts, self.seen, self.content = [], [], CONTENT
        self.ranges, self.gone = True, False

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/{NAME}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        asked = self.headers.get("Range")
        self.server.seen.append(asked)
        if self.server.gone:
            return self.send_error(404)
        start = int(asked.removeprefix("bytes=").removesuffix("-"))
        if not self.server.ranges:
            self.send_response(200)
            start = 0
        elif start >= len(self.server.content):
            self.send_response(416)
        else:
            self.send_response(206)
        body = self.server.content[start:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: self.server.cuts.pop(0)] if self.server.cuts else body)

    def log_message(self, *args):
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("QNN_EDU_CACHE", str(tmp_path / "cache"))
    with Server() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        monkeypatch.setitem(DOWNLOADS, NAME, Download(server.url, SHA256))
        yield server
        server.shutdown()
        thread.join()


def left_over() -> list[str]:
    return sorted(path.name for path in cache_dir().iterdir())


def test_a_download_comes_once_and_is_whole(server):
    assert not available(NAME)
    assert fetch(NAME).read_bytes() == CONTENT
    assert available(NAME) and fetch(NAME) == cache_dir() / NAME
    assert server.seen == ["bytes=0-"]
    assert left_over() == [NAME]


def test_a_cut_connection_is_resumed_where_it_stopped(server, capsys):
    server.cuts = [CHUNK, 2 * CHUNK]
    assert fetch(NAME).read_bytes() == CONTENT
    assert server.seen == ["bytes=0-", f"bytes={CHUNK}-", f"bytes={3 * CHUNK}-"]
    assert "cut after 0.1 MB" in capsys.readouterr().out


def test_what_came_is_kept_for_the_next_call(server):
    server.cuts = [CHUNK, 0]
    with pytest.raises(NotAvailable, match="the connection to 127.0.0.1 was cut"):
        fetch(NAME)
    assert left_over() == [NAME + ".part"]
    assert fetch(NAME).read_bytes() == CONTENT
    assert server.seen[-1] == f"bytes={CHUNK}-"


def test_a_server_without_ranges_starts_over(server):
    server.ranges = False
    server.cuts = [CHUNK]
    assert fetch(NAME).read_bytes() == CONTENT


def test_a_complete_part_is_recognised(server):
    cache_dir().mkdir(parents=True)
    (cache_dir() / f"{NAME}.part").write_bytes(CONTENT)
    assert fetch(NAME).read_bytes() == CONTENT


def test_a_wrong_file_is_refused_and_leaves_nothing(server):
    server.content = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(NotAvailable, match="another sha256"):
        fetch(NAME)
    assert left_over() == []


def test_a_file_placed_by_hand_counts_once_it_is_right(server):
    cache_dir().mkdir(parents=True)
    (cache_dir() / NAME).write_bytes(CONTENT)
    assert available(NAME) and fetch(NAME).read_bytes() == CONTENT
    assert server.seen == []
    (cache_dir() / NAME).write_bytes(b"something else")
    assert not available(NAME)
    assert fetch(NAME).read_bytes() == CONTENT


def test_offline_the_message_says_what_why_and_what_to_do(server, monkeypatch):
    with Server() as gone:
        nobody_listens = gone.url
    monkeypatch.setitem(DOWNLOADS, NAME, Download(nobody_listens, SHA256))
    with pytest.raises(NotAvailable) as caught:
        fetch(NAME)
    for part in (
        f"{NAME} is not available: no connection to 127.0.0.1",
        nobody_listens,
        "all lessons, the digits, the photographs, the digits models",
        "run this cell again",
        str(cache_dir() / NAME),
        SHA256,
    ):
        assert part in str(caught.value)


def test_an_address_that_is_gone_is_named(server):
    server.gone = True
    with pytest.raises(NotAvailable, match="127.0.0.1 answered 404 Not Found"):
        fetch(NAME)
    assert left_over() == []


def test_a_folder_that_cannot_be_written_is_named(server, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("QNN_EDU_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(NotAvailable, match="cannot write there"):
        fetch(NAME)


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("QNN_EDU_CACHE", "~/models")
    assert cache_dir() == Path.home() / "models"


def test_names_are_checked():
    with pytest.raises(ValueError, match="no download 'resnet'; choose one of mobilenet"):
        fetch("resnet")
    with pytest.raises(ValueError, match="choose one of"):
        available("../etc/passwd")
