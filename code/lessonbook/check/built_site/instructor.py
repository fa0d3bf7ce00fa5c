"""The rule about what only instructors may see."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from functools import partial

from lessonbook.check.built_site.examples import site_page
from lessonbook.check.rule import SiteRule, register
from lessonbook.check.site import INSTRUCTOR_FOLDER, Site
from lessonbook.course import Course
from lessonbook.findings import Finding
from lessonbook.markup import NOT_TEXT

SHORTEST = 20
"""Characters below which a sentence may stand on a learner's page by chance."""

SHORTEST_WORD = 8
_FILES = (".html", ".txt", ".md", ".ipynb", ".xml", ".rst", ".json", ".py", ".csv", ".webmanifest")
_SENTENCE_END = re.compile(rf"(?<=[.!?:;])\s+|\n{{2,}}|{NOT_TEXT}")
_SIGNS = re.compile(r"[\W_]+")
_WORD = re.compile(rf"[^\W\d_]{{{SHORTEST_WORD},}}")
_SOURCE = "# A page\n\n:::{instructor}\nStart with a bet: ask everyone for a guess.\n:::\n\nText.\n"


@register
class InstructorText(SiteRule):
    """Instructor's text on a learner's page."""

    id = "LB080"
    why = "Learners find the answers, and notes that were not written for them."
    bad = site_page(
        "<p>Start with a bet: ask everyone for a guess.</p>", line=1, files={"page.md": _SOURCE}
    )
    good = site_page("<p>Text.</p>", files={"page.md": _SOURCE})

    def check(self, site: Site) -> Iterator[Finding]:
        """Search the learners' files for what stands between instructor blocks."""
        if site.course is None:
            return
        secrets, words = find_secrets(site.course)
        searched = "\n".join(secrets)
        shown: set[str] = set()
        for name, text in site.texts(*_FILES):
            if name.startswith(f"{INSTRUCTOR_FOLDER}/") or "_static/" in name:
                continue
            found, visible_words = site.kept.get(
                "secrets",
                f"{name}\n{searched}\n\n{text}",
                partial(_search, site, name, text, secrets),
            )
            shown |= visible_words
            for secret in found:
                yield self._report(site, name, secret, secrets[secret])
        yield from self._check_index(site, words, shown)

    def _check_index(self, site: Site, words: dict[str, str], shown: set[str]) -> Iterator[Finding]:
        index = site.files.get("searchindex.js")
        if index is None:
            return
        text = index.read_text(encoding="utf8", errors="replace")
        known = set(re.findall(r'["{,\s]([^\W\d_]+)"?\s*:', text.lower()))
        for word in sorted((known & set(words)) - shown):
            yield self._report(site, "searchindex.js", word, words[word])

    def _report(self, site: Site, name: str, secret: str, origin: str) -> Finding:
        message = (
            f"found {secret[:60]!r}, which {origin} has inside an instructor block; learners must "
            "not get it, so report this as a mistake of the build."
        )
        return self.finding(site.place(name), 1, message)


def _search(site: Site, name: str, text: str, secrets: Iterable[str]) -> tuple[list[str], set[str]]:
    """Return the secrets that a file has, and all words that it shows."""
    visible = _normalise(_readable(site, name, text))
    return [secret for secret in secrets if secret in visible], set(visible.split())


def find_secrets(course: Course) -> tuple[dict[str, str], dict[str, str]]:
    """Find the sentences and the rare words that stand in instructor blocks and nowhere else.

    Parameters
    ----------
    course : Course
        The course.

    Returns
    -------
    sentences : dict of str to str
        Each in lower case without signs, and where it stands.
    words : dict of str to str
        The same for words.
    """
    hidden: list[tuple[str, str]] = []
    open_text = []
    for page in course.pages:
        lines = page.text.split("\n")
        inside = set()
        for block in page.blocks_of("instructor"):
            inside |= set(range(block.line, block.end_line + 1))
        open_text.append("\n".join(t for n, t in enumerate(lines, 1) if n not in inside))
        for prose in page.prose:
            if prose.line in inside:
                hidden += [
                    (s, f"{page.path}:{prose.line}") for s in _SENTENCE_END.split(prose.text)
                ]
        for cell in page.cells:
            if cell.line in inside:
                hidden += [(s, f"{page.path}:{cell.line}") for s in cell.source.split("\n")]
    public = _normalise("\n".join(open_text))
    public_words = set(public.split())
    sentences: dict[str, str] = {}
    words: dict[str, str] = {}
    for text, origin in hidden:
        sentence = _normalise(text)
        if len(sentence) >= SHORTEST and sentence not in public:
            sentences.setdefault(sentence, origin)
        for word in _WORD.findall(sentence):
            if word not in public_words:
                words.setdefault(word, origin)
    return sentences, words


def _readable(site: Site, name: str, text: str) -> str:
    if name in site.pages:
        page = site.pages[name]
        return " ".join([page.text, page.title, page.description])
    if name.endswith(".ipynb"):
        try:
            cells = json.loads(text)["cells"]
            return "\n".join("".join(cell["source"]) for cell in cells)
        except (ValueError, KeyError, TypeError):
            return text
    return html.unescape(re.sub(r"<[^<>]*>", " ", text)) if name.endswith(".xml") else text


def _normalise(text: str) -> str:
    return _SIGNS.sub(" ", text.casefold()).strip()
