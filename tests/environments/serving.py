"""`qnn-edu lab` as a process: where it serves, asked of its own log, and stopped at the end."""

import json
import re
import socket
import subprocess
from contextlib import contextmanager
from threading import Timer

import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

ADDRESS = re.compile(r"(http://127\.0\.0\.1:\d+)(/lab/tree/00_start_here\.ipynb)\?token=(\w+)")
SECONDS = 120


@contextmanager
def served(command, environment, **options):
    """The process, and a function that asks its server: path in, text out.

    The path None asks for the page that the server would open in a browser.
    Raises AssertionError, with its log, where JupyterLab ends before it serves.
    """
    command = [*command, "--", f"--port={free_port()}", "--ip=127.0.0.1", "--allow-root"]
    process = subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        **options,
    )
    watch = Timer(SECONDS, process.kill)
    watch.start()
    try:
        said, found = "", None
        while found is None and (line := process.stdout.readline()):
            said += line
            found = ADDRESS.search(line)
        assert found, f"JupyterLab has not said where it serves:\n{said}"
        host, page, token = found.groups()
        yield process, said, lambda path: get(f"{host}{path or page}?token={token}")
    finally:
        watch.cancel()
        process.terminate()
        process.stdout.read()
        process.wait(SECONDS)
        process.stdout.close()


def free_port():
    """One that nobody listens to now; where that changes, JupyterLab takes the next."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(address):
    """The text at an address; JupyterLab may say where it serves a moment before it does."""
    with requests.Session() as session:
        session.trust_env = False  # no proxy
        session.mount("http://", HTTPAdapter(max_retries=Retry(connect=8, backoff_factor=0.1)))
        answer = session.get(address, timeout=30)
    answer.raise_for_status()
    return answer.text


def assert_serves_lesson_00(ask, lesson):
    """The page of JupyterLab is opened on lesson 00, whose text is `lesson`."""
    assert "<title>JupyterLab</title>" in ask(None)
    served = json.loads(ask("/api/contents/00_start_here.ipynb"))["content"]["cells"]
    stored = json.loads(lesson)["cells"]
    assert [cell["source"] for cell in served] == ["".join(cell["source"]) for cell in stored]
