"""`make lab` starts, and the first lesson can be had from it over HTTP; then it is stopped."""

import os
import signal
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

SECONDS = 120


def free_port() -> int:
    with socket.socket() as chosen:
        chosen.bind(("127.0.0.1", 0))
        return chosen.getsockname()[1]


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as answer:
            return answer.status == 200
    except (URLError, ConnectionError, TimeoutError):  # not yet
        return False


def main() -> None:
    port = free_port()
    options = (
        f"--no-browser --allow-root --ip=127.0.0.1 --port={port} --ServerApp.port_retries=0 "
        "--IdentityProvider.token="
    )
    server = subprocess.Popen(["make", "lab", f"LAB_ARGS={options}"], start_new_session=True)
    try:
        for path in ("lab/tree/00_start_here.ipynb", "api/contents/00_start_here.ipynb"):
            end = time.monotonic() + SECONDS
            while not answers(f"http://127.0.0.1:{port}/{path}"):
                if server.poll() is not None or time.monotonic() > end:
                    sys.exit(f"make lab did not answer /{path} (its exit code: {server.poll()}).")
                time.sleep(0.5)
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
    print("make lab answers")


if __name__ == "__main__":
    main()
