"""JupyterLab in a real browser: own folders, loopback only, a notebook made on the spot."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
IDLE = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"


def browser_path() -> str | None:
    """The system's Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@contextmanager
def notebook(folder: Path, cells: list[str], *, width: int = 1280, height: int = 900) -> Iterator:
    """A Playwright page on JupyterLab, showing a notebook of `cells`, all of them run."""
    from playwright.sync_api import sync_playwright

    (folder / "work").mkdir()
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    nb = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata={"kernelspec": kernel}
    )
    nbformat.write(nb, folder / "work" / "live.ipynb")
    with _server(folder) as address, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "browser",
            executable_path=browser_path(),
            headless=True,
            args=FLAGS,
            viewport={"width": width, "height": height},
        )
        page = context.new_page()
        page.goto(f"{address}/lab/workspaces/test/tree/live.ipynb?reset")
        page.wait_for_function(f"window.jupyterapp && {IDLE}", timeout=60_000)
        page.evaluate("jupyterapp.commands.execute('notebook:run-all-cells')")
        page.wait_for_function(IDLE, timeout=60_000)
        yield page
        context.close()


@contextmanager
def _server(folder: Path) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")
    own = {f"JUPYTER_{name}": str(folder / name.lower()) for name in names}
    own |= {f"JUPYTERLAB_{name}_DIR": str(folder / name) for name in ("SETTINGS", "WORKSPACES")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    # The login is off, so the server listens to this machine alone.
    command += ["--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0"]
    command += ["--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"]
    command += ["--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder / 'work'}"]
    with open(folder / "server.log", "w") as log:
        server = subprocess.Popen(
            command, env=os.environ | own | {"JUPYTER_PREFER_ENV_PATH": "1"}, stdout=log, stderr=log
        )
        try:
            _wait_for(f"http://127.0.0.1:{port}/api", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def _wait_for(address: str, server: subprocess.Popen, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and server.poll() is None:
        try:
            urlopen(address, timeout=1).close()
            return
        except (URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError(f"JupyterLab did not answer at {address} within {seconds:.0f} s.")


# From the key press to the first frame that shows another picture; resolution one frame, 17 ms.
STEP = """async key => {
  const image = document.querySelector('.widget-image');
  const old = image.src;
  let start = null;
  const mark = () => { start ??= performance.now(); };
  document.addEventListener('keydown', mark, {capture: true, once: true});
  window.stepped = new Promise(done => {
    const look = () => (start !== null && image.src !== old && image.complete)
      ? done(performance.now() - start) : requestAnimationFrame(look);
    requestAnimationFrame(look);
  });
}"""


def step(page, key: str) -> float:
    """Press a key on the focused control; milliseconds until the picture has changed."""
    page.evaluate(STEP, key)
    page.keyboard.press(key)
    return page.evaluate("window.stepped")
