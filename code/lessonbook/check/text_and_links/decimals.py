"""The rule about numbers in prose."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import Prose
from lessonbook.python_cells import imported_modules

_DECIMAL = re.compile(
    r"(?<![\w.,/\\@#])(?<!\w[-+])[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)\.\d+(?!\.?\d)(?![\w/@])"
)
_NUMBER = r"[1-9]\d*(?:\.\d+)+"
_NUMBERS = rf"{_NUMBER}(?:\s*(?:,|–|-|to|and|or|&)\s*(?:and\s+|or\s+)?{_NUMBER})*"
_PARTS = (
    "appendix|chapter|chapters|chap|ch|section|sections|sect|sec|subsection|figure|figures|fig|figs|"
    "table|tables|equation|equations|eq|eqs|example|examples|exercise|exercises|problem|problems|"
    "theorem|lemma|definition|listing|algorithm|box|part|parts|step|steps|episode|episodes|lesson|"
    "lessons|lecture|unit|module|demonstration|demo|page|pages|article|clause|paragraph|version|"
    "versions|release|releases"
)
_INNOCENT = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?:\b(?:{_PARTS})\.?|§+)\s*{_NUMBERS}",
        r"\b\d{1,2}\.\d{1,2}\.\s?\d{2,4}\b",  # a date
        r"\b(?:[01]?\d|2[0-3])\.[0-5]\d\s?(?:[ap]\.?m\b|h\b|hrs?\b|o.clock)",
        r"[^\W\d_]\([^()\n]*\)",  # a name with its constants, such as Gamma(0.001, 1)
        r"\b(?:arxiv|doi)\b[:\s]*\d+\.\d+\S*",
        r"\b10\.\d{4,9}/\S+",
        rf"\bpp?\.\s*{_NUMBER}",
        rf"[<>=~!]=\s*{_NUMBER}",
        rf"{_NUMBER}(?=\s+(?:or|and)\s+(?:newer|later|above|higher|older|earlier)\b)",
    )
)
_WORD_BEFORE = re.compile(r"(?P<before>^|[.!?:;(]\s+|\S\s+|\s)(?P<word>[^\W\d_][\w+#.-]*)\s+$")
_VERSION = re.compile(r"(?:[1-9]\d*\.\d{1,2}|0\.\d{1,2})")
_SOFTWARE_TEXT = """
    python ipython r rstudio stan rstan cmdstan cmdstanpy pystan pymc pymc3 arviz nutpie
    numpyro jax numpy scipy pandas matplotlib seaborn sklearn scikit-learn tensorflow torch
    pytorch julia java javascript npm c++ gcc clang cmake bash zsh git conda mamba pip jupyter
    jupyterlab sphinx docutils linux ubuntu debian fedora macos ios android firefox html css
    http tls gpl lgpl agpl bsd unicode cuda openmp mpi fortran sql sqlite postgresql spss
    stata matlab
"""
_SOFTWARE = frozenset(_SOFTWARE_TEXT.split())
_NO_NAMES_TEXT = """
    sd se ci rmse mse elpd mean median r-hat ess df p t z f n m
"""
_NO_NAMES = frozenset(_NO_NAMES_TEXT.split())
_AND = re.compile(r"\s*(?:,|–|-|/|to|and|or|through|until)\s*")
_ANSWER = re.compile(r"^\[[ xX]\]")


@register
class BareDecimal(PageRule):
    """Decimal number typed into the text."""

    id = "LB047"
    why = (
        "A result that was typed stays as it is when the data, the model or a library changes, and "
        "nobody notices. `{eval}` computes it in every build, `{cited}` says whose it is, and a "
        "constant of a formula stands in `$…$`. Version numbers, dates, sections and tables are "
        "left alone."
    )
    bad = Example("# A page\n\nThe posterior mean is 0.265, give or take a little.\n", 3)
    good = Example("# A page\n\nThe prior scale is $2.5$, in Python 3.11 as in section 5.4.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Search paragraphs, headings, titles and captions."""
        names = _SOFTWARE | (imported_modules(course) - sys.stdlib_module_names)
        for prose in page.prose:
            if prose.kind == "cell" or not _DECIMAL.search(prose.text):
                continue
            text = _blank_innocent(prose)
            versions_end = -1
            for match in _DECIMAL.finditer(text):
                continues = _AND.fullmatch(text, max(versions_end, 0), match.start())
                if (versions_end >= 0 and continues) or _is_version(text, match, names):
                    versions_end = match.end()
                else:
                    number = match[0].lstrip("+")
                    message = (
                        f"found the number {number} in the text; compute it with {{eval}}`…`, quote"
                        f" it with {{cited}}`{number} <key>`, or write ${number}$ for a constant."
                    )
                    yield self.finding(page.path, prose.line_at(match.start()), message)


def _blank_innocent(prose: Prose) -> str:
    text = prose.text
    if prose.kind == "heading":
        text = re.sub(r"^\s*\d+(?:\.\d+)+\.?(?=\s)", _blank, text)
    if prose.block is not None and prose.block.kind == "quiz":
        text = _blank_quiz(text, prose.kind)
    for pattern in _INNOCENT:
        text = pattern.sub(_blank, text)
    return text


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"\d", " ", match[0])


def _blank_quiz(text: str, kind: str) -> str:
    """Leave out the question, which may suppose anything, and the answers, most of them wrong."""
    lines = text.split("\n")
    is_answer = _ANSWER.match(lines[0].strip()) is not None
    if not is_answer and kind not in ("title", "paragraph"):
        return text
    end = next((i for i, line in enumerate(lines) if line.lstrip().startswith(":")), len(lines))
    return "\n".join([re.sub(r"\d", " ", line) for line in lines[:end]] + lines[end:])


def _is_version(text: str, match: re.Match[str], names: frozenset[str]) -> bool:
    """Tell whether a number belongs to the name of a program before it."""
    number = match[0]
    if not _VERSION.fullmatch(number):
        return False
    before = _WORD_BEFORE.search(text[max(0, match.start() - 60) : match.start()])
    if before is None:
        return False
    word = before["word"]
    if word.lower().rstrip(".") in names:
        return True
    is_name = word[0].isupper() and word.lower() not in _NO_NAMES and not number.startswith("0")
    is_first = not before["before"].strip() or before["before"].strip() in ".!?:;("
    return is_name and not is_first
