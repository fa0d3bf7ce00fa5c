"""Citations and bibliographies: on more than one page, and found quickly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sphinx.transforms.post_transforms import SphinxPostTransform

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

_UNFILLED = "lesson_unfilled_citations"
_FORMATTED_BY = "lesson_citations_formatted_by"
_REMEMBERED = "remembered"
_STYLES = "pybtex.style.formatting"


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


def format_entries_once(app: Sphinx, config: Config) -> None:
    """Have each entry of a bibliography formatted once: not for a tooltip and in a list as well."""
    if "sphinxcontrib.bibtex" not in app.extensions:
        return
    from pybtex.plugin import PluginNotFound, find_plugin, register_plugin

    for name in {config.bibtex_default_style, config.bibtex_tooltips_style} - {""}:
        try:
            style = find_plugin(_STYLES, name)
        except PluginNotFound:
            continue  # sphinxcontrib-bibtex will say so
        register_plugin(_STYLES, name, _remembering(style), force=True)


def recall_entries(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Take over what the last build has formatted, before its pages are forgotten."""
    domain: Any = env.domains.get("cite")
    if domain is None:
        return
    from pybtex import __version__
    from pybtex.plugin import find_plugin

    if getattr(env, _FORMATTED_BY, None) == __version__:
        for citation in domain.citations:
            bibliography = domain.bibliographies.get(citation.bibliography_key)
            style = find_plugin(_STYLES, bibliography.style) if bibliography else None
            if hasattr(style, _REMEMBERED):
                getattr(style, _REMEMBERED)[citation.entry.key] = (
                    citation.entry,
                    citation.formatted_entry,
                )
    setattr(env, _FORMATTED_BY, __version__)


def _remembering(style: type[Any]) -> type[Any]:
    """Make of a style of bibliographies one that formats the same entry once."""
    original = getattr(style, "original", style)

    class Remembering(original):  # type: ignore[misc, valid-type]
        """A style that formats the same entry once."""

        remembered: ClassVar[dict[str, tuple[Any, Any]]] = {}

        def format_entry(self, label: str, entry: Any, bib_data: Any = None) -> Any:
            """Return what it was formatted to before, if nothing has changed."""
            before, formatted = self.remembered.get(entry.key, (None, None))
            # of another entry that it refers to, it does not show whether that has changed
            if before == entry and formatted.label == label and "crossref" not in entry.fields:
                return formatted
            formatted = super().format_entry(label, entry, bib_data)
            self.remembered[entry.key] = (entry, formatted)
            return formatted

    Remembering.original = original
    return Remembering


def setup_citations(app: Sphinx) -> None:
    """Register the transform and the events."""
    app.add_post_transform(FreshCitations)
    app.connect("config-inited", find_backend_once)
    app.connect("config-inited", format_entries_once)
    app.connect("env-before-read-docs", recall_entries)
