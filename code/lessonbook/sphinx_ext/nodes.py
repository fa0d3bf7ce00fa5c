"""Nodes of a lesson, and how they are written in HTML.

Every node derives from one that all of Sphinx's builders know, so that LaTeX, text and the others
write a box as an admonition and a quiz as a list.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docutils import nodes

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.writers.html5 import HTML5Translator


class LessonBlock(nodes.admonition):
    """A box; its first child is a `LessonTitle`."""


class LessonDetails(nodes.admonition):
    """A box that is closed until its title is chosen; its first child is a `LessonTitle`."""


class LessonOverview(nodes.admonition):
    """Questions and objectives of an episode, with its times."""


class LessonTitle(nodes.title):
    """Title of a block."""


class UnnumberedFigure(nodes.figure):
    """A figure without a number."""


class UnnumberedTable(nodes.table):
    """A table without a number."""


class UnnumberedCode(nodes.container):
    """A listing without a number."""


class UnnumberedMath(nodes.math_block):
    """An equation without a number."""


def is_inside(node: nodes.Node, *kinds: str) -> bool:
    """Tell whether a node stands in a block of one of the kinds."""
    parent = node.parent
    while parent is not None:
        if parent.get("kind") in kinds:
            return True
        parent = parent.parent
    return False


def setup_nodes(app: Sphinx) -> None:
    """Register the nodes and their HTML."""
    app.add_node(LessonBlock, html=(visit_block, depart_block))
    app.add_node(LessonOverview, html=(visit_block, depart_block))
    app.add_node(LessonDetails, html=(visit_details, depart_details))
    app.add_node(LessonTitle, html=(visit_title, depart_title))


def visit_block(self: HTML5Translator, node: nodes.Element) -> None:
    """Open a box."""
    self.body.append(self.starttag(node, "div", **_group_attributes(node)))


def depart_block(self: HTML5Translator, node: nodes.Element) -> None:
    """Close a box."""
    self.body.append("</div>\n")


def visit_details(self: HTML5Translator, node: nodes.Element) -> None:
    """Open a collapsed box."""
    # Its ids come below the summary: a browser opens what hides the target of a link by itself, but
    # not the target.
    self.body.append(self.starttag(_without_ids(node), "details"))


def depart_details(self: HTML5Translator, node: nodes.Element) -> None:
    """Close a collapsed box."""
    self.body.append("</div>\n</details>\n")


def visit_title(self: HTML5Translator, node: nodes.Element) -> None:
    """Open a block's title."""
    tag = "summary" if isinstance(node.parent, LessonDetails) else "p"
    self.body.append(self.starttag(node, tag, "", CLASS="lesson-title"))


def depart_title(self: HTML5Translator, node: nodes.Element) -> None:
    """Close a block's title, after its minutes and its permanent link."""
    if time := _describe_time(node.parent):
        self.body.append(f' <span class="lesson-minutes">{time}</span>')
    if isinstance(node.parent, LessonDetails):
        self.body.append("</summary>\n")
        body = nodes.container(ids=node.parent["ids"])
        self.body.append(self.starttag(body, "div", CLASS="lesson-details-body"))
        return
    if node.parent.get("kind") == "challenge":
        self.add_permalink_ref(node.parent, "Link to this challenge")
    self.body.append("</p>\n")


def _describe_time(block: nodes.Element) -> str:
    minutes = block.get("minutes")
    parts = [] if minutes is None else [f"{minutes:d} min"]
    if block.get("home"):
        parts.append("at home")
    return ", ".join(parts)


def _without_ids(node: nodes.Element) -> nodes.Element:
    return nodes.container(classes=node["classes"])


def _group_attributes(node: nodes.Element) -> dict[str, Any]:
    title = next((child for child in node.children if isinstance(child, LessonTitle)), None)
    if title is None or not title["ids"]:
        return {}
    return {"role": "group", "aria-labelledby": title["ids"][0]}
