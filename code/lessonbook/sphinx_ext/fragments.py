"""Pieces of one page shown on another: their ids, links and numbers.

A piece is taken over before its references are resolved. They are resolved as on the page that
it comes from, and then turned to where the piece is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag, urljoin, urlsplit

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri
from sphinx_design.tabs import sd_tab_input

from lessonbook.sphinx_ext.quiz import rename_inputs

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment

HOST = "https://page.invalid/"
"""Stands for the site's root while addresses are put together."""


class LessonListing(nodes.General, nodes.Element):
    """Where a page shows what others contain."""


class LessonFragment(nodes.container):
    """Pieces of another page, whose name is the attribute ``page``.

    The attribute ``is_whole`` says that all of the page is here; ``html`` is what becomes of it,
    where that is known, and its children then are there to be found, not to be written.
    """


class KeptImage(nodes.image):
    """A picture that is named in what is already HTML."""


def is_copy(node: nodes.Node | None) -> bool:
    """Tell whether a node is on a page that shows pieces of others."""
    while node is not None:
        if isinstance(node, LessonFragment):
            return True
        node = node.parent
    return False


def slug_of(docname: str) -> str:
    """Return a page's name as it may stand in an id.

    Examples
    --------
    >>> slug_of("episodes/01-why_pool")
    'episodes-01-why_pool'
    """
    return re.sub(r"[^\w-]+", "-", docname)


def take_over(
    env: BuildEnvironment,
    docname: str,
    pieces: Iterable[nodes.Node],
    *,
    classes: Iterable[str] = (),
    is_whole: bool = False,
) -> LessonFragment:
    """Wrap pieces of a page, with the numbers that they have there.

    What the page itself has from other pages is left out.

    Parameters
    ----------
    env : BuildEnvironment
        What Sphinx knows of all pages.
    docname : str
        The page that they come from.
    pieces : iterable of nodes.Node
        Copies that nothing else uses.
    classes : iterable of str
        Classes of the wrapper.
    is_whole : bool
        Whether the pieces are all of the page.

    Returns
    -------
    LessonFragment
    """
    fragment = LessonFragment("", page=docname, is_whole=is_whole, classes=list(classes))
    fragment += pieces
    for node in [n for n in fragment.findall() if isinstance(n, (addnodes.toctree, LessonListing))]:
        node.parent.remove(node)
    _keep_numbers(env, docname, fragment)
    return fragment


def _keep_numbers(env: BuildEnvironment, docname: str, fragment: nodes.Element) -> None:
    """Write the numbers of figures, tables and equations out, which go by page and id."""
    numbers = env.toc_fignumbers.get(docname, {})
    for node in fragment.findall(nodes.Element):
        kind = env.get_domain("std").get_enumerable_node_type(node)
        if isinstance(node, nodes.math_block):
            number = _find_number(numbers, "displaymath", node) or node.get("number")
            if number:
                node["shown_number"] = str(number)
        elif kind and (number := _find_number(numbers, kind, node)):
            caption = next(node.findall(nodes.caption), next(node.findall(nodes.title), None))
            if caption is not None and kind in env.config.numfig_format:
                text = f"{env.config.numfig_format[kind] % number} "
                caption.insert(0, nodes.inline("", text, classes=["caption-number"]))


def _find_number(numbers: dict[str, Any], kind: str, node: nodes.Element) -> str:
    found = (numbers.get(kind, {}).get(node_id) for node_id in node["ids"])
    return next((".".join(map(str, parts)) for parts in found if parts), "")


class SettleFragments(SphinxPostTransform):
    """Give the pieces ids that no other page's have, and turn their links."""

    # After Sphinx (10) has resolved references; before sphinx-design (200) makes ids for tabs.
    default_priority = 20

    def run(self, **kwargs: Any) -> None:
        """Look at every fragment of the page."""
        fragments = list(self.document.findall(LessonFragment))
        self.here = self.app.builder.get_target_uri(self.env.docname)
        self.whole = {
            urljoin(HOST, self.app.builder.get_target_uri(fragment["page"])): fragment["page"]
            for fragment in fragments
            if fragment["is_whole"]
        }
        for fragment in fragments:
            if "html" not in fragment:
                self._settle(fragment)

    def _settle(self, fragment: LessonFragment) -> None:
        prefix = f"{slug_of(fragment['page'])}--"
        inside: set[str] = set()
        for node in fragment.findall(nodes.Element):
            inside.update(node["ids"])
        for node in list(fragment.findall(nodes.Element)):
            if isinstance(node, nodes.reference):
                self._turn(node, fragment["page"], inside)
            elif "refid" in node:
                self._turn_within(node, fragment["page"], inside)
            node["ids"] = [prefix + node_id for node_id in node["ids"]]
            backrefs: list[str] = node.get("backrefs", [])
            node["backrefs"] = [prefix + i for i in backrefs if i in inside]
            rename_inputs(node, prefix)
        if fragment["is_whole"]:
            fragment["ids"].append(slug_of(fragment["page"]))

    def _turn_within(self, node: nodes.Element, page: str, inside: set[str]) -> None:
        if node["refid"] in inside:
            node["refid"] = f"{slug_of(page)}--{node['refid']}"
        elif isinstance(node, nodes.footnote_reference):
            # Its note stays behind, at the foot of its page.
            uri = relative_uri(self.here, self.app.builder.get_target_uri(page))
            link = nodes.reference("", "", *node.children, internal=True)
            link["refuri"] = f"{uri}#{node['refid']}"
            node.replace_self(nodes.superscript("", "", link))

    def _turn(self, node: nodes.reference, page: str, inside: set[str]) -> None:
        if node.get("refid") in inside:
            node["refid"] = f"{slug_of(page)}--{node['refid']}"
            return
        uri = f"#{node['refid']}" if "refid" in node else node.get("refuri", "")
        if urlsplit(uri).scheme or not (node.get("internal") or uri.startswith("#")):
            return
        base = urljoin(HOST, self.app.builder.get_target_uri(page))
        address, target = urldefrag(urljoin(base, uri))
        if (shown := self.whole.get(address)) is not None:
            node["refid"] = f"{slug_of(shown)}--{target}" if target else slug_of(shown)
            node.attributes.pop("refuri", None)
            return
        node.attributes.pop("refid", None)
        uri = relative_uri(self.here, address.removeprefix(HOST))
        node["refuri"] = f"{uri}#{target}" if target else uri


class SettleTabs(SphinxPostTransform):
    """Give the tabs of a whole page ids that do not depend on the pages before it."""

    # After sphinx-design (200) has numbered all that stand on the page that shows it.
    default_priority = 210

    def run(self, **kwargs: Any) -> None:
        """Look at every whole page."""
        for fragment in self.document.findall(LessonFragment):
            if fragment["is_whole"] and "html" not in fragment:
                self._settle(fragment)

    def _settle(self, fragment: LessonFragment) -> None:
        prefix = f"{slug_of(fragment['page'])}--"
        names: dict[str, str] = {}
        for tab in fragment.findall(sd_tab_input):
            for attribute, word in (("set_id", "tabs"), ("id", "tab")):
                old = tab[attribute]
                if old not in names:
                    names[old] = f"{prefix}{word}-{len(names)}"
                    names[f"{old}-content"] = f"{names[old]}-content"
                tab[attribute] = names[old]
        for node in fragment.findall(nodes.Element):
            node["ids"] = [names.get(node_id, node_id) for node_id in node["ids"]]
            for attribute in ("input_id", "aria_controls"):
                if attribute in node:
                    node[attribute] = names.get(node[attribute], node[attribute])


def setup_fragments(app: Sphinx) -> None:
    """Register the transforms."""
    app.add_post_transform(SettleFragments)
    app.add_post_transform(SettleTabs)
