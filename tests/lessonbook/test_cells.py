"""Executed cells inside blocks, as the reader sees them."""

from __future__ import annotations

import json

import pytest

from .conftest import NOTEBOOK, build_site, squeeze

NESTED = (
    NOTEBOOK
    + """\
# Page {eval}`1 + 1`

```{code-cell}
seen = ["top"]
same = 0
```

::::::{challenge} After {eval}`len(seen)` cell
:label: nested

- in a list

  ```{code-cell}
  seen.append("list"); same += 1
  print("list output", same)
  ```

:::::{solution}
::::{tab-set}
:::{tab-item} PyMC
:sync: pymc

```{code-cell} python
:tags: [hide-input]
seen.append("tab")
print("tab output", seen)
```
:::
:::{tab-item} Stan
:sync: stan

> ```{code-cell}
> :tags: [remove-input]
> seen.append("quote")
> print("quote output")
> ```
:::
::::

Seen {eval}`len(seen)` then.

```{code-cell}
:tags: [remove-output]
print("removed output")
```

```{code-cell}
:tags: [raises-exception]
1 / 0
```

```{code-cell}
:tags: [remove-cell]
print("removed cell")
```
:::::
::::::

:::{callout}
```{code-cell}
same += 1
print("twin output", same)
```

```{code-cell}
same += 1
print("twin output", same)
```
:::

:::{code-cell}
print("colon output")
:::

| table | value |
| --- | ---: |
| mean {eval}`-0.5:.2f` | {eval}`"a" + '/b'` |

```{code-cell}
---
tags: [remove-input]
mystnb:
  image:
    alt: A black square.
  figure:
    caption: A caption with {eval}`same` and *marks*.
    name: square
---
import base64
from IPython.display import Image, display
pixel = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
display(Image(base64.b64decode(pixel), format="png"))
```

::::{callout}
```{code-cell}
---
mystnb:
  image:
    alt: A nested square.
  figure:
    caption: Nested.
    name: nested-square
---
display(Image(base64.b64decode(pixel), format="png"))
```
::::

{numref}`square` and {numref}`nested-square`; at the end {eval}`len(seen)`.
"""
)


@pytest.fixture(scope="module")
def nested(tmp_path_factory):
    """One page with every kind of nesting, executed once."""
    return build_site(tmp_path_factory.mktemp("nested"), NESTED, nb_execution_mode="cache")


def outputs(tag):
    return [squeeze(out) for out in tag.select(".cell_output")]


def test_build_is_clean(nested):
    assert nested.warnings == []


def test_outputs_stand_in_their_blocks_in_document_order(nested):
    page = nested.page()
    assert outputs(page.select_one("#nested > ul")) == ["list output 1"]
    pymc, stan = page.select("#nested details.lesson-solution .sd-tab-content")
    assert outputs(pymc) == ["tab output ['top', 'list', 'tab']"]
    assert outputs(stan.blockquote) == ["quote output"]
    assert outputs(page.select_one(".lesson-callout")) == ["twin output 2", "twin output 3"]
    assert "colon output" in outputs(page)


def test_cell_tags_work_in_blocks(nested):
    page = nested.page()
    assert page.select_one(".sd-tab-content .tag_hide-input details.hide .cell_input")
    assert not page.select(".tag_remove-input .cell_input")
    text = page.get_text()
    assert "removed output" not in text.replace('print("removed output")', "")
    assert "removed cell" not in text
    assert "ZeroDivisionError" in text


def test_no_hidden_cell_is_shown(nested):
    assert 'f"{' not in nested.text("index.html")


def test_figure_options_work_at_the_top_and_in_blocks(nested):
    page = nested.page()
    assert page.select_one("#square img")["alt"] == "A black square."
    assert page.select_one(".lesson-callout #nested-square img")["alt"] == "A nested square."
    assert "A caption with 3 and marks." in page.select_one("#square figcaption").get_text()
    assert {a["href"] for a in page.select("p > a.reference")} >= {"#square", "#nested-square"}


def test_numbers_see_the_state_at_their_place(nested):
    page = nested.page()
    values = [tag.get_text() for tag in page.select("section .lesson-eval")]
    assert values == ["2", "1", "4", "−0.50", "a/b", "3", "4"]
    assert squeeze(page.h1).startswith("Page 2")
    assert squeeze(page.select_one("#nested > .lesson-title")).startswith(
        "Challenge 1: After 1 cell"
    )


def test_number_reaches_the_navigation_and_the_search(nested):
    assert "Page 2" in nested.page().title.get_text()
    assert "Page 2" in nested.text("searchindex.js")


@pytest.mark.parametrize("mode", ["force", "auto", "cache", "inline"])
def test_every_execution_mode_shows_nested_output(build, mode):
    page = (
        NOTEBOOK + "# T\n\n:::{callout}\n```{code-cell}\nprint('out', 1)\n```\n{eval}`6 * 7`\n:::\n"
    )
    site = build(page, nb_execution_mode=mode)
    assert site.warnings == []
    box = site.page().select_one(".lesson-callout")
    assert outputs(box) == ["out 1"]
    assert box.select_one(".lesson-eval").get_text() == "42"


def test_without_execution_code_is_shown_and_numbers_are_marked_as_missing(build):
    site = build(
        NOTEBOOK + "# T\n\n:::{callout}\n```{code-cell}\nprint('out')\n```\n{eval}`6 * 7`\n:::\n"
    )
    assert site.warnings == []
    assert "print('out')" in site.page().select_one(".lesson-callout .cell_input").get_text()
    assert site.page().select_one(".lesson-eval.lesson-eval-missing").get_text() == "[not run]"


def test_second_build_executes_nothing_and_prose_may_change(build):
    page = NOTEBOOK + "# T\n\n:::{callout}\n```{code-cell}\nprint('out')\n```\n{eval}`6 * 7`\n:::\n"
    first = build(page, nb_execution_mode="cache")
    assert "Executing notebook" in first.messages
    second = build(page.replace("# T", "# T\n\nNew prose."), nb_execution_mode="cache")
    assert "Executing notebook" not in second.messages
    assert "Using cached notebook" in second.messages
    assert outputs(second.page()) == ["out"]
    assert squeeze(second.page().select_one(".lesson-eval")) == "42"


FAILURES = {
    "top_level_cell": (
        "```{code-cell}\n:tags: [hide-input]\n\nx = 1\nboom\n```\n",
        11,
        "code-cell",
    ),
    "nested_cell": (
        ":::{callout}\ntext\n\n```{code-cell}\n:tags: [hide-input]\nx = 1\n\nboom\n```\n:::\n",
        14,
        "code-cell",
    ),
    "cell_in_list": ("1. text\n\n   ```{code-cell}\n   x = 1\n   boom\n   ```\n", 11, "code-cell"),
    "called_function": (
        "```{code-cell}\ndef f():\n    return boom\n```\n\n:::{callout}\n```{code-cell}\n1\nf()\n```\n:::\n",
        15,
        "code-cell",
    ),
    "number": ("{eval}`1`\n\nText {eval}`2` and\n{eval}`boom`.\n", 9, "{eval} of 'boom'"),
}


@pytest.mark.parametrize(("text", "line", "what"), FAILURES.values(), ids=FAILURES)
def test_failing_cell_is_reported_at_its_line(build, text, line, what):
    site = build(f"{NOTEBOOK}\n{text}", builder="dummy", nb_execution_mode="force")
    message = f"{what} failed with NameError: name 'boom' is not defined [lesson.execution]"
    assert f"index.md:{line}: WARNING: {message}" in site.warnings


def test_numbers_below_a_failing_cell_do_not_bury_its_report(build):
    text = NOTEBOOK + "# T\n\n```{code-cell}\nboom\n```\n\n{eval}`x` and {eval}`x + 1`\n"
    site = build(text, nb_execution_mode="force")
    (ours,) = [line for line in site.warnings if "[lesson." in line]
    assert ours.startswith("index.md:9: WARNING: code-cell failed with NameError")
    assert len(site.page().select(".lesson-eval-missing")) == 2


def test_cell_in_unknown_block_is_reported_once(build):
    text = "# T\n\n````{rubric} R\n```{code-cell}\n1\n```\n````\n"
    warnings = build(NOTEBOOK + text, builder="dummy").warnings
    (warning,) = [w for w in warnings if "lesson.cell" in w]
    assert warning.startswith("index.md:9: WARNING: code-cell stands inside {rubric}, which is not")


def test_unreadable_options_are_reported_and_other_pages_built(build):
    bad = NOTEBOOK + "# T\n\n```{code-cell}\n---\na: [\n---\n1\n```\n"
    site = build({"index.md": "# I\n\n```{toctree}\nbad\n```\n", "bad.md": bad})
    assert site.warnings == [
        "bad.md:8: WARNING: the page is left empty, because it cannot be read: Code cell 1 at line 8 "
        "could not be read: ParseWarnings(msg='Invalid options format (bad YAML)', lineno=None, "
        "type=<MystWarnings.DIRECTIVE_OPTION: 'directive_option'>); correct it [lesson.cell]"
    ]


PAGES_THAT_STOP_THE_PARSER = {
    "includes itself": ("# O\n\nText.\n\n```{include} one.md\n```\n", 10, "it includes itself"),
    "cell": ("# O\n\n```{code-cell}\n1\n```\n", 8, "RuntimeError: no"),
    "nested cell": ("# O\n\n- T\n\n  ```{code-cell}\n  1\n  ```\n", 8, "RuntimeError: no"),
}


@pytest.mark.parametrize("name", PAGES_THAT_STOP_THE_PARSER)
@pytest.mark.parametrize("parallel", [0, 2])
def test_a_page_that_stops_the_parser_is_reported_and_the_others_are_read(
    build, monkeypatch, name, parallel
):
    def fail(*_: object) -> None:
        raise RuntimeError("no")

    text, line, reason = PAGES_THAT_STOP_THE_PARSER[name]
    if "cell" in name:
        monkeypatch.setattr("myst_nb.sphinx_.SphinxNbRenderer._render_nb_cell_code_source", fail)
    others = {f"p{n}.md": f"# P{n}\n\n{{ref}}`x`\n" for n in range(6)}
    index = "# I\n\n```{toctree}\n:glob:\none\np*\n```\n"
    pages = {"index.md": index, "one.md": NOTEBOOK + text, **others}
    warnings = build(pages, parallel=parallel).warnings
    assert sum(":3: WARNING: undefined label" in warning for warning in warnings) == 6
    (stopped,) = [warning for warning in warnings if warning.startswith("one.md")]
    assert stopped.startswith(
        f"one.md:{line}: WARNING: the page cannot be rendered from here on ({reason}"
    )


def test_options_that_no_notebook_may_hold_are_reported_and_the_cell_is_kept(build):
    page = NOTEBOOK + "# T\n\n:::{callout}\n\n```{code-cell}\n:name: [x]\n41 + 1\n```\n:::\n"
    site = build(page, nb_execution_mode="force")
    (warning,) = site.warnings
    assert warning.startswith(
        "index.md:10: WARNING: code-cell has options that no notebook may hold"
    )
    assert "42" in site.page().get_text()


def test_cell_on_a_page_without_notebook_is_reported(build):
    warnings = build("# T\n\n```{code-cell}\n1\n```\n", builder="dummy").warnings
    assert warnings == [
        "index.md:3: WARNING: code-cell is not executed: no code runs on this page; give it the "
        "front matter 'file_format: mystnb' [lesson.cell]"
    ]


def test_cell_of_an_included_file_is_reported(build):
    page = NOTEBOOK + "# T\n\n```{include} part.md\n```\n"
    site = build(
        {"index.md": page, "part.md": "```{code-cell}\n1\n```\n"}, exclude_patterns=["part.md"]
    )
    (warning,) = site.warnings
    assert "code-cell is not executed: it stands in a block not known to hold Markdown" in warning


def test_parallel_build_gives_the_same_pages(build):
    pages = {
        f"p{n}.md": NOTEBOOK
        + f"# P{n}\n\n::::{{challenge}} C\n:label: c{n}\n\n:::{{hint}}\n{{ref}}`c{(n + 1) % 6}`\n"
        + "```{code-cell}\n1\n```\n{eval}`1`\n:::\n::::\n\n\\begin{align}\na &= b\n\\end{align}\n"
        for n in range(6)
    }
    pages["index.md"] = "# I\n\n```{toctree}\n:glob:\np*\n```\n"
    serial = build(pages, folder="serial")
    parallel = build(pages, folder="parallel", parallel=2)
    assert serial.warnings == parallel.warnings == []
    assert serial.app.env.get_domain("lesson").pages == parallel.app.env.get_domain("lesson").pages
    for n in range(6):
        assert serial.text(f"p{n}.html") == parallel.text(f"p{n}.html")


def test_executed_notebook_is_written_without_what_only_computes_numbers(nested):
    path = nested.app.outdir.parent / "jupyter_execute" / "index.ipynb"
    cells = json.loads(path.read_text())["cells"]
    sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    assert not [s for s in sources if s.startswith("[\n")]
    assert any("tab output" in s for s in sources)
