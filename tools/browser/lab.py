"""JupyterLab in a real browser: one server with folders of its own, loopback only, one browser."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

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
NO_NEWS = {  # JupyterLab asks the network for news, and lays a question about it over the page
    "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}
}
IDLE = "jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status === 'idle'"
START = """command => { window.ran = null;
  jupyterapp.commands.execute(command).then(() => window.ran = 'done', e => window.ran = `${e}`);
}"""


def browser_path() -> str | None:
    """The system's Chromium or Chrome, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


class Lab:
    """A running JupyterLab at `address`, its files in `work`, seen through a browser."""

    def __init__(self, address: str, work: Path, context) -> None:
        self.address, self.work, self.context = address, work, context
        self._numbers = count(1)

    @contextmanager
    def notebook(self, cells: list[str], *, wait: bool = True, **size: int) -> Iterator:
        """A Playwright page that shows a new notebook of `cells`, all run, or running."""
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        made = [nbformat.v4.new_code_cell(cell) for cell in cells]
        nb = nbformat.v4.new_notebook(cells=made, metadata={"kernelspec": kernel})
        name = f"made-{next(self._numbers)}.ipynb"
        nbformat.write(nb, self.work / name)
        with self.opened(name, **size) as page:
            start(page, "notebook:run-all-cells")
            if wait:
                finish(page)
            yield page

    @contextmanager
    def opened(self, name: str, *, width: int = 1280, height: int = 900) -> Iterator:
        """A page that shows a notebook of the folder `work`; its kernel lives as long."""
        page = self.context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.told = []  # what the page complained of, in order
        page.on("console", lambda it: it.type == "error" and page.told.append(it.text))
        page.on("pageerror", lambda error: page.told.append(f"page error: {error}"))
        try:
            page.goto(f"{self.address}/lab/workspaces/{Path(name).stem}/tree/{name}?reset")
            page.wait_for_function(f"window.jupyterapp && {IDLE}", timeout=60_000)
            yield page
        finally:
            page.close()
            self.shut_down(name)

    def shut_down(self, name: str) -> None:
        """End the kernel of a notebook, and with it the memory that it holds."""
        for session in self.ask("sessions"):
            if session["path"] == name:
                self.ask(f"sessions/{session['id']}", method="DELETE")

    def ask(self, what: str, method: str = "GET"):
        """What the server answers at `/api/what`."""
        with urlopen(Request(f"{self.address}/api/{what}", method=method), timeout=30) as answer:
            return json.loads(answer.read() or "null")


@contextmanager
def lab(folder: Path, settings: Mapping = NO_NEWS) -> Iterator[Lab]:
    """JupyterLab and a browser; `settings`: plugin -> what its user would have set."""
    from playwright.sync_api import sync_playwright

    with server(folder, settings) as (address, _), sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            folder / "browser", executable_path=browser_path(), headless=True, args=FLAGS
        )
        yield Lab(address, folder / "work", context)
        context.close()


def start(page, command: str) -> None:
    """Start a command of JupyterLab."""
    page.evaluate(START, command)


def finish(page, *, seconds: float = 120) -> None:
    """Wait for the end of the command that was started.

    Raises:
        RuntimeError: it failed.
    """
    page.wait_for_function("window.ran", timeout=1000 * seconds)
    if (said := page.evaluate("window.ran")) != "done":
        raise RuntimeError(f"JupyterLab failed to run the cells: {said}")


def wear(page, theme: str) -> None:
    """Change JupyterLab's theme, as "JupyterLab Dark", and wait until it is seen."""
    page.evaluate("theme => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
    page.wait_for_selector(f'body[data-jp-theme-name="{theme}"]', state="attached")
    page.wait_for_selector("#jupyterlab-splash", state="detached")  # it fades over the page


def comes_true(page, question: str, about: Any, *, seconds: float = 30) -> None:
    """Wait until an asynchronous function on the page says true of `about`.

    `wait_for_function` takes the promise of an answer for a yes.

    Raises:
        TimeoutError: it never did.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(question, about):
        if time.monotonic() > end:
            raise TimeoutError(f"not true of {about!r} after {seconds:g} s: {question}")
        page.wait_for_timeout(50)


@contextmanager
def server(
    folder: Path, settings: Mapping = NO_NEWS, *, python: str | Path = sys.executable
) -> Iterator[tuple[str, subprocess.Popen]]:
    """A JupyterLab server on the empty folder `work` in `folder`: its address and its process.

    `python`: of the environment that JupyterLab runs in.
    """
    (folder / "work").mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [python, "-m", "jupyterlab", "--no-browser", "--allow-root"]
    # The login is off, so the server listens to this machine alone.
    command += ["--ip=127.0.0.1", f"--port={port}"]  # or the next that is free
    command += ["--IdentityProvider.token=", "--ServerApp.disable_check_xsrf=True"]
    command += ["--LabApp.expose_app_in_browser=True", f"--ServerApp.root_dir={folder / 'work'}"]
    with open(folder / "server.log", "w", encoding="utf-8") as log:
        environment = os.environ | _own_folders(folder, settings)
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
        try:
            yield _address(folder, process), process
        finally:
            process.terminate()
            process.wait()


def _own_folders(folder: Path, settings: Mapping) -> dict[str, str]:
    """The environment of a JupyterLab that neither reads nor writes a user's own folders."""
    for plugin, values in settings.items():
        file = folder / "SETTINGS" / f"{plugin.replace(':', '/')}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values), encoding="utf-8")
    own = {f"JUPYTER_{name}": folder / name for name in ("CONFIG_DIR", "DATA_DIR", "RUNTIME_DIR")}
    own |= {f"JUPYTERLAB_{name}_DIR": folder / name for name in ("SETTINGS", "WORKSPACES")}
    return {name: str(path) for name, path in own.items()} | {"JUPYTER_PREFER_ENV_PATH": "1"}


def _address(folder: Path, process: subprocess.Popen, seconds: float = 60) -> str:
    """Where the server answers, which it writes into its folder once it does."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        for file in (folder / "RUNTIME_DIR").glob("jpserver-*.json"):
            try:
                address = json.loads(file.read_text(encoding="utf-8"))["url"].rstrip("/")
                urlopen(f"{address}/api", timeout=1).close()
                return address
            except (ValueError, OSError):
                pass  # half written, or not listening yet
        time.sleep(0.1)
    log = (folder / "server.log").read_text(encoding="utf-8")[-1000:]
    raise RuntimeError(f"JupyterLab did not answer within {seconds:.0f} s. Its log ends:\n{log}")
