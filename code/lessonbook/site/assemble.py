"""From rendered pages to what is published: one style sheet, no code in pages, one policy."""

from __future__ import annotations

import hashlib
import posixpath
import re
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatch
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lessonbook.kept import Kept
from lessonbook.site.chart_data import move_charts
from lessonbook.site.drawings import slim_drawing
from lessonbook.site.fonts import MATH_FONT, find_math_signs, subset_font
from lessonbook.site.page import CLASS_PREFIX, STYLE_OPEN
from lessonbook.site.parts import split_page
from lessonbook.site.policy import policy_tag
from lessonbook.site.previews import show_previews
from lessonbook.site.styles import shake
from lessonbook.site.tags import read_attributes
from lessonbook.site.vocabulary import Vocabulary, page_vocabulary, script_vocabulary

STATIC = "_static"
IMAGES = "_images"
STYLE_SHEET = "site-styles.css"
PARTS = "pages"
"""Folder, below the static files, of styles, scripts and charts that single pages brought along."""

CHART = ".chart.js"
"""What the names of charts in that folder end with."""

_CHARSET = re.compile(r"<meta\b[^>]*charset[^>]*>", re.IGNORECASE)
_SHEET = re.compile(r"<link\b(?P<attributes>[^>]*\brel=\"stylesheet\"[^>]*)>\n?")
_SINGLE = f".{CLASS_PREFIX}"
_PAGE_STYLES = re.compile(rf"{re.escape(STYLE_OPEN)}(?P<css>.*?)</style>", re.DOTALL)
_INLINE_SCRIPT = re.compile(
    r"<script\b(?P<attributes>[^>]*)>(?P<code>.*?)</script\s*>", re.DOTALL | re.IGNORECASE
)
_CSS_URL = re.compile(r"url\(\s*(?P<quote>[\"']?)(?P<url>[^\"')]+)(?P=quote)\s*\)")
_IMPORT = re.compile(r"@import\s+(?:url\()?[\"']?(?P<url>[^\"');]+)[\"']?\)?\s*;")
_REDIRECT = re.compile(r"\s*<meta http-equiv=\"Refresh\" content=\"0; url=(?P<url>[^\"]+)\" />\s*")
_PROGRAM_TYPES = frozenset({"", "text/javascript", "application/javascript", "module"})
# what themes copy for features that no page of a site has asked for, or for building themselves
_NEVER_LOADED = ("*.map", "locales", "*webpack-macros.html", "*.scss")
_LOADED = frozenset({".css", ".js", ".svg", ".png", ".ttf", ".woff", ".woff2", ".eot"})
# pages that a course adds by itself may want to look like the others
_KEPT = frozenset({"lesson.css"})


def assemble(folder: Path, cache: Path, kept: Kept) -> None:
    """Finish the pages of one view in place.

    The style sheets become one, without the rules that no page needs. Styles and scripts in the
    pages become files, so that a strict policy can forbid all others. Files that nothing loads
    are removed.

    Parameters
    ----------
    folder : pathlib.Path
        Pages as Sphinx wrote them, with their static files; of another view that lies below,
        only what is not in a folder with static files of its own.
    cache : pathlib.Path
        Folder for small pictures, worth keeping until the next build.
    kept : Kept
        What the last build of the same view has kept there.
    """
    texts = {path: path.read_text(encoding="utf8") for path in find_pages(folder)}
    sheets = _find_sheets(folder, texts)
    if not sheets:
        return
    for path in (folder / IMAGES).glob("*.svg"):
        drawing = path.read_text(encoding="utf8")
        slim = kept.get("drawing", drawing, partial(slim_drawing, drawing))
        path.write_text(slim, encoding="utf8")
    texts = show_previews(texts, cache)
    rules: dict[str, None] = {}
    texts = {path: _move_code(folder, path, text, rules) for path, text in texts.items()}
    vocabulary = _find_vocabulary(texts.values(), kept)
    files = frozenset(vocabulary.files)
    version = _write_style_sheet(folder, texts, sheets, vocabulary, kept, "\n".join(rules))
    for path, text in texts.items():
        way = _way_to_static(folder, path)
        link = f'<link rel="stylesheet" href="{way}{STYLE_SHEET}?v={version}">\n'
        text = _complete_redirect(text)
        text = _replace_sheets(text, sheets, folder, path, link)
        path.write_text(_CHARSET.sub(lambda m: f"{m[0]}\n{policy_tag()}", text, count=1), "utf8")
    merged = {posixpath.basename(sheet) for sheet in sheets} - _KEPT
    _remove_unused(folder / STATIC, files, merged)


def find_never_loaded(folder: str, names: list[str]) -> set[str]:
    """Find what need not even be copied, in the form that `shutil.copytree` asks for it.

    Parameters
    ----------
    folder : str
        A folder of rendered pages or files.
    names : list of str
        What is in it.

    Returns
    -------
    set of str
        Those among the static files that no page loads.
    """
    patterns = _NEVER_LOADED if Path(folder).name == STATIC else ()
    return {name for name in names if any(fnmatch(name, pattern) for pattern in patterns)}


def find_pages(folder: Path) -> Iterator[Path]:
    """Go through the pages of a view.

    Parameters
    ----------
    folder : pathlib.Path
        The view. Of its folders, one with static files of its own is another view.

    Yields
    ------
    pathlib.Path
        A page.
    """
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name != STATIC and not (path / STATIC).is_dir():
            yield from (page for page in sorted(path.rglob("*.html")))
        elif path.suffix == ".html":
            yield path


def _way_to_static(folder: Path, page: Path) -> str:
    return "../" * (len(page.relative_to(folder).parts) - 1) + f"{STATIC}/"


def _local_sheet(folder: Path, page: Path, attributes: str) -> str:
    """Return the path of a style sheet from the site's folder; empty if it is not its own."""
    values = read_attributes(attributes)
    address = urlsplit(values.get("href") or "")
    if address.scheme or address.netloc or values.get("media") not in (None, "all"):
        return ""
    start = page.parent.relative_to(folder).as_posix()
    path = posixpath.normpath(posixpath.join(start, unquote(address.path)))
    return path if (folder / path).is_file() else ""


def _complete_redirect(text: str) -> str:
    """Make a whole page of the line with which Jupyter Book leads to the first one."""
    match = _REDIRECT.fullmatch(text)
    if match is None:
        return text
    url = match["url"]
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{url}</title>\n'
        f'{text.strip()}\n<link rel="canonical" href="{url}">\n</head>\n'
        f'<body><p><a href="{url}">{url}</a></p></body>\n</html>\n'
    )


def _find_sheets(folder: Path, texts: Mapping[Path, str]) -> list[str]:
    found: dict[str, None] = {}
    for page, text in texts.items():
        for match in _SHEET.finditer(text.partition("</head>")[0]):
            sheet = _local_sheet(folder, page, match["attributes"])
            if sheet:
                found.setdefault(sheet)
    return list(found)


def _replace_sheets(text: str, sheets: Iterable[str], folder: Path, page: Path, link: str) -> str:
    """Put the one style sheet in the place of the first that it contains."""
    links = [link]

    def replace(match: re.Match[str]) -> str:
        if _local_sheet(folder, page, match["attributes"]) not in sheets:
            return match[0]
        return links.pop() if links else ""

    head, end, body = text.partition("</head>")
    return _SHEET.sub(replace, head) + end + body


def _move_code(folder: Path, page: Path, text: str, rules: dict[str, None]) -> str:
    """Make files of the styles and the scripts in a page; add its rules for single elements."""
    way = f"{_way_to_static(folder, page)}{PARTS}/"

    def move_styles(match: re.Match[str]) -> str:
        lines = match["css"].strip().splitlines()
        rules.update(dict.fromkeys(line for line in lines if line.startswith(_SINGLE)))
        sheet = "\n".join(line for line in lines if not line.startswith(_SINGLE))
        if not sheet:
            return ""
        name = _write_part(folder, f"{sheet}\n", ".css")
        return f'<link href="{way}{name}" rel="stylesheet">'

    def move_script(match: re.Match[str]) -> str:
        values = read_attributes(match["attributes"])
        is_program = (values.get("type") or "").lower() in _PROGRAM_TYPES
        if "src" in values or not is_program or not match["code"].strip():
            return match[0]
        name = _write_part(folder, match["code"].strip() + "\n", ".js")
        return f'<script{match["attributes"]} src="{way}{name}"></script>'

    text = _INLINE_SCRIPT.sub(move_script, _PAGE_STYLES.sub(move_styles, text))
    return move_charts(text, lambda script: f"{way}{_write_part(folder, script, CHART)}")


def _write_part(folder: Path, content: str, suffix: str) -> str:
    name = hashlib.sha256(content.encode()).hexdigest()[:16] + suffix
    path = folder / STATIC / PARTS / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf8")
    return name


def _find_vocabulary(texts: Iterable[str], kept: Kept) -> Vocabulary:
    vocabulary = Vocabulary()
    for part in (part for text in texts for part in split_page(text)):
        vocabulary.add(kept.get("page", part, partial(page_vocabulary, part)))
    return vocabulary


def _write_style_sheet(
    folder: Path,
    texts: Mapping[Path, str],
    sheets: Iterable[str],
    vocabulary: Vocabulary,
    kept: Kept,
    more: str,
) -> str:
    for path in _loaded_scripts(folder, vocabulary.files):
        script = path.read_text(encoding="utf8", errors="replace")
        vocabulary.add(kept.get("script", script, partial(script_vocabulary, script)))
    for path in (folder / STATIC / PARTS).glob("*.css"):
        vocabulary.variables.update(re.findall(r"--[\w-]+", path.read_text(encoding="utf8")))
    signs = find_math_signs(texts.values())
    font = folder / STATIC / MATH_FONT
    if signs and font.is_file():
        font.write_bytes(subset_font(font, signs, kept))
    css = "\n".join([*(_read_sheet(folder, sheet) for sheet in sheets), more])
    small = kept.get("styles", f"{vocabulary}\n{css}", partial(shake, css, vocabulary))
    (folder / STATIC / STYLE_SHEET).write_text(small, encoding="utf8")
    return hashlib.sha256(small.encode()).hexdigest()[:8]


def _loaded_scripts(folder: Path, files: Collection[str]) -> list[Path]:
    """Return the scripts of the site that some page loads; charts are data."""
    scripts = sorted((folder / STATIC).rglob("*.js"))
    return [path for path in scripts if path.name in files and not path.name.endswith(CHART)]


def _read_sheet(folder: Path, sheet: str) -> str:
    """Read a style sheet with those that it imports, its addresses as from the static files."""
    path = folder / sheet
    text = path.read_text(encoding="utf8", errors="replace")

    def include(match: re.Match[str]) -> str:
        address = match["url"]
        target = posixpath.normpath(posixpath.join(posixpath.dirname(sheet), address))
        known = "//" not in address and (folder / target).is_file()
        return _read_sheet(folder, target) if known else match[0]

    def rebase(match: re.Match[str]) -> str:
        address = match["url"]
        if ":" in address or address.startswith(("/", "#")):
            return match[0]
        target = posixpath.join(posixpath.dirname(sheet), address)
        return f'url("{posixpath.relpath(posixpath.normpath(target), STATIC)}")'

    included = _IMPORT.split(text)
    if len(included) == 1:
        return _CSS_URL.sub(rebase, text)
    parts = []
    place = 0
    for match in _IMPORT.finditer(text):
        parts += [_CSS_URL.sub(rebase, text[place : match.start()]), include(match)]
        place = match.end()
    return "".join([*parts, _CSS_URL.sub(rebase, text[place:])])


def _remove_unused(static: Path, named: Collection[str], merged: Iterable[str]) -> None:
    """Remove what themes and extensions bring along and no page, style sheet or script names."""
    (static.parent / ".buildinfo").unlink(missing_ok=True)
    for pattern in _NEVER_LOADED:
        for path in list(static.rglob(pattern)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    loaded = STYLE_SHEET + (static / STYLE_SHEET).read_text(encoding="utf8")
    files = [path for path in static.rglob("*") if path.suffix in _LOADED]
    for path in files:
        if path.suffix == ".js" and path.name in named:
            loaded += path.read_text(encoding="utf8", errors="replace")
    for path in files:
        if path.name in merged or not (
            path.name in named
            or path.name in loaded
            or path.name in _KEPT
            or path.parent.name == PARTS
        ):
            path.unlink()
    for folder in sorted((path for path in static.rglob("*") if path.is_dir()), reverse=True):
        if not any(folder.iterdir()):
            folder.rmdir()
