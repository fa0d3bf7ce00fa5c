"""Numbers in the text: computed in this build, or quoted from a reference."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.util.docutils import SphinxRole

from lessonbook.notebook import EvalExpression, clean_expression
from lessonbook.quoted_numbers import QuotedNumberError, read_quoted_number
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.nested_cells import LINE_SLACK, get_client, get_episode, was_run

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

NOT_RUN = "[not run]"

_MINUS = re.compile(r"(?<![\w.)\]-])-(?=[\d.∞]|inf\b)")


class EvalError(Exception):
    """A number that is not there; the message says why."""


class NotComputedError(EvalError):
    """A number that was never computed, because a cell above it failed.

    The failure is reported at that cell, and says all there is to say.
    """


def set_minus(text: str) -> str:
    """Replace the hyphens of negative numbers by minus signs.

    Examples
    --------
    >>> set_minus("-0.3 (-1 to 2.5e-05)")
    '−0.3 (−1 to 2.5e-05)'
    """
    return _MINUS.sub("\N{MINUS SIGN}", text)


def look_up(document: nodes.document, env: BuildEnvironment, text: str, line: int) -> str:
    """Return the value of an ``{eval}`` expression in the run of its page.

    Parameters
    ----------
    document : nodes.document
        The page that is being read.
    env : BuildEnvironment
    text : str
        The expression, as written.
    line : int
        Where it stands; of equal expressions the nearest is meant.

    Returns
    -------
    str
        The value, or `NOT_RUN` where execution is switched off.

    Raises
    ------
    EvalError
        If there is no such value.
    """
    text = clean_expression(text)
    episode, client = get_episode(env), get_client(document)
    if episode is None or client is None:
        raise EvalError("no code runs on this page; give it the front matter 'file_format: mystnb'")
    candidates = [
        expression
        for expression in episode.evals
        if expression.text == text and abs(expression.line - line) <= LINE_SLACK
    ]
    if not candidates:
        raise EvalError(
            "it stands in a block not known to hold Markdown, or in an included file; "
            "move it, or add the block's name to lesson_containers"
        )
    expression = min(candidates, key=lambda candidate: abs(candidate.line - line))
    if expression.problem:
        raise EvalError(f"it is not a Python expression: {expression.problem}")
    _, outputs = client.code_cell_outputs(expression.index)
    if not outputs and not was_run(client):
        return NOT_RUN
    return _read_value(expression, outputs)


def _read_value(expression: EvalExpression, outputs: list[Any]) -> str:
    for output in outputs:
        if output.output_type == "error":
            raise EvalError(f"{output.ename}: {output.evalue}")
        if output.output_type == "execute_result" and "text/plain" in output.data:
            values = ast.literal_eval(output.data["text/plain"])
            return str(values[expression.position])
    raise NotComputedError("it has no value, because a cell above it failed")


class EvalRole(SphinxRole):
    """A number computed in this build."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number's node."""
        node = nodes.inline(self.rawtext, classes=["lesson-eval"])
        self.set_source_info(node)
        try:
            value = look_up(self.inliner.document, self.env, self.text, self.lineno)
        except NotComputedError:
            value = "?"
        except EvalError as error:
            warn(
                "eval",
                f"{{eval}} of {clean_expression(self.text)!r} cannot be shown: {error}",
                (self.env.docname, self.lineno),
            )
            value = "?"
        if value in ("?", NOT_RUN):
            node["classes"].append("lesson-eval-missing")
        node += nodes.Text(set_minus(value))
        return [node], []


class CitedRole(SphinxRole):
    """A number quoted from a reference, with a link to it."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Return the number's node and the citation's."""
        location = (self.env.docname, self.lineno)
        try:
            quoted, keys = read_quoted_number(self.text)
        except QuotedNumberError as error:
            warn("cited", str(error), location)
            return [nodes.Text(set_minus(self.text))], []
        number = nodes.inline(self.rawtext, set_minus(quoted), classes=["lesson-cited"])
        self.set_source_info(number)
        domain = self.env.domains.get("cite")
        role = domain.role("p") if domain else None
        if role is None:
            warn(
                "cited",
                "{cited} needs sphinxcontrib-bibtex; add sphinxcontrib.bibtex to extra_extensions",
                location,
            )
            return [number], []
        citation, messages = role("cite:p", self.rawtext, keys, self.lineno, self.inliner)
        return [number, nodes.Text("\N{NO-BREAK SPACE}"), *citation], messages


def setup_numbers(app: Sphinx) -> None:
    """Register the roles."""
    app.add_role("eval", EvalRole(), override=True)
    app.add_role("cited", CitedRole())
