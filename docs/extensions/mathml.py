"""Formulas as MathML, written when the site is built: browsers draw it without script or font."""

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.util import logging

log = logging.getLogger(__name__)


def mathml(latex: str, *, block: bool = False) -> str:
    r"""The formula as a `<math>` element.

    Raises:
        ValueError: a command that latex2mathml does not know; it would be shown as it is written.

    >>> "<mfrac><mn>1</mn><mn>2</mn></mfrac>" in mathml(r"\frac12")
    True
    """
    markup = convert(latex, display="block" if block else "inline").replace(r"\_", "_")
    if "\\" in markup:
        raise ValueError(f"a formula has a command that MathML lacks: {latex!r} became {markup!r}")
    return markup


def visit_inline(writer, node: nodes.math) -> None:
    _write(writer, node, block=False)


def visit_block(writer, node: nodes.math_block) -> None:
    _write(writer, node, block=True)


def _write(writer, node: nodes.Element, *, block: bool) -> None:
    try:
        markup = mathml(node.astext(), block=block)
        writer.body.append(f'<div class="formula">{markup}</div>' if block else markup)
    except ValueError as error:
        log.warning(str(error), location=node, type="mathml")
    raise nodes.SkipNode


def setup(app) -> dict:
    app.add_html_math_renderer("mathml", (visit_inline, None), (visit_block, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
