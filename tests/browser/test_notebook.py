"""A notebook in JupyterLab: what it says when an explorer fails, and what is there the next day."""

from __future__ import annotations

CELL = "from qnn_edu.ui import explorers\n"


def test_the_server_sends_at_once_what_a_kernel_says(jupyter):
    log = (jupyter.work.parent / "server.log").read_text()
    assert "qnn_edu.server | extension was successfully loaded" in log


def test_an_exception_is_seen(jupyter):
    cells = [
        CELL + "e = explorers.affine()",
        "def fail(**values):\n    raise ValueError('seen')\ne._compute = fail\ne",
    ]
    with jupyter.notebook(cells) as page:
        page.locator(".noUi-handle >> nth=2").press("ArrowRight")
        page.wait_for_selector(".qnn-edu [role=alert] >> text=seen")


def test_a_saved_notebook_shows_its_last_picture_when_opened_again(jupyter):
    picture = "document.querySelector('.widget-image')?.naturalWidth > 0"
    with jupyter.notebook([CELL + "explorers.affine()"]) as page:
        page.wait_for_function(picture)
        page.get_by_role("textbox", name="bits, to type").fill("5")  # a number can be typed, too
        page.keyboard.press("Enter")
        page.wait_for_selector(".qnn-edu [role=status] >> text=of 32")
        page.evaluate("jupyterapp.commands.execute('docmanager:save')")
        name = page.url.split("?")[0].rsplit("/", 1)[-1]
        page.wait_for_function(
            f"fetch('/api/contents/{name}').then(answer => answer.json())"
            ".then(file => file.content.metadata.widgets)"
        )
        jupyter.shut_down(name)
        page.goto(page.url.split("?")[0] + "?reset")
        page.wait_for_function(picture)
        assert page.get_by_text("of 32").count() == 1
        assert page.get_by_text("Error displaying widget").count() == 0
