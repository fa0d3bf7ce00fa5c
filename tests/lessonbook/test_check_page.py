"""The page of rules, the names that the linter knows, and markup that must stay text."""

from __future__ import annotations

import pytest
from docutils.parsers.rst import directives as docutils_directives
from sphinx.search import js_index
from sphinx_design.tabs import TabItemDirective, TabSetDirective

from lessonbook.check.rule import all_rules
from lessonbook.check.rules_page import rules_page
from lessonbook.settings import LESSON_SETTINGS
from lessonbook.source.names import KNOWN_BLOCKS, LESSON_BLOCKS, LESSON_OPTIONS
from lessonbook.sphinx_ext.directives import KINDS

from .conftest import NOTEBOOK, squeeze


def test_page_of_rules_documents_each_with_both_examples(build):
    site = build("# Rules\n\n```{lesson-rules}\n```\n")
    assert site.warnings == []
    for rule in all_rules():
        section = site.page().select_one(f"section:has(> #{rule.id.lower()}), #{rule.id.lower()}")
        assert section is not None, rule.id
        heading = next(h for h in site.page().find_all("h3") if h.get_text().startswith(rule.id))
        title = " ".join(heading.get_text().split()).replace("’", "'")
        assert rule.title in title
        assert len(heading.parent.select(".highlight")) == 2, rule.id


def test_page_of_rules_can_be_linked_to_by_id(build):
    pages = {
        "index.md": "# Home\n\n{ref}`LB021`\n\n```{toctree}\nrules\n```\n",
        "rules.md": "# Rules\n\n```{lesson-rules}\n```\n",
    }
    site = build(pages)
    assert site.warnings == []
    link = site.page().select_one("p > a.reference")
    assert link["href"].startswith("rules.html#lb021")
    assert squeeze(link).startswith("LB021: Solution or hint outside a challenge")


def test_page_of_rules_has_no_line_that_never_ends():
    assert max(map(len, rules_page().split("\n"))) < 600


def test_every_block_that_sphinx_knows_is_known_to_the_linter(build):
    build("# T\n")
    registered = set(docutils_directives._directives)
    assert registered - KNOWN_BLOCKS == set()
    assert {name for name in registered if name.startswith("lesson-")} <= LESSON_BLOCKS


def test_every_setting_of_the_extension_is_known_to_the_linter(build):
    site = build("# T\n")
    # these are set by the build itself
    internal = {"lesson_launch", "lesson_other_view", "lesson_results_only"}
    registered = {name for name in site.app.config.values if name.startswith("lesson_")}
    assert registered - internal - set(LESSON_SETTINGS) == set()


def test_every_option_of_a_block_is_known_to_the_linter():
    for kind in KINDS.values():
        assert set(kind.options) | {"name", "class"} == set(LESSON_OPTIONS[kind.name])
    for name, known in (("tab-set", TabSetDirective), ("tab-item", TabItemDirective)):
        assert set(known.option_spec) == set(LESSON_OPTIONS[name])


def test_every_option_of_a_generated_page_is_known_to_the_linter(build):
    """Sphinx says what is allowed, when it is asked for something else."""
    for name in sorted(n for n in LESSON_BLOCKS if n.startswith("lesson-") and n != "lesson-rules"):
        warnings = build(f"# T\n\n```{{{name}}}\n:nonesuch: 1\n```\n", folder=name).warnings
        (allowed,) = [w.split("allowed ")[1].split(";")[0] for w in warnings if "nonesuch" in w]
        assert set(allowed.split(", ")) == set(LESSON_OPTIONS[name]), name


SCRIPT = '<script>alert("x")</script>'
IMAGE = "<img src=x onerror=alert(1)>"
HOSTILE = {
    "title of the page": f"---\nfile_format: mystnb\ntitle: {SCRIPT}\n---\n\nText.\n",
    "heading": f"{NOTEBOOK}\n# {SCRIPT}\n",
    "minutes": f"---\nfile_format: mystnb\ntitle: T\nteaching: {SCRIPT}\nexercises: {IMAGE}\n---\n\n"
    ":::{questions}\n- Q?\n:::\n",
    "title of a challenge": f"# T\n\n:::{{challenge}} {SCRIPT} {IMAGE}\nText.\n:::\n",
    "minutes of a challenge": f"# T\n\n:::{{challenge}} C\n:minutes: {SCRIPT}\nText.\n:::\n",
    "label": f"# T\n\n:::{{challenge}} C\n:label: {SCRIPT}\nText.\n:::\n",
    "class": f"# T\n\n:::{{callout}} C\n:class: {SCRIPT}\nText.\n:::\n",
    "question of a quiz": f"# T\n\n:::{{quiz}} {SCRIPT} {IMAGE}\n- [x] a\n  : b\n- [ ] c\n  : d\n:::\n",
    "answer of a quiz": f"# T\n\n:::{{quiz}} Q\n- [x] {SCRIPT}\n  : {IMAGE}\n- [ ] c\n  : d\n:::\n",
    "unit of a quiz": f"# T\n\n:::{{quiz}} Q\n:answer: 1\n:unit: {SCRIPT}\n:::\n",
    "title of a tab": f"# T\n\n::::{{tab-set}}\n:::{{tab-item}} {SCRIPT}\nText.\n:::\n::::\n",
    "HTML block in a quiz": f"# T\n\n:::{{quiz}} Q\n\n<div>\n{SCRIPT}\n</div>\n\n"
    "- [x] a\n  : b\n- [ ] c\n  : d\n:::\n",
    "caption": f"# T\n\n```{{figure}} x.svg\n:alt: {SCRIPT}\n:name: fig-x\n\nIt: {SCRIPT} {IMAGE}\n```\n",
    "title of a card": f"# T\n\n:::{{card}} {SCRIPT} {IMAGE}\nText.\n:::\n",
    "title of a table": f"# T\n\n:::{{list-table}} {SCRIPT} {IMAGE}\n* - a\n:::\n",
    "number of a quiz": f"# T\n\n:::{{quiz}} Q\n:answer: {SCRIPT}\n:tolerance: {IMAGE}\n:::\n",
}


@pytest.mark.parametrize("place", HOSTILE)
def test_markup_in_short_texts_never_reaches_the_page_as_markup(build, place):
    page = build(HOSTILE[place]).page()
    assert not any("alert(" in script.get_text() for script in page.find_all("script"))
    assert not page.find_all(onerror=True)


SHOWN = ["heading", "title of a challenge", "question of a quiz", "caption", "title of a card"]


@pytest.mark.parametrize("place", SHOWN)
def test_markup_in_short_texts_is_shown_as_it_was_typed(build, place):
    assert SCRIPT.replace('"', "“", 1).replace('"', "”") in build(HOSTILE[place]).page().get_text()


def test_markup_in_the_caption_of_a_cells_figure_is_shown_as_it_was_typed(build):
    text = (
        f"{NOTEBOOK}\n# T\n\n```{{code-cell}}\n---\nmystnb:\n  figure:\n    caption: 'It: {SCRIPT} {IMAGE}'\n"
        "---\nfrom IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"/>')\n```\n"
    )
    site = build(text, nb_execution_mode="force")
    assert "It: <script>alert(" in site.page().figcaption.get_text()
    assert not site.page().select("figcaption script, figcaption img")


def test_headings_are_text_in_the_search_too(build):
    """The script of the search takes them for HTML; a second build must not change them again."""
    pages = {
        "index.md": f"# T & U\n\n## {IMAGE}\n\n## The `<b>` tag\n\n```{{toctree}}\nb\n```\n",
        "b.md": "# B\n",
    }
    escaped = "The &lt;b&gt; tag"
    for text in ("# B\n", "# B\n\nEdited.\n"):
        site = build({**pages, "b.md": text})
        titles = js_index.loads(site.text("searchindex.js"))["alltitles"]
        assert not [title for title in titles if "<" in title]
        assert {escaped, "T &amp; U"} <= set(titles)


def test_comments_in_headings_are_dropped_and_other_markup_is_kept(build):
    site = build("# Title <!-- lessonbook: ignore LB047: 2.5 -->\n\nPress <kbd>Enter</kbd>.\n")
    assert squeeze(site.page().h1).startswith("Title ¶")
    assert site.page().select_one("p > kbd").get_text() == "Enter"
