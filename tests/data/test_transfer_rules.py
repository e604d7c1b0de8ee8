"""The rules of one transfer: how often it asks, what it asks for, and how it says what failed."""

from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import requests

from qnn_edu.data.transfer import download, reason

CHUNK = 1 << 16
CONTENT = bytes(6 * CHUNK)


class Handler(BaseHTTPRequestHandler):
    """Sends one chunk of what is asked for, and cuts the connection."""

    def do_GET(self):
        self.server.seen.append(self.headers)
        body = CONTENT[int(self.headers["Range"].removeprefix("bytes=").removesuffix("-")) :]
        self.send_response(206)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:CHUNK])

    def log_message(self, *args):
        pass


@pytest.fixture
def server():
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        server.seen = []
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_a_connection_that_is_cut_again_and_again_is_opened_four_times(server, tmp_path):
    part = tmp_path / "model.part"
    with pytest.raises(requests.RequestException):
        download(f"http://127.0.0.1:{server.server_port}/", part)
    asked = [headers["Range"] for headers in server.seen]
    assert asked == [f"bytes={k * CHUNK}-" for k in range(4)]
    assert part.stat().st_size == 4 * CHUNK
    assert {headers["Accept-Encoding"] for headers in server.seen} == {"identity"}


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (requests.exceptions.SSLError(), "the certificate of host.org was not accepted"),
        (requests.ConnectTimeout(), "host.org did not answer in time"),
        (requests.ReadTimeout(), "host.org did not answer in time"),
        (requests.exceptions.ChunkedEncodingError(), "the connection to host.org was cut"),
        (requests.ConnectionError(), "no connection to host.org"),
        (OSError("the disk is full"), "the disk is full"),
    ],
)
def test_a_failure_is_told_in_a_few_words(error, words):
    assert reason("https://host.org:443/a/b", error) == words
