"""The blocks of a lesson on the page."""

from __future__ import annotations

import pytest

from lessonbook.sphinx_ext.directives import KINDS

from .conftest import NOTEBOOK, squeeze

BOXES = sorted(
    set(KINDS) - {"solution", "hint", "spoiler", "instructor", "questions", "objectives"}
)
EPISODE = """\
---
file_format: mystnb
kernelspec:
  name: python3
title: Why pool?
teaching: 40
exercises: 35
---
"""


@pytest.mark.parametrize("fence", [":::", "```"])
def test_every_box_shows_its_default_title_and_content(build, fence):
    site = build("# T\n\n" + "".join(f"{fence}{{{n}}}\nIn {n}.\n{fence}\n\n" for n in BOXES))
    assert site.warnings == []
    for name in BOXES:
        box = site.page().select_one(f".lesson-{name}")
        number = " 1" if name == "challenge" else ""
        assert squeeze(box.select_one(".lesson-title")).rstrip(" ¶") == KINDS[name].title + number
        assert f"In {name}." in box.get_text()


def test_title_argument_replaces_the_default_and_holds_inline_markup(build):
    box = (
        build("# T\n\n:::{callout} A *new* title\nText.\n:::\n")
        .page()
        .select_one(".lesson-callout")
    )
    assert squeeze(box.select_one(".lesson-title")) == "A new title"
    assert box.select_one(".lesson-title em").get_text() == "new"


def test_name_and_class_are_set_on_the_block(build):
    site = build(
        "# T\n\n:::{callout} Title\n:name: my-note\n:class: wide\nText.\n:::\n{ref}`my-note`\n"
    )
    box = site.page().select_one("#my-note")
    assert "wide" in box["class"]
    assert box["aria-labelledby"] == box.select_one(".lesson-title")["id"] == "my-note-title"
    assert squeeze(site.page().select_one("a.reference")) == "Title"
    assert site.warnings == []


@pytest.mark.parametrize("name", ["solution", "hint"])
def test_solution_and_hint_are_native_disclosures(build, name):
    site = build(f"# T\n\n::::{{challenge}} C\nDo it.\n\n:::{{{name}}} A title\nText.\n:::\n::::\n")
    box = site.page().select_one(f".lesson-challenge details.lesson-{name}")
    assert box.find(recursive=False).name == "summary"
    assert squeeze(box.summary) == "A title"
    assert not box.has_attr("open")


def test_challenges_are_numbered_in_each_page_and_linkable(build):
    first = "# A\n\n:::{challenge} One\n:label: one\n:minutes: 5\nx\n:::\n:::{challenge}\nx\n:::\n"
    second = "# B\n\n:::{challenge} Uno\n:name: uno\nx\n:::\n{ref}`one`, [](#one), {ref}`uno`\n"
    toctree = "# I\n\n```{toctree}\na\nb\n```\n"
    site = build({"index.md": toctree, "a.md": first, "b.md": second})
    assert site.warnings == []
    titles = [squeeze(t).rstrip(" ¶") for t in site.page("a").select(".lesson-title")]
    assert titles == ["Challenge 1: One 5 min", "Challenge 2"]
    links = [(squeeze(a), a["href"]) for a in site.page("b").select("p > a.reference")]
    assert links == [
        ("Challenge 1: One", "a.html#one"),
        ("Challenge 1: One", "a.html#one"),
        ("Challenge 1: Uno", "#uno"),
    ]


HOMEWORK = """
::::{challenge} Afterwards
:minutes: 9
:home:
x
::::

::::{challenge} Later
:home:
x
::::

:::::{instructor}
::::{challenge} For instructors
:minutes: 30
:home:
x
::::
:::::
"""


def test_challenge_for_home_says_so_after_its_minutes(build):
    titles = [squeeze(t) for t in build(f"# T\n{HOMEWORK}").page().select(".lesson-minutes")]
    assert titles == ["9 min, at home", "at home"]


@pytest.mark.parametrize("view", ["learner", "instructor"])
def test_minutes_at_home_are_apart_in_the_overview_and_in_the_record(build, view):
    text = f"{EPISODE}\n:::{{questions}}\n- Q?\n:::\n\n::::{{challenge}} A\n:minutes: 35\nx\n::::\n{HOMEWORK}"
    site = build(text, lesson_view=view)
    assert site.warnings == []
    times = squeeze(site.page().select_one(".lesson-overview .lesson-times"))
    assert times == "Teaching: 40 min · Exercises: 35 min · At home: 9 min"
    page = site.app.env.get_domain("lesson").pages["index"]
    assert [page.sum_challenges(at_home=home) for home in (False, True)] == [35, 9]
    numbered = [block.is_at_home for block in page.blocks if block.number]
    assert numbered == [False, True, True]


NOTES = """\
# T

:::::{instructor}
SENTINEL

::::{challenge} For instructors
x

:::{hint}
y
:::
::::
:::::

::::{challenge} For all
:::{instructor}
SENTINEL
:::
x
::::

:::{callout}
z
:::
"""


def test_instructor_notes_are_dropped_from_the_learner_view(build):
    site = build(NOTES)
    assert site.warnings == []
    for path in site.app.outdir.rglob("*"):
        assert not path.is_file() or b"SENTINEL" not in path.read_bytes(), path


def test_both_views_have_the_same_numbers_and_ids(build):
    learner, instructor = (build(NOTES, lesson_view=view) for view in ("learner", "instructor"))
    assert "SENTINEL" in instructor.page().get_text()
    for page in (learner.page(), instructor.page()):
        title = squeeze(page.select_one("#challenge-1 > .lesson-title"))
        assert title.startswith("Challenge 1: For all")
        assert page.select_one("#callout-1")


def test_deep_nesting_in_both_fences(build):
    site = build(
        """\
        # T

        ::::::{challenge} C
        - a list

          `````{solution}
          ````{tab-set}
          ```{tab-item} One
          :sync: one
          **deep**
          ```
          ````
          `````
        ::::::
        """
    )
    assert site.warnings == []
    path = ".lesson-challenge li details.lesson-solution .sd-tab-content strong"
    assert site.page().select_one(path).get_text() == "deep"


def test_overview_joins_questions_objectives_and_times(build):
    site = build(
        f"{EPISODE}\n:::{{questions}}\n- Q?\n:::\n\n:::{{objectives}}\n- O.\n:::\n\nText.\n"
    )
    assert site.warnings == []
    overview = site.page().select_one(".lesson-overview")
    assert squeeze(overview) == (
        "Overview Teaching: 40 min · Exercises: 35 min Questions Q? Objectives O."
    )
    ids = [tag["id"] for tag in site.page().select("[id]")]
    assert len(ids) == len(set(ids))


def test_front_matter_title_is_the_heading_everywhere(build):
    site = build(
        {"index.md": "# I\n\n```{toctree}\nepisode\n```\n", "episode.md": f"{EPISODE}\nText.\n"}
    )
    assert squeeze(site.page("episode").h1).startswith("Why pool?")
    assert "Why pool?" in site.page("episode").title.get_text()
    assert squeeze(site.page().select_one(".toctree-wrapper a")) == "Why pool?"
    assert "Why pool?" in site.text("searchindex.js")


def test_domain_records_pages_and_forgets_them(build, tmp_path):
    pages = {"index.md": "# I\n\n```{toctree}\nepisode\n```\n"}
    episode = f"{EPISODE}\n::::{{challenge}} C\n:minutes: 5\n:open:\n:label: c\nx\n\n:::{{hint}}\nh\n:::\n::::\n"
    site = build({**pages, "episode.md": episode})
    page = site.app.env.get_domain("lesson").pages["episode"]
    assert (page.teaching, page.exercises) == (40, 35)
    challenge, hint = page.blocks
    assert (challenge.kind, challenge.title, challenge.number) == ("challenge", "Challenge 1: C", 1)
    assert (challenge.label, challenge.minutes, challenge.is_open, challenge.line) == (
        "c",
        5,
        True,
        10,
    )
    assert (hint.kind, hint.parent) == ("hint", "c")
    again = build({**pages, "episode.md": "# Plain\n"}).app.env.get_domain("lesson")
    assert again.pages["episode"].blocks == () and not again.pages["episode"].is_episode
    (tmp_path / "source" / "episode.md").unlink()
    gone = build({"index.md": "# I\n"}).app.env.get_domain("lesson")
    assert list(gone.pages) == ["index"]


BAD = {
    "solution_outside_challenge": (
        ":::{solution}\nx\n:::\n",
        "index.md:3: WARNING: solution stands outside any challenge; move it inside one, "
        "or mark the block {callout} [lesson.block]",
    ),
    "hint_in_callout": (
        "::::{callout}\nx\n\n:::{hint}\nx\n:::\n::::\n",
        "index.md:6: WARNING: hint stands outside any challenge; move it inside one, "
        "or mark the block {callout} [lesson.block]",
    ),
    "unknown_option": (
        ":::{callout}\n:colour: red\nx\n:::\n",
        "index.md:3: WARNING: callout: found option 'colour', allowed class, name; "
        "correct or remove it [lesson.option]",
    ),
    "minutes_no_number": (
        ":::{challenge}\n:minutes: ten\nx\n:::\n",
        "index.md:3: WARNING: challenge: option 'minutes': found 'ten', allowed a whole number of "
        "minutes; correct it [lesson.option]",
    ),
    "minutes_negative": (
        ":::{challenge}\n:minutes: -5\nx\n:::\n",
        "index.md:3: WARNING: challenge: option 'minutes': found '-5', allowed a whole number of "
        "minutes; correct it [lesson.option]",
    ),
    "minutes_half": (
        ":::{challenge}\n:minutes: 2.5\nx\n:::\n",
        "index.md:3: WARNING: challenge: option 'minutes': found '2.5', allowed a whole number of "
        "minutes; correct it [lesson.option]",
    ),
    "open_with_value": (
        ":::{challenge}\n:open: yes\nx\n:::\n",
        "index.md:3: WARNING: challenge: option 'open': no argument is allowed; "
        '"yes" supplied; correct it [lesson.option]',
    ),
    "home_with_value": (
        ":::{challenge}\n:home: perhaps\nx\n:::\n",
        "index.md:3: WARNING: challenge: option 'home': no argument is allowed; "
        '"perhaps" supplied; correct it [lesson.option]',
    ),
    "empty_block": (
        ":::{keypoints}\n:::\n",
        "index.md:3: WARNING: keypoints is empty; write its content or remove it [lesson.block]",
    ),
}


@pytest.mark.parametrize(("text", "warning"), BAD.values(), ids=BAD)
def test_mistake_is_reported_at_the_opening_line(build, text, warning):
    assert build(f"# T\n\n{text}", builder="dummy").warnings == [warning]


@pytest.mark.parametrize("blank", ["", "\n", "\n\n\n"], ids=["no", "one", "three"])
def test_lines_of_an_episode_are_those_of_its_file(build, blank):
    text = f"{NOTEBOOK}{blank}:::{{hint}}\nx\n:::\n\n```{{code-cell}}\n1\n```\n{blank}- :::{{hint}}\n  x\n  :::\n"
    lines = [i for i, line in enumerate(text.splitlines(), 1) if ":::{hint}" in line]
    warnings = build(text, builder="dummy").warnings
    assert [int(w.split(":")[1]) for w in warnings] == lines


@pytest.mark.parametrize("value", ["'40'", "2.5", "true", "-1", "a lot"])
def test_times_that_are_not_whole_minutes_are_reported_at_their_line(build, value):
    page = NOTEBOOK.replace("kernelspec", f"teaching: {value}\nkernelspec") + "# T\n"
    (warning,) = build(page, builder="dummy").warnings
    assert warning.startswith("index.md:3: WARNING: teaching: found ")
    assert warning.endswith(
        "allowed a whole number of minutes; correct the front matter [lesson.metadata]"
    )


def test_warnings_can_be_suppressed_by_type(build):
    text = "# T\n\n:::{solution}\nx\n:::\n"
    assert build(text, builder="dummy", suppress_warnings=["lesson.block"]).warnings == []


@pytest.mark.parametrize("builder", ["text", "latex", "man", "texinfo", "singlehtml", "pseudoxml"])
def test_other_builders_show_blocks_as_admonitions(build, builder):
    site = build(
        f"""{EPISODE}
:::{{questions}}
- Q?
:::

::::{{challenge}} Find $x$
:minutes: 5
Task text.

:::{{solution}}
Solution text.
:::
::::

::::{{quiz}} Which?
- [x] a
  : because
- [ ] b
  : not so
::::

::::{{quiz}} How many?
:answer: 3
::::
""",
        builder=builder,
    )
    assert site.warnings == []
    written = "".join(
        p.read_text("utf8")
        for p in site.app.outdir.rglob("*")
        if p.is_file() and p.suffix in (".txt", ".tex", ".1", ".texi", ".html", ".pseudoxml")
    )
    for text in ("Task text.", "Solution text.", "because", "The answer is 3"):
        assert text in written


def test_pages_without_cells_are_read_as_plain_markdown(build):
    site = build("# T\n\n:::{callout}\nText.\n:::\n\n```{code-block} python\n1\n```\n")
    assert site.warnings == []
    assert not (site.app.outdir.parent / "jupyter_execute" / "index.ipynb").exists()
