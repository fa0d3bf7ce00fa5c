"""After any edit, a further build gives the very files that a first build would."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from PIL import Image
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.search import js_index

from lessonbook.sphinx_ext import leftovers

from .conftest import NOTEBOOK, ROOTS, build_site

LISTINGS = ("keypoints", "questions", "challenges", "figures", "schedule", "fits", "all")


def episode(title, **parts):
    """An episode with everything that other pages collect."""
    parts = {
        "prose": "Some text.",
        "question": f"What is {title}?",
        "point": f"{title} matters.",
        "teaching": 10,
        "exercises": 5,
        "challenge": "Do it",
        "solution": "It is done.",
        "caption": f"A picture of {title}.",
        "note": "Say it aloud.",
        **parts,
    }
    front = NOTEBOOK.replace(
        "kernelspec",
        f"title: {title}\nteaching: {parts['teaching']}\nexercises: {parts['exercises']}\nkernelspec",
    )
    name = title.lower()
    return f"""{front}
:::{{questions}}
- {parts["question"]}
:::

## Section of {title}

{parts["prose"]} See {{ref}}`do-alpha`, {{numref}}`fig-alpha` and {{doc}}`beta`.

$$ a = b $$ (eq-{name})

::::{{challenge}} {parts["challenge"]}
:label: do-{name}
:minutes: 5

:::{{solution}}
{parts["solution"]}
:::
::::

```{{figure}} picture.png
:name: fig-{name}
:alt: A square of one colour.

{parts["caption"]}
```

:::{{instructor}}
{parts["note"]}
:::

:::{{keypoints}}
- {parts["point"]} See {{eq}}`eq-alpha`.
:::
"""


def toc(*names):
    lines = "\n".join([*names, *(f"list-{kind}" for kind in LISTINGS), "notes"])
    return f"# Home\n\n```{{toctree}}\n{lines}\n```\n"


FIRST = {
    "index.md": toc("alpha", "beta", "gamma"),
    "alpha.md": episode("Alpha"),
    "beta.md": episode("Beta"),
    "gamma.md": episode("Gamma"),
    "notes.md": "# Notes\n\n```{lesson-instructor-notes}\n```\n",
    **{f"list-{kind}.md": f"# List {kind}\n\n```{{lesson-{kind}}}\n```\n" for kind in LISTINGS},
}
FIT = '[{"page": "beta", "name": "fit", "rows": [{"label": "R-hat", "value": 1.0}]}]'
# Each changes the course that the one before left; None removes a page.
EDITS = {
    "prose": {"gamma.md": episode("Gamma", prose="Other text.")},
    "a question": {"beta.md": episode("Beta", question="Why?")},
    "a key point": {"beta.md": episode("Beta", point="Nothing matters.")},
    "a challenge's title": {"alpha.md": episode("Alpha", challenge="Do it twice")},
    "a solution": {"alpha.md": episode("Alpha", challenge="Do it twice", solution="Done twice.")},
    "a caption": {"alpha.md": episode("Alpha", caption="Another picture.")},
    "a note": {"alpha.md": episode("Alpha", note="Say nothing.")},
    "the times": {"beta.md": episode("Beta", teaching=30)},
    "a title": {"beta.md": episode("Beta", teaching=30).replace("title: Beta", "title: Better")},
    "the order": {"index.md": toc("beta", "alpha", "gamma")},
    "a new page": {
        "index.md": toc("beta", "delta", "alpha", "gamma"),
        "delta.md": episode("Delta"),
    },
    "a renamed page": {
        "index.md": toc("beta", "epsilon", "alpha", "gamma"),
        "delta.md": None,
        "epsilon.md": episode("Epsilon"),
    },
    "a removed page": {"index.md": toc("beta", "epsilon", "alpha"), "gamma.md": None},
    "a fit": {"fits.json": FIT},
    "a style sheet": {"_static/own.css": "p { color: red }"},
    "a removed style sheet": {"_static/own.css": None},
    "a removed list": {
        "index.md": toc("beta", "epsilon", "alpha").replace("list-questions\n", ""),
        "list-questions.md": None,
    },
}


def write(folder, pages):
    for name, text in pages.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if text is None:
            path.unlink()
        else:
            path.write_text(text, "utf8")


def make(folder, course, parallel, view):
    """Build in a folder what is there, and return the built files."""
    (folder / "_static").mkdir(parents=True, exist_ok=True)
    if not (folder / "picture.png").exists():  # or all that show it would be read again
        shutil.copyfile(ROOTS / "test-two-views" / "picture.png", folder / "picture.png")
    site = build_site(
        folder,
        {},
        parallel=parallel,
        lesson_view=view,
        lesson_fits="fits.json",
        html_static_path=["_static"],
        html_css_files=["own.css"] if "_static/own.css" in course else [],
    )
    assert site.warnings == []
    output = Path(site.app.outdir)
    return {
        path.relative_to(output).as_posix(): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file() and path.name != ".buildinfo"
    }


@pytest.mark.parametrize(("parallel", "view"), [(0, "learner"), (2, "instructor")])
def test_each_edit_leaves_what_a_first_build_would_make(tmp_path, parallel, view):
    course = dict(FIRST)
    write(tmp_path / "kept", course)
    before = make(tmp_path / "kept", course, parallel, view)
    for what, edit in EDITS.items():
        course = {name: text for name, text in {**course, **edit}.items() if text is not None}
        write(tmp_path / "kept", edit)
        write(tmp_path / what, course)
        kept = make(tmp_path / "kept", course, parallel, view)
        fresh = make(tmp_path / what, course, 0, view)
        assert sorted(kept) == sorted(fresh), what
        assert [name for name in kept if kept[name] != fresh[name]] == [], what
        if what != "a note" or view == "instructor":
            assert kept != before, what
        before = kept
        shutil.rmtree(tmp_path / what)


def test_edit_of_prose_writes_the_page_and_the_page_for_print_alone(tmp_path):
    write(tmp_path, FIRST)
    make(tmp_path, FIRST, 0, "learner")
    written = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "_build/html").glob("*.html")}
    write(tmp_path, EDITS["prose"])
    make(tmp_path, FIRST, 0, "learner")
    again = {
        p.name
        for p in (tmp_path / "_build/html").glob("*.html")
        if p.stat().st_mtime_ns != written[p.name]
    }
    # Sphinx writes the first page and those of its own in every build
    assert again == {"gamma.html", "list-all.html", "index.html", "genindex.html", "search.html"}


def test_interrupted_writing_is_made_up_for(tmp_path):
    write(tmp_path, FIRST)
    first = make(tmp_path, FIRST, 0, "learner")
    page = tmp_path / "_build" / "html" / "beta.html"
    page.write_text("half a page")
    (tmp_path / "_build" / "doctrees" / ".lesson-writing").touch()
    assert make(tmp_path, FIRST, 0, "learner") == first


def test_a_build_that_ends_between_reading_and_writing_is_made_up_for(tmp_path, monkeypatch):
    write(tmp_path, FIRST)
    make(tmp_path, FIRST, 0, "learner")
    write(tmp_path, EDITS["prose"])
    page = tmp_path / "_build" / "html" / "gamma.html"
    # what Sphinx compares when it chooses pages to write: this one is not due by its age
    os.utime(page, (time.time() + 3600,) * 2)

    def end(*arguments):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(StandaloneHTMLBuilder, "write", end)
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path, FIRST, 0, "learner")
    assert "Other text." not in page.read_text()
    make(tmp_path, FIRST, 0, "learner")
    assert "Other text." in page.read_text()


def test_an_edit_with_an_old_date_is_found(tmp_path):
    shown = "\n```{include} part.txt\n```\n\n```{literalinclude} code.py\n```\n"
    course = {
        **FIRST,
        "beta.md": FIRST["beta.md"] + shown,
        "part.txt": "Included.\n",
        "code.py": "x = 1\n",
    }
    write(tmp_path / "kept", course)
    make(tmp_path / "kept", course, 0, "learner")
    edits = {
        **EDITS["prose"],
        "part.txt": "Changed.\n",
        "code.py": "x = 2\n",
        "picture.png": None,
    }
    picture = ROOTS / "test-two-views" / "picture.png"
    for name, text in edits.items():
        course = {**course, name: text}
        for folder in (tmp_path / "kept", tmp_path / f"fresh-{name}"):
            write(folder, {page: t for page, t in course.items() if t is not None})
            if "picture.png" in course:
                Image.open(picture).rotate(90).resize((9, 9)).save(folder / "picture.png")
        for path in (tmp_path / "kept").glob("*.*"):
            os.utime(path, (1, 1))
        made = make(tmp_path / "kept", course, 0, "learner")
        fresh = make(tmp_path / f"fresh-{name}", course, 0, "learner")
        assert [page for page in fresh if made.get(page) != fresh[page]] == [], name


def test_a_build_that_ends_while_it_tidies_up_is_made_up_for(tmp_path, monkeypatch):
    write(tmp_path, FIRST)
    make(tmp_path, FIRST, 0, "learner")
    write(tmp_path, EDITS["prose"])
    index = tmp_path / "_build" / "html" / "searchindex.js"

    def end(content):
        index.write_text(index.read_text()[:20])
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(leftovers, "js_index", SimpleNamespace(loads=js_index.loads, dumps=end))
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path, FIRST, 0, "learner")
    write(tmp_path, EDITS["a question"])
    made = make(tmp_path, FIRST, 0, "learner")
    fresh = tmp_path / "fresh"
    write(fresh, {**FIRST, **EDITS["prose"], **EDITS["a question"]})
    assert made == make(fresh, FIRST, 0, "learner")


def test_page_that_gave_a_warning_gives_it_in_the_next_build_too(tmp_path):
    pages = {
        "index.md": "# Home\n\n```{toctree}\nother\n```\n",
        "other.md": "# Other\n\n:::{solution}\nAlone.\n:::\n",
    }
    said = [build_site(tmp_path, pages, lesson_repeat_warnings=True).warnings for _ in range(3)]
    assert len(said[0]) == 1 and said[0] == said[1] == said[2]
    pages["other.md"] = "# Other\n"
    assert build_site(tmp_path, pages, lesson_repeat_warnings=True).warnings == []
    done = build_site(tmp_path, {}, lesson_repeat_warnings=True)
    assert "0 added, 0 changed, 0 removed" in done.messages


def test_traceback_of_a_failed_cell_is_not_left_in_the_site(tmp_path):
    text = f"{NOTEBOOK}# T\n\n:::{{instructor}}\n```{{code-cell}}\nraise ValueError('hush')\n```\n:::\n"
    site = build_site(tmp_path, text, nb_execution_mode="force")
    assert any("hush" in line for line in site.warnings)
    for path in Path(site.app.outdir).rglob("*"):
        assert not path.is_file() or b"hush" not in path.read_bytes(), path


def test_index_entries_of_pages_that_stay_are_still_found_by_the_search(tmp_path):
    terms = "# Terms\n\n:::{glossary}\nShrinkage\n  A pull.\n:::\n\n```{index} pull; push\n```\n"
    pages = {"index.md": "# Home\n\n```{toctree}\nterms\nother\n```\n", "terms.md": terms}
    built = [
        build_site(tmp_path, {**pages, "other.md": f"# Other\n\n{text}\n"}) for text in ("A.", "B.")
    ]
    path = Path(built[-1].app.outdir, "searchindex.js")
    entries = js_index.loads(path.read_text())["indexentries"]
    assert set(entries) == {"shrinkage", "pull", "push"}
    assert entries["shrinkage"] == [[2, "term-Shrinkage", True]]
