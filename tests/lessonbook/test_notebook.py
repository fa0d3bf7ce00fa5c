"""The reader that lifts nested cells and expressions out of the text."""

from __future__ import annotations

import textwrap

import pytest

from lessonbook.notebook import format_expression, publishable_notebook, read_episode

FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\n---\n"


def read(text, **options):
    return read_episode(FRONT + textwrap.dedent(text), **options)


def codes(episode):
    return [cell.source for cell in episode.notebook.cells if cell.cell_type == "code"]


NESTINGS = {
    "colon fence": ":::{solution}\n```{code-cell}\na\n```\n:::",
    "backtick fence": "````{solution}\n```{code-cell}\na\n```\n````",
    "tab in solution in challenge": (
        "::::::{challenge} T\n:label: x\n\n:::::{solution}\n::::{tab-set}\n:::{tab-item} PyMC\n"
        ":sync: pymc\n\n```{code-cell}\na\n```\n:::\n::::\n:::::\n::::::"
    ),
    "list": "- text\n\n  ```{code-cell}\n  a\n  ```",
    "quotation": "> text\n>\n> ```{code-cell}\n> a\n> ```",
    "numbered list in callout": ":::{callout}\n1. text\n\n   ```{code-cell}\n   a\n   ```\n:::",
    "dropdown": "````{dropdown} T\n```{code-cell}\na\n```\n````",
    "card": "````{card} T\n```{code-cell}\na\n```\n````",
    "grid": ":::::{grid} 2\n::::{grid-item-card} T\n```{code-cell}\na\n```\n::::\n:::::",
    "admonition": "````{note}\n```{code-cell}\na\n```\n````",
    "options as YAML": "````{solution}\n---\nclass: x\n---\n```{code-cell}\na\n```\n````",
    "plain div": "::::\n```{code-cell}\na\n```\n::::",
    "quiz feedback": ":::{quiz} Q\n- [x] a\n  : f\n\n    ```{code-cell}\n    a\n    ```\n:::",
    "definition": "Term\n: Text\n\n  ```{code-cell}\n  a\n  ```",
}


@pytest.mark.parametrize("text", NESTINGS.values(), ids=NESTINGS)
def test_nested_cell_becomes_hidden_cell_behind_its_text(text):
    episode = read(f"before\n\n{text}\n")
    assert [c.cell_type for c in episode.notebook.cells] == ["markdown", "code"]
    cell = episode.notebook.cells[1]
    assert (cell.source, cell.metadata.tags) == ("a", ["remove-cell"])
    assert "code-cell" in episode.notebook.cells[0].source
    assert episode.problems == ()


@pytest.mark.parametrize("text", NESTINGS.values(), ids=NESTINGS)
def test_nested_cell_knows_its_line(text):
    source = FRONT + f"before\n\n{text}\n"
    (cell,) = read_episode(source).nested_cells
    assert source.splitlines()[cell.line - 1].strip("> ") == "```{code-cell}"


@pytest.mark.parametrize("name", ["code-block", "literalinclude", "math", "raw", "eval-rst"])
def test_cell_in_literal_block_is_text(name):
    episode = read(f"````{{{name}}} md\n```{{code-cell}}\na\n```\n````\n")
    assert codes(episode) == []
    assert episode.problems == ()


def test_cell_in_unknown_block_is_reported_at_its_line():
    episode = read("````{mystery}\nx\n```{code-cell}\na\n```\n````\n")
    (problem,) = episode.problems
    assert (problem.line, problem.kind) == (8, "cell")
    assert problem.message == (
        "code-cell stands inside {mystery}, which is not known to hold Markdown, so it is not "
        "executed; move it outside, or add 'mystery' to lesson_containers if it does"
    )
    assert codes(read("````{mystery}\n```{code-cell}\na\n```\n````", containers=["mystery"])) == [
        "a"
    ]


def test_cells_and_expressions_keep_document_order():
    episode = read(
        """
        First {eval}`a`, {eval}`b`.

        ```{code-cell}
        top
        ```

        :::{callout}
        {eval}`c`

        ```{code-cell}
        nested
        ```
        {eval}`d`
        :::

        | head |
        | --- |
        | {eval}`e` |

        # Heading {eval}`f`

        ```{code-cell}
        last
        ```
        """
    )
    assert codes(episode) == [
        '[\n    f"{a}",\n    f"{b}",\n]',
        "top",
        '[\n    f"{c}",\n]',
        "nested",
        '[\n    f"{d}",\n    f"{e}",\n    f"{f}",\n]',
        "last",
    ]
    assert [(e.text, e.index, e.position) for e in episode.evals] == [
        ("a", 1, 0),
        ("b", 1, 1),
        ("c", 4, 0),
        ("d", 6, 0),
        ("e", 6, 1),
        ("f", 6, 2),
    ]
    assert [e.line for e in episode.evals] == [7, 7, 14, 19, 24, 26]


def test_expressions_are_found_in_titles_captions_and_quiz_options():
    episode = read(
        """
        :::{challenge} Title {eval}`a`
        :::
        :::{quiz} Question {eval}`b`
        :answer: {eval}`c`
        :::
        ```{code-cell}
        ---
        mystnb:
          figure:
            caption: Caption {eval}`d`
        ---
        plot
        ```
        """
    )
    assert [e.text for e in episode.evals] == ["a", "b", "c", "d"]
    assert codes(episode)[1:] == ["plot", '[\n    f"{d}",\n]']


@pytest.mark.parametrize(
    "text", ["`{eval}`", "``{eval}`a` ``", "```md\n{eval}`a`\n```", "\\{eval}`a`"]
)
def test_quoted_role_is_no_expression(text):
    assert read(text).evals == ()


@pytest.mark.parametrize(
    ("expression", "source"),
    [
        ("x", 'f"{x}"'),
        ("x:.2f", 'f"{x:.2f}"'),
        ("x!r:>10", 'f"{x!r:>10}"'),
        ("d['a']", "f\"{d['a']}\""),
        ('d["a"]', "f'{d[\"a\"]}'"),
        ("d[\"a\"] + e['b']", 'f"""{d["a"] + e[\'b\']}"""'),
        ("{1: 2}[1]", 'f"{ {1: 2}[1]}"'),
        ("x[1:3]", 'f"{x[1:3]}"'),
    ],
)
def test_expression_becomes_f_string(expression, source):
    assert format_expression(expression) == source


@pytest.mark.parametrize("expression", ["", "1 +", "a b", "a} {b", "x=", "a}", "import os", "\\d"])
def test_faulty_expression_is_refused(expression):
    with pytest.raises(ValueError, match=r"."):
        format_expression(expression)


def test_faulty_expression_is_kept_out_of_the_notebook():
    episode = read("{eval}`1 +` and {eval}`2`")
    assert codes(episode) == ['[\n    f"{2}",\n]']
    assert [(e.text, bool(e.problem)) for e in episode.evals] == [("1 +", True), ("2", False)]


def test_front_matter_title_becomes_the_heading():
    text = "---\nfile_format: mystnb\ntitle: Why *pool*?\n---\n\n## Section\n"
    first = read_episode(text).notebook.cells[0]
    assert first.source == "# Why *pool*?"
    assert read_episode(text).notebook.metadata.source_map[0] == 1


@pytest.mark.parametrize("body", ["# Own heading\n", "text\n\nOwn heading\n===\n"])
def test_front_matter_title_yields_to_a_heading_in_the_body(body):
    text = f"---\nfile_format: mystnb\ntitle: Why pool?\n---\n\n{body}"
    assert "Why pool" not in "".join(c.source for c in read_episode(text).notebook.cells)


def test_reading_twice_gives_the_same_notebook():
    text = ":::{callout}\n```{code-cell}\na\n```\n:::\n"
    assert read(text).notebook == read(text).notebook


def test_moving_text_leaves_the_code_cells_unchanged():
    # MyST-NB's cache compares sources and metadata of code cells
    text = ":::{callout}\n```{code-cell}\na\n```\n{eval}`a`\n:::\n"
    before, after = read(text), read("New paragraph.\n\n" + text)
    assert [
        [(c.source, c.metadata) for c in e.notebook.cells if c.cell_type == "code"]
        for e in (before,)
    ] == [
        [(c.source, c.metadata) for c in e.notebook.cells if c.cell_type == "code"]
        for e in (after,)
    ]


def test_options_of_nested_cell_are_kept():
    episode = read(
        ":::{callout}\n```{code-cell} python\n:tags: [hide-input, raises-exception]\n"
        ":label: x\n\na\n```\n:::\n"
    )
    (cell,) = episode.nested_cells
    assert cell.metadata == {"tags": ["hide-input", "raises-exception"], "label": "x"}
    hidden = episode.notebook.cells[cell.index].metadata
    assert hidden.tags == ["hide-input", "raises-exception", "remove-cell"]


@pytest.mark.parametrize(("tags", "kept"), [("", None), ("hide-input", ["hide-input"])])
def test_tags_of_nested_cell_are_a_list(tags, kept):
    (cell,) = read(f":::{{callout}}\n```{{code-cell}}\n:tags: {tags}\na\n```\n:::\n").nested_cells
    assert cell.metadata.get("tags") == kept


def test_malformed_options_of_nested_cell_are_reported():
    episode = read(":::{callout}\n```{code-cell}\n---\na: [\n---\n1\n```\n:::\n")
    assert [(p.line, p.message) for p in episode.problems] == [
        (7, "code-cell: Invalid options format (bad YAML)")
    ]


def test_nested_cell_loads_a_file(tmp_path):
    (tmp_path / "cell.py").write_text("loaded")
    text = ":::{callout}\n```{code-cell}\n:load: cell.py\n```\n:::\n"
    assert codes(read(text, path=tmp_path / "episode.md")) == ["loaded"]
    missing = read(text.replace("cell.py", "none.py"), path=tmp_path / "episode.md")
    assert missing.problems[0].message == "code-cell cannot load none.py: No such file or directory"


INSTRUCTOR = """
Seen by all.

:::{instructor}
PROSE

```{code-cell}
"CODE"
```
{eval}`"EVAL"`
:::

```{code-cell}
1
```
"""


def test_learners_notebook_has_nothing_of_the_instructors():
    episode = read(INSTRUCTOR)
    assert codes(episode) == ['"CODE"', "[\n    f'{\"EVAL\"}',\n]", "1"]
    learner = publishable_notebook(episode.notebook, episode, for_instructor=False)
    assert [c.source for c in learner.cells] == ["Seen by all.", "1"]


def test_instructors_notebook_shows_the_nested_cell_without_hiding_it():
    episode = read(INSTRUCTOR)
    notebook = publishable_notebook(episode.notebook, episode, for_instructor=True)
    assert "PROSE" in notebook.cells[0].source
    assert [(c.source, c.metadata) for c in notebook.cells[1:]] == [('"CODE"', {}), ("1", {})]
