"""Mathematics as MathML, made when the site is built: no script, no other host."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.transforms import SphinxTransform
from sphinx.util.math import get_node_equation_number

from lessonbook.sphinx_ext.config import MATH_RENDERER
from lessonbook.sphinx_ext.messages import warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.domains.math import MathDomain
    from sphinx.writers.html5 import HTML5Translator

_NUMBERED = "align|alignat|equation|flalign|gather|multline"
_ENVIRONMENT = re.compile(rf"\\(begin|end)\{{({_NUMBERED}|split)\}}")

_ENTITY = re.compile(r"&(?!amp;|lt;|gt;|quot;)\w+;")


class MathError(Exception):
    """A formula that cannot be converted; the message says why and where in it."""


def convert_formula(latex: str, *, is_block: bool, macros: tuple[tuple[str, str], ...] = ()) -> str:
    r"""Convert LaTeX to a ``math`` element with its source as annotation.

    Parameters
    ----------
    latex : str
        The formula without its dollar signs. Lines of a display may be separated by ``\\``
        without an environment around them.
    is_block : bool
        Whether it stands on a line of its own.
    macros : tuple of (str, str)
        Names, without backslash, and definitions of further commands.

    Returns
    -------
    str
        HTML.

    Raises
    ------
    MathError
        If the formula has a command or an environment that is not known, or a brace too few.

    Examples
    --------
    >>> convert_formula("x^2", is_block=False).partition("<annotation")[0]
    '<math><semantics><mrow><msup><mi>x</mi><mn>2</mn></msup></mrow>'
    """
    source = _prepare(latex) if is_block else latex
    try:
        mathml = _get_converter(macros).convert_with_local_state(source, displaystyle=is_block)
    except LatexError as error:
        place, _, message = str(error).partition(": ")
        near = source.encode()[int(place) :].decode(errors="ignore") if place.isdigit() else ""
        raise MathError(f"{message or place}{f' Near {near[:30]!r}.' if near else ''}") from error
    return _annotate(mathml, latex)


@lru_cache(maxsize=4)
def _get_converter(macros: tuple[tuple[str, str], ...]) -> LatexToMathML:
    return LatexToMathML(macros=dict(macros), fancy_error=False)


def _prepare(latex: str) -> str:
    # Sphinx numbers equations, by label; the converter would number every line of its own accord.
    source = _ENVIRONMENT.sub(
        lambda m: f"\\{m[1]}{{{'aligned' if m[2] == 'split' else m[2] + '*'}}}", latex.strip()
    )
    parts = [part.strip() for part in source.split("\n\n") if part.strip()]
    if len(parts) > 1:
        return "\\begin{gathered}" + "\\\\".join(_align(part) for part in parts) + "\\end{gathered}"
    return _align(source)


def _align(source: str) -> str:
    """Wrap lines that stand outside any environment, as Sphinx's own renderers do."""
    if "\\\\" in re.sub(r"\\begin\{(.+?)\}.*?\\end\{\1\}", "", source, flags=re.DOTALL):
        return f"\\begin{{aligned}}{source}\\end{{aligned}}"
    return source


def _annotate(mathml: str, latex: str) -> str:
    # Named entities beyond XML's own would not be known in EPUB.
    mathml = _ENTITY.sub(lambda match: html.unescape(match[0]), mathml)
    start = mathml.index(">") + 1
    end = mathml.rindex("</math>")
    source = html.escape(latex.strip())
    return (
        f"{mathml[:start]}<semantics>{_group(mathml[start:end])}"
        f'<annotation encoding="application/x-tex">{source}</annotation></semantics></math>'
    )


def _group(content: str) -> str:
    # The first child of semantics is the formula, so it has to be one element.
    return f"<mrow>{content}</mrow>"


def visit_inline(self: HTML5Translator, node: nodes.math) -> None:
    """Write a formula in the text."""
    self.body.append(self.starttag(node, "span", "", CLASS="math notranslate nohighlight"))
    self.body.append(_render(self, node, is_block=False) + "</span>")
    raise nodes.SkipNode


def visit_block(self: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula on a line of its own, with its number if it has a label."""
    self.body.append(self.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node.get("number"):
        number = node.get("shown_number") or get_node_equation_number(self, node)
        self.body.append(f'<span class="eqno">({number})')
        self.add_permalink_ref(node, "Link to this equation")
        self.body.append("</span>")
    self.body.append(_render(self, node, is_block=True) + "</div>\n")
    raise nodes.SkipNode


def _render(self: HTML5Translator, node: nodes.Element, *, is_block: bool) -> str:
    latex = node.astext()
    macros = tuple(sorted(self.config.lesson_math_macros.items()))
    try:
        return convert_formula(latex, is_block=is_block, macros=macros)
    except MathError as error:
        warn("math", f"formula {latex.strip()!r} cannot be converted: {error}", node)
        return f'<code class="lesson-math-error">{html.escape(latex)}</code>'


class NameEquations(SphinxTransform):
    """Name the equations of ``amsmath`` environments by their place in the page.

    MyST-Parser names them at random, which would make two builds of one page differ.
    """

    default_priority = 200  # before docutils moves the id from the target to the equation

    def apply(self, **kwargs: Any) -> None:
        """Replace the label of each such equation, and the id of its target."""
        equations = cast("MathDomain", self.env.get_domain("math")).equations
        targets = {
            node_id: node for node in self.document.findall(nodes.target) for node_id in node["ids"]
        }
        unlabelled = [node for node in self.document.findall(nodes.math_block) if _is_amsmath(node)]
        for number, node in enumerate(unlabelled, 1):
            old, new = node["label"], f"{self.env.docname}:{number}"
            equations[new] = equations.pop(old)
            node["label"] = new
            target = targets[nodes.make_id(f"equation-{old}")]
            self.document.ids.pop(target["ids"][0])
            target["ids"] = [nodes.make_id(f"equation-{new}")]
            self.document.set_id(target)


def _is_amsmath(node: nodes.Element) -> bool:
    return "amsmath" in node["classes"] and "label" in node


def setup_mathml(app: Sphinx) -> None:
    """Register the renderer."""
    app.add_transform(NameEquations)
    app.add_html_math_renderer(MATH_RENDERER, (visit_inline, None), (visit_block, None))
