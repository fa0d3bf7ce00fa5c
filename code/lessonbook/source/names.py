"""The blocks that authors can write, and what may stand in each."""

from __future__ import annotations

from collections.abc import Collection

from lessonbook.notebook import CONTAINERS, LITERALS

_LESSON_BOXES_TEXT = """
    questions objectives keypoints challenge solution hint callout caution prereq checklist
    discussion testimonial spoiler instructor
"""
LESSON_BOXES = frozenset(_LESSON_BOXES_TEXT.split())
"""Blocks of a lesson that hold text of the author's."""

_GENERATED_TEXT = """
    lesson-schedule lesson-keypoints lesson-questions lesson-challenges lesson-figures
    lesson-instructor-notes lesson-fits lesson-models lesson-all lesson-rules
"""
GENERATED = frozenset(_GENERATED_TEXT.split())
"""Blocks that are filled when the site is built."""

LESSON_BLOCKS = LESSON_BOXES | GENERATED | {"quiz"}

_DOCUTILS = """
    admonition attention caution class code compound container contents csv-table danger date
    default-role epigraph error figure footer header highlights hint image important include
    line-block list-table math meta note parsed-literal pull-quote raw replace role rubric sectnum
    sidebar table target-notes tip title topic unicode warning
"""
_SPHINX = """
    acks centered code-block codeauthor cssclass default-domain deprecated describe glossary
    highlight hlist index literalinclude moduleauthor object only productionlist program option
    cmdoption confval envvar rst-class sectionauthor seealso sourcecode tabularcolumns
    tableofcontents toctree todo todolist versionadded versionchanged versionremoved
    autoclass autofunction automodule autosummary digraph graph graphviz inheritance-diagram
    currentmodule module function data exception method attribute
"""
_DESIGN = """
    accordion aside article-info button-link button-ref card card-carousel card-footer card-header
    div dropdown grid grid-item grid-item-card margin step steps tab-item tab-set tab-set-code
    toggle _all-octicon
"""
_MYST = """
    bibliography code-cell eval eval-rst figure-md footbibliography glue mermaid nb-exec-table
    prompt raw-cell
"""
KNOWN_BLOCKS = LESSON_BLOCKS | frozenset((_DOCUTILS + _SPHINX + _DESIGN + _MYST).split())
"""Names that can stand in braces behind a fence."""

DOMAINS = frozenset({"c", "cpp", "eval", "glue", "js", "math", "prf", "py", "rst", "std"})
"""What may stand before a colon in such a name."""

EXTENSION_BLOCKS = {
    "sphinx_exercise": frozenset(
        {"exercise", "exercise-start", "exercise-end", "solution-start", "solution-end"}
    ),
    "sphinxcontrib.youtube": frozenset({"youtube", "vimeo", "peertube"}),
    "sphinxcontrib.plantuml": frozenset({"uml"}),
    "sphinxcontrib.programoutput": frozenset({"program-output", "command-output"}),
    "sphinx_subfigure": frozenset({"subfigure"}),
    "sphinx_gallery.load_style": frozenset({"minigallery"}),
    "matplotlib.sphinxext.plot_directive": frozenset({"plot"}),
    "IPython.sphinxext.ipython_directive": frozenset({"ipython"}),
}
"""Blocks that come with an extension that a course may list."""

COMMON_OPTIONS = frozenset({"name", "class"})
LESSON_OPTIONS = {
    **dict.fromkeys(LESSON_BOXES, COMMON_OPTIONS),
    "challenge": COMMON_OPTIONS | {"label", "minutes", "open", "home"},
    "quiz": COMMON_OPTIONS | {"several", "answer", "tolerance", "unit"},
    **dict.fromkeys(GENERATED, COMMON_OPTIONS | {"pages"}),
    "lesson-schedule": COMMON_OPTIONS | {"pages", "questions"},
    "lesson-questions": COMMON_OPTIONS | {"pages", "objectives"},
    "lesson-challenges": COMMON_OPTIONS | {"pages", "solutions"},
    "lesson-models": COMMON_OPTIONS | {"names"},
    "lesson-rules": COMMON_OPTIONS,
    "tab-set": frozenset({"class", "orientation", "sync-group"}),
    "tab-item": frozenset(
        {"name", "selected", "sync", "class-container", "class-label", "class-content"}
    ),
}
"""Options that each block of a lesson takes, and tabs."""

PATH_ARGUMENTS = frozenset({"figure", "image", "include", "literalinclude"})
"""Blocks whose argument is the path of a file."""

CLOSE_ENOUGH = 70.0


def is_known(name: str, own: Collection[str] = ()) -> bool:
    """Tell whether a block of this name can be built.

    Parameters
    ----------
    name : str
        As it stands in braces.
    own : collection of str
        Names that the course adds.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_known("solution"), is_known("py:function"), is_known("solutoin")
    (True, True, False)
    """
    domain, colon, _ = name.partition(":")
    return name in KNOWN_BLOCKS or name in own or bool(colon and domain in DOMAINS)


def nearest_name(name: str, allowed: Collection[str], at_least: float = CLOSE_ENOUGH) -> str:
    """Find the name that was probably meant.

    Parameters
    ----------
    name : str
        As it was written.
    allowed : collection of str
        Names to choose from.
    at_least : float
        How alike they must be, from 0 to 100.

    Returns
    -------
    str
        The nearest name; empty if none is near.

    Examples
    --------
    >>> nearest_name("solutoin", {"solution", "hint"})
    'solution'
    >>> nearest_name("zzz", {"solution", "hint"})
    ''
    """
    from rapidfuzz import fuzz, process  # only a mistake needs it

    match = process.extractOne(
        name.lower(), sorted(allowed), scorer=fuzz.ratio, score_cutoff=at_least
    )
    return str(match[0]) if match else ""


def holds_markdown(kind: str, own: Collection[str] = ()) -> bool:
    """Tell whether the content of such a block is Markdown."""
    return kind in CONTAINERS or kind in own or kind == "glossary"


def holds_literal_text(kind: str) -> bool:
    """Tell whether the content of such a block is shown or used as it is written."""
    return kind in LITERALS or kind == "code-cell"
