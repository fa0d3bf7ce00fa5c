"""What learners can take home from a page: it stands on its own, and runs."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile

import nbformat
import pytest
from bs4 import BeautifulSoup
from nbclient import NotebookClient

from lessonbook.downloads.cells import Code, choose_parts, join_cells
from lessonbook.downloads.inline import Page, paragraph
from lessonbook.downloads.pieces import CellPlace, read_pieces
from lessonbook.downloads.write import describe_requirements
from lessonbook.findings import LessonbookError
from lessonbook.project import Project

from .courses import call, cell, edit, write_course

SECRET = "hippopotamus"
SOLVED = "forty and two"
ADDRESS = "https://example.org/lessons/"

EPISODE = f"""
{cell("import csv" + chr(10) + "rows = list(csv.reader(open('data/rats.csv')))" + chr(10) + "rows")}
:::{{questions}}
- How much is it?
:::

There are {{eval}}`len(rows)` rows, {{term}}`odds` of $a_b < 1$, see [](other.md) and {{eq}}`sum`.
It costs \\$5 or \\$6, a_b and *c*.

:::{{instructor}}
Say {SECRET} to them.

{cell(f"{SECRET} = 1")}
:::

$$
x = 1 + 2
$$ (sum)

{cell("offset = 2" + chr(10) + "assert offset == 2", "remove-cell")}
{cell("unused = 3" + chr(10) + "assert unused == 3", "remove-cell")}
{cell("value = 40 + offset" + chr(10) + "print(value)", "hide-input")}
:::::{{challenge}} Compute it
Do it.

::::{{hint}}
Think of ![a dot](dot.png) first.
::::

::::{{solution}}
It is {SOLVED}.

{cell("print('solved here')")}
Later on it is used.

{cell("needed = value + 1")}
::::
:::::

|  a  | b    |
| --- | ---- |
|  1  | `x_` |

{cell("raise ValueError('''two" + chr(10) + "lines''')", "raises-exception")}
{cell("assert needed == 43")}
:::{{callout}} Files
```{{literalinclude}} code.txt
```
:::

```{{glossary}}
odds
  A ratio.
```
"""

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489"
    "0000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    root = tmp_path_factory.mktemp("downloads") / "course"
    write_course(root, {"one": "", "other": "Text.\n"}, lesson_offline_copy=True)
    page = root / "episodes/one.md"
    page.write_text(page.read_text() + "# One\n" + EPISODE)
    (root / "episodes/data").mkdir()
    (root / "episodes/data/rats.csv").write_text("4,14\n1,2\n")
    (root / "episodes/dot.png").write_bytes(PIXEL)
    (root / "episodes/code.txt").write_text("from a file\n")
    call(root, "build")
    return root


@pytest.fixture(scope="module")
def site(course):
    return course / "_build/html"


@pytest.fixture
def notebook(site):
    return read(site / "episodes/one.ipynb")


@pytest.fixture
def exercises(site):
    return read(site / "episodes/one-without-solutions.ipynb")


def read(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    return notebook


def sources(notebook, kind):
    return [cell.source for cell in notebook.cells if cell.cell_type == kind]


def unpack(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def unpacked(site, tmp_path):
    """A folder with the data as a learner would have them."""
    with zipfile.ZipFile(site / "episodes/one-data.zip") as archive:
        archive.extractall(tmp_path)
    return tmp_path


def test_data_are_packed_where_the_notebook_looks_for_them(site):
    assert unpack(site / "episodes/one-data.zip") == {"data/rats.csv": b"4,14\n1,2\n"}


@pytest.mark.parametrize("name", ["one.ipynb", "one-without-solutions.ipynb"])
def test_notebooks_run_as_they_are(site, unpacked, name):
    notebook = read(site / "episodes" / name)
    NotebookClient(notebook, resources={"metadata": {"path": str(unpacked)}}).execute()
    printed = [out.text for c in notebook.cells for out in c.get("outputs", ()) if "text" in out]
    assert "42\n" in printed


def test_script_runs_with_plain_python(site, unpacked):
    script = site / "episodes/one.py"
    ran = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, cwd=unpacked, check=False
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "42\nsolved here\nValueError: two\nlines\n"


def test_cells_stand_in_the_order_of_the_page_with_their_results(notebook):
    code = sources(notebook, "code")
    starts = [one.partition("\n")[0].partition(" =")[0] for one in code]
    assert starts == [
        "import csv",
        "offset",
        "value",
        "print('solved here')",
        "needed",
        "raise ValueError('''two",
        "assert needed",
    ]
    by_start = dict(zip(starts, [c for c in notebook.cells if c.cell_type == "code"], strict=True))
    assert by_start["value"].outputs[0].text == "42\n"
    assert by_start["value"].metadata["jupyter"] == {"source_hidden": True}
    assert by_start["raise ValueError('''two"].metadata["tags"] == ["raises-exception"]


def test_text_says_what_the_page_says(notebook):
    text = "\n\n".join(sources(notebook, "markdown"))
    assert "# One" in text
    assert "There are 2 rows, odds of $a_b < 1$, see Other and (1)." in text
    assert r"It costs <span>\$</span>5 or <span>\$</span>6, a_b and *c*." in text
    assert "$$\nx = 1 + 2\n\\tag{1}\n$$" in text
    assert "- How much is it?" in text
    assert "| a | b |\n| --- | --- |\n| 1 | `x_` |" in text
    assert "<summary>Solution</summary>\n\nIt is forty and two.\n\n</details>" in text
    assert "from a file" in text
    for cell_ in notebook.cells:
        assert not re.search(r"\{(eval|term|eq|cite\S*)\}|^:::|</?section|<div", cell_.source, re.M)


def test_images_are_part_of_the_notebook(notebook):
    (cell_,) = [one for one in notebook.cells if "attachments" in one]
    assert "![a dot](attachment:dot.png)" in cell_.source
    assert list(cell_.attachments["dot.png"]) == ["image/png"]


def test_nothing_for_instructors_is_in_what_learners_get(site):
    learners = [path for path in site.rglob("*") if "instructor" not in path.parts]
    for path in learners:
        if path.is_file() and path.suffix != ".zip":
            assert SECRET not in path.read_text(encoding="utf8", errors="replace"), path
        elif path.suffix == ".zip":
            assert not any(SECRET.encode() in content for content in unpack(path).values())
    own = (site / "instructor/episodes/one.ipynb").read_text()
    assert f"Say {SECRET} to them." in own and f"{SECRET} = 1" in own


def test_exercises_have_neither_solutions_nor_results(exercises):
    text = json.dumps(exercises)
    assert SOLVED not in text and "solved here" not in text
    assert "Do it." in text and "<summary>Hint</summary>" in text
    assert not any(cell_.get("outputs") for cell_ in exercises.cells)
    assert not any(cell_.get("execution_count") for cell_ in exercises.cells)
    # what later cells need stays, closed
    (needed,) = [one for one in exercises.cells if one.source.startswith("needed")]
    assert needed.metadata["jupyter"] == {"source_hidden": True}


def test_pages_offer_the_files(site):
    page = (site / "episodes/one.html").read_text()
    block = re.search(r'<nav class="lesson-downloads" aria-label=.*?</nav>', page, re.DOTALL)[0]
    assert re.findall(r'href="([^"]+)" download', block) == [
        "one.ipynb",
        "one-without-solutions.ipynb",
        "one.py",
        "one-data.zip",
    ]
    assert page.rindex("lesson-downloads") < page.index("</article>")


def test_offline_copy_is_the_learners_site(site):
    copy = unpack(site / "offline-copy.zip")
    assert "course/episodes/one.html" in copy and "course/episodes/one.ipynb" in copy
    assert not [name for name in copy if "/instructor/" in name or name.endswith("copy.zip")]
    assert copy["course/episodes/one.html"] == (site / "episodes/one.html").read_bytes()
    assert "offline-copy.zip" in (site / "index.html").read_text()
    assert b"offline-copy.zip" not in copy["course/index.html"]
    data = (site / "offline-copy.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
    assert [entry.filename for entry in entries] == sorted(copy)
    assert {entry.date_time[0] for entry in entries} == {1980}


def test_a_rebuild_gives_the_same_files_and_links_to_the_published_page(course, site):
    endings = (".ipynb", ".py", ".zip")
    before = {p: p.read_bytes() for p in site.rglob("*") if p.name.endswith(endings)}
    edit(course / "episodes/other.md", "Text.", "Another text.")
    call(course, "build")
    for path, content in before.items():
        if path.name != "offline-copy.zip":
            assert path.read_bytes() == content, path
    config = course / "_config.yml"
    edit(config, "html:\n", f"html:\n  baseurl: {ADDRESS}\n")
    call(course, "build")
    text = "\n".join(sources(read(site / "episodes/one.ipynb"), "markdown"))
    assert f"[Other]({ADDRESS}episodes/other.html)" in text
    assert f"[odds]({ADDRESS}episodes/one.html#term-odds)" in text


def pieces_of(html):
    article = BeautifulSoup(f"<article>{html}</article>", "html.parser").article
    return read_pieces(article, Page())


def code_cell(source, tags=()):
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


SHOWN = '<div class="cell"><div class="cell_input"><pre>{}</pre></div></div>'


def test_a_cell_in_a_list_or_a_fold_leaves_no_element_open():
    cell_ = SHOWN.format("x")
    html = f"<ul><li><p>one</p>{cell_}<p>two</p></li><li><p>three</p></li></ul>"
    html += f"<details><summary>More</summary><p>four</p>{cell_}<p>five</p></details>"
    texts = [p.markdown for p in pieces_of(html) if not isinstance(p, CellPlace)]
    fold = "<details>\n<summary>More</summary>\n\n{}\n\n</details>"
    assert texts == ["- one", "two", "- three", fold.format("four"), fold.format("five")]


def test_a_table_that_markdown_cannot_say_stays_html():
    html = '<table class="t"><tr><th colspan="2">a</th></tr><tr><td>b | <math></math></td></tr>'
    (piece,) = pieces_of(f"{html}</table>")
    assert piece.markdown.startswith('<table><tr><th colspan="2">a</th></tr>')
    assert "\n" not in piece.markdown and "class" not in piece.markdown


def test_minutes_are_set_off_from_a_challenges_title():
    title = "<p>Challenge 1: Look <span class='lesson-minutes'>5 min, at home</span></p>"
    element = BeautifulSoup(title, "html.parser").p
    assert paragraph(list(element.children), Page()) == "Challenge 1: Look · 5 min, at home"


def test_a_page_and_a_notebook_that_do_not_go_together_are_refused():
    with pytest.raises(LessonbookError, match=r"one: found the cell 'x = 2' on the page"):
        join_cells(pieces_of(SHOWN.format("x = 2")), [code_cell("x = 1")], "one")


def test_an_output_without_its_code_belongs_to_the_cell_that_hides_it():
    cells = [code_cell("x = 1"), code_cell("x", ["remove-input"])]
    cells[1].outputs = [nbformat.v4.new_output("stream", text="1")]
    html = '<div class="cell"><div class="cell_output">1</div></div>'
    parts = join_cells(pieces_of(f"{SHOWN.format('x = 1')}<p>so</p>{html}"), cells, "one")
    assert [getattr(part, "markdown", None) for part in parts] == [None, "so", None]


@pytest.mark.parametrize(
    ("hidden", "is_kept"),
    [
        ("used = 1", True),
        ("unused = 1", False),
        ("assert 1", False),
        ("settings['a'] = 1", True),
        ("np.random.seed(1)", True),
        ("for i in range(3):\n    assert i < 3", False),
    ],
)
def test_hidden_cells_stay_where_the_rest_may_need_them(hidden, is_kept):
    parts = [Code(code_cell(hidden), True, False), Code(code_cell("used"), False, False)]
    kept = [part.cell.source for part in choose_parts(parts, with_solutions=True)]
    assert kept == ([hidden] if is_kept else []) + ["used"]


def test_damaged_kept_files_are_made_anew(course, site):
    kept = course / "_build/.render/downloads/learner/episodes/one"
    (kept / "file.py").write_text("damaged")
    edit(course / "index.md", "Home", "At home")
    call(course, "build")
    assert "damaged" not in (site / "episodes/one.py").read_text()
    assert (kept / "file.py").read_bytes() == (site / "episodes/one.py").read_bytes()


def test_a_build_without_changes_touches_nothing(course):
    output = call(course, "build")
    assert "nothing has changed" in output


def test_files_say_what_the_code_needs(tmp_path):
    project = Project(tmp_path, {}, ())
    assert describe_requirements(project) == ""
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    assert "`pip install .` in a copy of the course" in describe_requirements(project)
    config = {
        "repository": {"url": "https://example.org/rats"},
        "sphinx": {"config": {"lesson_requirements": "And *patience*."}},
    }
    assert describe_requirements(Project(tmp_path, config, ())) == (
        "`pip install git+https://example.org/rats` installs what the code needs. And *patience*."
    )
