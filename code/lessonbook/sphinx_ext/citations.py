"""Citations and bibliographies: on more than one page, and found quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

_UNFILLED = "lesson_unfilled_citations"


class FreshCitations(SphinxPostTransform):
    """Let a bibliography be written on more than one page.

    sphinxcontrib-bibtex fills the same nodes again each time.
    """

    default_priority = 4

    def run(self, **kwargs: Any) -> None:
        """Replace the nodes of all bibliographies by copies of what they were at first."""
        domain: Any = self.env.domains.get("cite")
        if domain is None or not self._has_bibliography():
            return
        if not hasattr(domain, _UNFILLED):
            setattr(domain, _UNFILLED, {})
        unfilled = getattr(domain, _UNFILLED)
        for name, bibliography in domain.bibliographies.items():
            first = unfilled.setdefault(name, dict(bibliography.citation_nodes))
            bibliography.citation_nodes.update({key: node.copy() for key, node in first.items()})

    def _has_bibliography(self) -> bool:
        from sphinxcontrib.bibtex.nodes import bibliography

        return next(iter(self.document.findall(bibliography)), None) is not None


def find_backend_once(app: Sphinx, config: Config) -> None:
    """Register what each citation otherwise looks for among all installed packages."""
    if "sphinxcontrib.bibtex" in app.extensions:
        from pybtex.backends.plaintext import Backend
        from pybtex.plugin import register_plugin

        register_plugin("pybtex.backends", "plaintext", Backend, force=True)


def setup_citations(app: Sphinx) -> None:
    """Register the transform and the event."""
    app.add_post_transform(FreshCitations)
    app.connect("config-inited", find_backend_once)
