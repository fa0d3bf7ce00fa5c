"""Numbers computed in the build, and numbers quoted."""

from __future__ import annotations

import pytest

from lessonbook.sphinx_ext.numbers import set_minus

from .conftest import NOTEBOOK, squeeze

BIB = "@book{Stein1956, author={Stein, Charles}, title={T}, publisher={P}, year={1956}}\n"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("-0.3", "−0.3"),
        ("-.5", "−.5"),
        ("-0.3 to -0.1", "−0.3 to −0.1"),
        ("(-1, 2)", "(−1, 2)"),
        ("1e-05", "1e-05"),
        ("2020-01-05", "2020-01-05"),
        ("non-centred", "non-centred"),
        ("-inf", "−inf"),
        ("a - 1", "a - 1"),
    ],
)
def test_minus_signs(text, shown):
    assert set_minus(text) == shown


def test_faulty_expression_is_reported_at_its_line(build):
    warnings = build(NOTEBOOK + "# T\n\nText.\n\nA number {eval}`1 +`.\n", builder="dummy").warnings
    assert warnings == [
        "index.md:10: WARNING: {eval} of '1 +' cannot be shown: it is not a Python expression: "
        "invalid syntax [lesson.eval]"
    ]


def test_number_on_a_page_without_notebook_is_reported(build):
    site = build("# T\n\nA number {eval}`1`.\n")
    assert site.warnings == [
        "index.md:3: WARNING: {eval} of '1' cannot be shown: no code runs on this page; give it "
        "the front matter 'file_format: mystnb' [lesson.eval]"
    ]
    assert site.page().select_one(".lesson-eval-missing").get_text() == "?"


def test_number_in_unknown_block_is_reported_even_if_computed_elsewhere(build):
    body = "# T\n\n{eval}`1`\n" + "\nText.\n" * 8 + "\n:::{rubric} {eval}`1`\n:::\n"
    (warning,) = build(NOTEBOOK + body, builder="dummy").warnings
    assert "{eval} of '1' cannot be shown: it stands in a block not known to hold" in warning


def test_numbers_in_quizzes_follow_the_run(build):
    site = build(
        NOTEBOOK
        + """\
# T

```{code-cell}
x = -2.5
```

:::{quiz} Which, of {eval}`x`?
- [x] {eval}`x * 2:.1f`
  : Twice {eval}`x`.
- [ ] 0
  : No: {eval}`x + 1`.
:::

:::{quiz} How large?
:answer: {eval}`x:.2f`
:tolerance: {eval}`abs(x) / 10`
- [ ] {eval}`-x`
  : The sign.
:::

```{code-cell}
x = 100
```
""",
        nb_execution_mode="force",
    )
    assert site.warnings == []
    choices, number = site.page().select("fieldset")
    assert squeeze(choices.legend) == "Which, of −2.5 ?"
    assert [squeeze(label) for label in choices.select("label")] == ["−5.0", "0"]
    assert "Twice −2.5" in squeeze(choices)
    assert "No: −1.5" in squeeze(choices)
    assert (number["data-answer"], number["data-tolerance"]) == ("-2.50", "0.25")
    assert number.li["data-value"] == "2.5"


def test_values_are_text_not_markup(build):
    site = build(NOTEBOOK + "# T\n\n{eval}`'<b>*x*</b>'`\n", nb_execution_mode="force")
    assert site.page().select_one(".lesson-eval").get_text() == "<b>*x*</b>"
    assert not site.page().select(".lesson-eval b, .lesson-eval em")


def cite(build, text, **config):
    pages = {"index.md": f"# T\n\n{text}\n\n```{{bibliography}}\n```\n", "refs.bib": BIB}
    extensions = ["sphinx_design", "sphinxcontrib.bibtex", "lessonbook"]
    return build(pages, extensions=extensions, bibtex_bibfiles=["refs.bib"], **config)


def test_cited_number_links_to_its_reference(build):
    site = cite(build, "Take {cited}`-0.212 <Stein1956>`.")
    assert site.warnings == []
    paragraph = site.page().select_one("section > p")
    assert paragraph.select_one(".lesson-cited").get_text() == "−0.212"
    assert "Stein" in paragraph.select_one("a.reference")["title"]
    assert site.page().find(id=paragraph.a["href"].lstrip("#")) is not None


def test_unknown_key_is_reported(build):
    (warning,) = cite(build, "Take {cited}`0.212 <Nobody>`, {cited}`1 <Stein1956>`.").warnings
    assert "could not find bibtex key" in warning
    assert "Nobody" in warning


def test_quoted_number_without_key_is_reported(build):
    (warning,) = cite(build, "Take {cited}`0.212`, {cited}`1 <Stein1956>`.").warnings
    assert warning == (
        "index.md:3: WARNING: {cited} found '0.212', allowed a number and then the key of its "
        "reference in angle brackets: {cited}`0.212 <key>` [lesson.cited]"
    )


def test_quoted_number_needs_the_bibliography_extension(build):
    assert build("# T\n\n{cited}`0.212 <Stein1956>`\n", builder="dummy").warnings == [
        "index.md:3: WARNING: {cited} needs sphinxcontrib-bibtex; add sphinxcontrib.bibtex to "
        "extra_extensions [lesson.cited]"
    ]


def test_reference_is_formatted_again_when_it_or_its_style_has_changed(
    build, tmp_path, monkeypatch
):
    from pybtex.style.formatting import BaseStyle

    formatted = []
    original = BaseStyle.format_entry

    def count(style, label, entry, bib_data=None):
        formatted.append(entry.key)
        return original(style, label, entry, bib_data)

    monkeypatch.setattr(BaseStyle, "format_entry", count)

    def shown(bib=BIB, **config):
        formatted.clear()
        text = "Take {cited}`0.2 <Stein1956>`."
        pages = {"index.md": f"# T\n\n{text}\n\n```{{bibliography}}\n```\n", "refs.bib": bib}
        extensions = ["sphinx_design", "sphinxcontrib.bibtex", "lessonbook"]
        site = build(pages, extensions=extensions, bibtex_bibfiles=["refs.bib"], **config)
        assert site.warnings == []
        return site.page().select_one("dl.citation, .citation").get_text(), list(formatted)

    first, times = shown()
    # once, for the list and for the tooltip together
    assert times == ["Stein1956"]
    assert shown() == (first, [])
    other, times = shown(BIB.replace("1956", "1957").replace("{Stein1957", "{Stein1956"))
    assert "1957" in other and times == ["Stein1956"]
    other, times = shown(bibtex_default_style="unsrt")
    assert other != first and times == ["Stein1956"]
