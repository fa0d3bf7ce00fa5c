"""Finish each page on its way from the template to its file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from jinja2 import FileSystemBytecodeCache
from pygments.styles import get_style_by_name
from pygments.token import STANDARD_TYPES, Token
from pygments.util import ClassNotFound
from sphinx.jinja2glue import BuiltinTemplateLoader

from lessonbook.kept import Kept, keep
from lessonbook.site.image_size import read_image_size
from lessonbook.site.page import finish_page
from lessonbook.site.parts import split_page
from lessonbook.sphinx_ext.theme import uses_book_theme

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.builders import Builder
    from sphinx.config import Config
    from sphinx.theming import Theme

COMPILED_TEMPLATES = "templates"
"""Where the templates are kept as Python compiles them, in the folder of the doctrees."""

FINISHED = ".lesson-finished"
"""Where finished parts of pages are kept, in the same folder."""

STYLE_OPTIONS = {
    "pygments_light_style": "a11y-high-contrast-light",
    "pygments_dark_style": "a11y-high-contrast-dark",
}
"""Options of the theme with the styles of code, and what they are where a course sets none."""

_FAMILIES = (Token.Literal.String, Token.Literal.Number, Token.Keyword, Token.Comment)


def setup_page_finish(app: Sphinx) -> None:
    """Register the event."""
    app.connect("config-inited", choose_templates, priority=950)


def choose_templates(app: Sphinx, config: Config) -> None:
    """Have the pages of the book theme pass through `FinishingTemplates`."""
    if uses_book_theme(config) and config.template_bridge is None:
        config["template_bridge"] = f"{__name__}.{FinishingTemplates.__name__}"


class FinishingTemplates(BuiltinTemplateLoader):
    """Sphinx's templates; what they give is finished."""

    def init(
        self, builder: Builder, theme: Theme | None = None, dirs: list[str] | None = None
    ) -> None:
        """Prepare the templates of one build."""
        super().init(builder, theme, dirs)
        compiled = Path(builder.doctreedir, COMPILED_TEMPLATES)
        compiled.mkdir(parents=True, exist_ok=True)
        self.environment.bytecode_cache = FileSystemBytecodeCache(str(compiled))
        self._builder: Any = builder
        self._word_kinds = find_word_kinds(builder.config.html_theme_options)

    def render(self, template: str, context: dict[str, Any]) -> str:  # type: ignore[override]
        """Fill in a template; a whole page is then finished."""
        text = super().render(template, context)
        if "</head>" not in text:
            return text
        pagename = context.get("pagename", "")
        with self._kept_of(pagename, text) as kept:
            return finish_page(text, self._sizes_on(pagename), self._word_kinds, kept)

    def _kept_of(self, pagename: str, text: str) -> AbstractContextManager[Kept]:
        """What the last build has kept of a page that shows others; of no other, to save space."""
        if len(split_page(text)) == 1:
            return nullcontext(Kept())
        return keep(Path(self._builder.doctreedir, FINISHED, f"{pagename}.kept"))

    def _sizes_on(self, pagename: str) -> Callable[[str], tuple[int, int] | None]:
        """Return a function from the address of an image on a page to its size."""
        images = {name: Path(self._builder.srcdir, source) for source, name in self._images()}

        def size(address: str) -> tuple[int, int] | None:
            parts = urlsplit(address)
            folder, _, name = unquote(parts.path).rpartition("/")
            if parts.scheme or parts.netloc or folder.rpartition("/")[2] != self._builder.imagedir:
                return None
            return read_image_size(images[name]) if name in images else None

        return size

    def _images(self) -> list[tuple[str, str]]:
        return list(self._builder.images.items())


def find_word_kinds(options: dict[str, Any]) -> dict[str, str]:
    """Find the kinds of words of code that are shown alike.

    Of strings, numbers, keywords and comments, Pygments knows many kinds, most of which look the
    same. Names and the like that the styles of code, light and dark, do not set apart are shown
    like plain text; and so are the operators, of which a page has hundreds and nobody needs the
    colour.

    Parameters
    ----------
    options : dict
        Options of the theme.

    Returns
    -------
    dict of str to str
        For the class of a kind, that of the kind that stands for all that look like it; empty for
        plain text. Nothing if a style is not known.

    Examples
    --------
    >>> kinds = find_word_kinds({})
    >>> kinds["n"], kinds["s2"], kinds["mi"]
    ('', 's', 'm')
    """
    try:
        styles = [
            get_style_by_name(options.get(name) or default)
            for name, default in STYLE_OPTIONS.items()
        ]
    except ClassNotFound:
        return {}

    def look(token: Any) -> list[Any]:
        return [style.style_for_token(token) for style in styles]

    plain = [[look(Token)[i], look(Token.Name)[i]] for i in range(len(styles))]
    kinds: dict[str, str] = {}
    for token, name in STANDARD_TYPES.items():
        if not name:
            continue
        if token is Token.Operator or all(map(list.__contains__, plain, look(token))):
            kinds[name] = ""
            continue
        family = next((family for family in _FAMILIES if token in family), token)
        if look(token) == look(family):
            kinds[name] = STANDARD_TYPES[family]
    return kinds
