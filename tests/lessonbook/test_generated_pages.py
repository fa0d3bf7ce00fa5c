"""Pages that are made of others: what they show, and where their links lead."""

from __future__ import annotations

import json
import re
import sys

import pytest
from bs4 import BeautifulSoup

from .conftest import NOTEBOOK, build_site, squeeze

TOC = "# Home\n\n```{{toctree}}\n{}\n```\n"


def episode(title, teaching, exercises, body):
    front = NOTEBOOK.replace(
        "kernelspec", f"title: {title}\nteaching: {teaching}\nexercises: {exercises}\nkernelspec"
    )
    return f"{front}\n{body}"


ALPHA = episode(
    "Alpha $x$",
    40,
    15,
    """\
:::{questions}
- What is $x$?
:::

:::{objectives}
- Find $x$.
:::

## A place

```{figure} picture.png
:name: fig-one
:alt: A square of one colour.

The first picture, see {ref}`do`.
```

::::::{challenge} Find it
:label: do
:minutes: 10

Look at {numref}`fig-one`, {eq}`eq-one`, {ref}`two`, a note[^n] and [a page](https://example.org/).

:::{hint}
Look closely.
:::

:::{solution}
:name: found
It is in {doc}`../index`, see [](#do), [](#fig-hidden).

```{figure} picture.png
:name: fig-hidden
:alt: A square of one colour.

The hidden picture.
```
:::

:::{quiz} Is it?
:name: quiz-one
- [x] yes
  : Good.
- [ ] no
  : Look again.
:::
::::::

[^n]: The note.

$$ a = b $$ (eq-one)

:::{keypoints}
- It is $x$.
:::
""",
)
BETA = episode(
    "Beta",
    30,
    5,
    """\
::::{challenge} Second
:name: two
:minutes: 5
:open:

Think of {ref}`do`.
::::

```{figure} picture.png
:name: fig-two
:alt: A square of one colour.

The third picture.
```

:::{keypoints}
- See {numref}`fig-two` and [](alpha.md).
:::
""",
)
LISTS = {
    "keypoints": "",
    "questions": "",
    "objectives": ":objectives:",
    "challenges": "",
    "solutions": ":solutions:",
    "figures": "",
    "schedule": ":questions:",
    "fits": "",
    "all": "",
    "some": ":pages: */b* index",
}
DIRECTIVES = {"objectives": "questions", "solutions": "challenges", "some": "challenges"}


def listing(name):
    return f"# List\n\n```{{lesson-{DIRECTIVES.get(name, name)}}}\n{LISTS[name]}\n```\n"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    (folder / "parts").mkdir()
    from .conftest import ROOTS

    (folder / "parts" / "picture.png").write_bytes(
        (ROOTS / "test-two-views" / "picture.png").read_bytes()
    )
    (folder / "fits.json").write_text(
        json.dumps(
            [
                {
                    "page": "parts/beta",
                    "name": "<b>slope</b>",
                    "rows": [
                        {"label": "R-hat", "value": 1.02, "ok": False, "limit": "at most 1.01"},
                        {"label": "Change", "value": "-3"},
                    ],
                    "note": "as intended",
                },
                {"page": "parts/beta", "name": "other", "rows": [{"label": "R-hat", "value": 1}]},
                {"page": "parts/gone", "name": "of no page", "rows": []},
            ]
        )
    )
    names = ["parts/alpha", "parts/beta", *(f"lists/{name}" for name in LISTS)]
    (folder / "lists").mkdir()
    site = build_site(
        folder,
        {
            "index.md": TOC.format("\n".join(names)),
            "parts/alpha.md": ALPHA,
            "parts/beta.md": BETA,
            **{f"lists/{name}.md": listing(name) for name in LISTS},
        },
        lesson_fits="fits.json",
        lesson_schedule={"start": "10:00", "breaks": [{"after": 50, "minutes": 10}]},
    )
    assert site.warnings == []
    return site


def body(site, name):
    return site.page(f"lists/{name}").select_one("div.body")


def hrefs(tag):
    return [a["href"] for a in tag.select("a[href]:not(.headerlink)")]


@pytest.fixture(scope="module")
def ids_of(pages):
    """Ids by page, for the targets of links."""
    output = pages.app.outdir
    return {
        path.resolve(): re.findall(r' id="([^"]+)"', path.read_text("utf8"))
        for path in output.rglob("*.html")
    }


@pytest.mark.parametrize("name", LISTS)
def test_ids_are_unique_and_every_link_leads_somewhere(pages, ids_of, name):
    page = body(pages, name)
    ids = [tag["id"] for tag in page.select("[id]")]
    assert len(ids) == len(set(ids))
    for href in hrefs(page):
        if href.startswith("https:"):
            continue
        address, _, target = href.partition("#")
        path = pages.app.outdir / "lists" / (address or f"{name}.html")
        assert path.is_file(), href
        assert not target or target in ids_of[path.resolve()], href


def test_key_points_stand_under_the_titles_of_their_pages(pages):
    page = body(pages, "keypoints")
    assert [squeeze(h) for h in page.select("h2")] == [
        "Alpha x x ¶".replace("x x", "x x"),
        "Beta ¶",
    ]
    assert [squeeze(li) for li in page.select("li")][1] == "See Fig. 3 and Alpha x ."
    assert page.select_one("h2 a")["href"] == "../parts/alpha.html"
    assert not page.select(".lesson-block")


def test_questions_come_with_objectives_only_if_asked_for(pages):
    assert "Find" not in squeeze(body(pages, "questions"))
    shown = body(pages, "objectives")
    assert [squeeze(t) for t in shown.select(".lesson-title")] == ["Questions", "Objectives"]


def test_challenges_keep_their_numbers_titles_and_minutes(pages):
    titles = [
        squeeze(t) for t in body(pages, "challenges").select(".lesson-challenge > .lesson-title")
    ]
    assert titles == ["Challenge 1: Find it 10 min ¶", "Challenge 1: Second 5 min ¶"]


def test_challenges_without_solutions_link_to_them(pages):
    page = body(pages, "challenges")
    assert not page.select(".lesson-solution") and page.select(".lesson-hint")
    lines = [
        [(squeeze(a), a["href"]) for a in p.select("a")] for p in page.select(".lesson-origin")
    ]
    assert lines == [
        [("In the episode", "../parts/alpha.html#do"), ("Solution", "../parts/alpha.html#found")],
        [("In the episode", "../parts/beta.html#two")],
    ]


def test_challenges_with_solutions_show_them_closed(pages):
    (solution,) = body(pages, "solutions").select("details.lesson-solution")
    assert not solution.has_attr("open")
    assert "../index.html" in hrefs(solution)


def test_links_in_a_challenge_lead_to_the_pages_they_are_of(pages):
    page = body(pages, "challenges")
    assert hrefs(page.select_one(".lesson-challenge p:not(.lesson-title)")) == [
        "../parts/alpha.html#fig-one",
        "../parts/alpha.html#equation-eq-one",
        "../parts/beta.html#two",
        "../parts/alpha.html#n",
        "https://example.org/",
    ]


def test_quiz_on_another_page_has_its_own_names(pages):
    inputs = body(pages, "challenges").select("input")
    assert {i["name"] for i in inputs} == {"parts-alpha--quiz-one"}
    for i in inputs:
        assert body(pages, "challenges").find("label", attrs={"for": i["id"]})


def test_figures_keep_their_numbers_and_those_in_solutions_stay_hidden(pages):
    page = body(pages, "figures")
    captions = [squeeze(c) for c in page.select("figcaption")]
    assert captions == [
        "Fig. 1 The first picture, see Challenge 1: Find it . ¶",
        "Fig. 2 The hidden picture. ¶",
        "Fig. 3 The third picture. ¶",
    ]
    assert len(page.select("img")) == 2
    assert page.select_one(".lesson-origin a")["href"] == "../parts/alpha.html#fig-one"


def test_schedule_has_times_questions_and_totals(pages):
    rows = [
        [squeeze(cell) for cell in row.select("th, td")]
        for row in body(pages, "schedule").select("tr")
    ]
    assert rows == [
        ["Time", "What", "Teaching (min)", "Challenges (min)", "Total (min)"],
        ["10:00–10:55", "Alpha x x What is x x ?", "40", "15", "55"],
        ["10:55–11:05", "Break", "", "", "10"],
        ["11:05–11:40", "Beta", "30", "5", "35"],
        ["10:00–11:40", "Total, with 10 min of breaks", "70", "20", "90"],
    ]


HOMEWORK = "::::{{challenge}} C\n:minutes: {}\n:home:\n:open:\n\nDo.\n::::\n"


def read_tables(page):
    return [
        [[squeeze(cell) for cell in row.select("th, td")] for row in table.select("tr")]
        for table in page.select("table")
    ]


def test_schedule_counts_what_is_for_home_apart_and_once(build):
    pages = {
        "index.md": TOC.format("a\nb\nc") + "\n```{lesson-schedule}\n```\n",
        "a.md": episode("A", 20, 10, HOMEWORK.format(7)),
        "b.md": episode("B", 60, 20, HOMEWORK.format(8) + HOMEWORK.format(5)),
        "c.md": episode("C", 10, 0, "Text."),
    }
    hours = {"start": "9:00", "end": "10:00", "days": 2, "breaks": []}
    site = build(pages, lesson_schedule=hours)
    assert site.warnings == []
    first, second, _ = read_tables(site.page())
    assert first == [
        ["Time", "What", "Teaching (min)", "Challenges (min)", "Total (min)", "At home (min)"],
        ["9:00–9:30", "A", "20", "10", "30", "7"],
        ["9:30–10:00", "B", "", "", "30", ""],
        ["9:00–10:00", "Total", "", "", "60", "7"],
    ]
    assert second[1:] == [
        ["9:00–9:50", "B (continued)", "", "", "50", "13"],
        ["9:50–10:00", "C", "10", "0", "10", "0"],
        ["9:00–10:00", "Total", "", "", "60", "13"],
    ]
    assert "90 min of teaching and 30 min of challenges. Further challenges, of 20 min, are" in (
        squeeze(site.page().body)
    )


def test_schedule_follows_a_challenge_that_becomes_one_for_home(build):
    pages = {
        "index.md": TOC.format("a\nschedule"),
        "schedule.md": "# S\n\n```{lesson-schedule}\n```\n",
        "a.md": episode("A", 20, 10, HOMEWORK.format(7).replace(":home:\n", "")),
    }
    assert "At home (min)" not in squeeze(build(pages).page("schedule").table)
    pages["a.md"] = episode("A", 20, 10, HOMEWORK.format(7))
    assert read_tables(build(pages).page("schedule"))[0][1][-1] == "7"


def test_challenge_for_home_is_marked_where_challenges_are_collected(build):
    site = build({"index.md": "# T\n\n```{lesson-challenges}\n```\n\n" + HOMEWORK.format(7)})
    found = [squeeze(span) for span in site.page().select(".lesson-minutes")]
    assert found == ["7 min, at home"] * 2


def test_fits_show_what_is_outside_its_limits_in_words(pages):
    rows = [
        [squeeze(cell) for cell in row.select("th, td")] for row in body(pages, "fits").select("tr")
    ]
    assert rows == [
        ["Fit", "R-hat (at most 1.01)", "Change", "Note"],
        ["<b>slope</b>", "1.02 (outside)", "−3", "as intended"],
        ["other", "1", "–", ""],
    ]


def test_page_for_print_holds_the_pages_and_links_within_itself(pages):
    page = body(pages, "all")
    assert [div["id"] for div in page.select(".lesson-whole-page")] == [
        "index",
        "parts-alpha",
        "parts-beta",
    ]
    links = hrefs(page.select_one("#parts-alpha--do p:not(.lesson-title)"))
    assert links == [
        "#parts-alpha--fig-one",
        "#parts-alpha--equation-eq-one",
        "#parts-beta--two",
        "#parts-alpha--n",
        "https://example.org/",
    ]
    assert [a["href"] for a in page.select(".lesson-all-contents a")] == [
        "#index",
        "#parts-alpha",
        "#parts-beta",
    ]
    assert squeeze(page.select_one("#parts-alpha--equation-eq-one .eqno")).startswith("(1)")
    assert squeeze(page.select_one("#parts-beta--fig-two .caption-number")) == "Fig. 3"


def test_pages_to_take_from_can_be_chosen(pages):
    page = body(pages, "some")
    assert [squeeze(h) for h in page.select("h2")] == ["Beta ¶"]


def test_contents_of_a_generated_page_name_its_sections(pages):
    toc = pages.page("lists/challenges").select_one(".sphinxsidebar ul")
    assert [a["href"] for a in toc.select("a")] == [
        "#",
        "#lesson-challenges-parts-alpha",
        "#lesson-challenges-parts-beta",
    ]


def test_search_finds_the_episodes_rather_than_their_copies(pages):
    index = json.loads(pages.text("searchindex.js").removeprefix("Search.setIndex(")[:-1])
    found = index["terms"]["pictur"]
    names = {index["docnames"][i] for i in (found if isinstance(found, list) else [found])}
    assert names == {"parts/alpha", "parts/beta", "lists/figures"}


def test_other_formats_have_the_pages_too(build):
    pages_of = {
        "index.md": TOC.format("alpha\nlist"),
        "alpha.md": episode("Alpha", 5, 5, ":::{keypoints}\n- It *is*.\n:::\n"),
        "list.md": listing("keypoints") + listing("schedule").replace("# List", "## Times"),
    }
    site = build(pages_of, builder="text")
    assert site.warnings == []
    text = site.text("list.txt")
    assert "It *is*." in text and "9:00–9:10" in text


@pytest.mark.parametrize("name", [*LISTS, "instructor-notes"])
def test_nothing_to_show_is_said_in_a_sentence(build, name):
    directive = DIRECTIVES.get(name, name)
    site = build({"index.md": f"# T\n\n```{{lesson-{directive}}}\n```\n"}, lesson_view="instructor")
    assert site.warnings == []
    text = squeeze(site.page().select_one("div.body"))
    assert re.search(r"(There are no|No) .+ yet\.", text) or name == "all"


def test_instructor_notes_are_nothing_for_learners(build):
    text = "# T\n\n:::{instructor}\nHush.\n:::\n\n```{lesson-instructor-notes}\n```\n"
    assert squeeze(build(text).page().select_one("div.body")) == "T ¶"


def test_instructor_notes_say_where_they_stand(build):
    text = (
        "# T\n\n## A place\n\n:::{instructor} Title\nHush.\n:::\n\n## All\n\n"
        "```{lesson-instructor-notes}\n```\n"
    )
    page = build(text, lesson_view="instructor").page()
    origin = page.select_one(".lesson-origin a")
    assert (squeeze(origin), origin["href"]) == ("A place", "#instructor-1")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "```{lesson-keypoints}\n:solutions:\n```",
            "lesson-keypoints: found option 'solutions', allowed class, name, pages; correct or "
            "remove it [lesson.option]",
        ),
        (
            "```{lesson-keypoints}\n:pages: nowhere/*\n```",
            "lesson-keypoints: pages: found 'nowhere/*', which fits no page of the table of "
            "contents; correct it [lesson.option]",
        ),
    ],
)
def test_mistake_in_a_listing_is_reported_at_its_line(build, text, message):
    site = build({"index.md": f"# T\n\n{text}\n"})
    assert site.warnings == [f"index.md:3: WARNING: {message}"]


def test_exercises_shorter_than_the_challenges_are_reported_at_their_line(build):
    site = build({"index.md": episode("T", 5, 5, "::::{challenge} C\n:minutes: 9\n\nDo.\n::::\n")})
    assert site.warnings == [
        "index.md:5: WARNING: exercises: found 5 min, but the challenges take 9; set exercises: 9 "
        "in the front matter, shorten the challenges, or mark those for after the session :home: "
        "[lesson.schedule]"
    ]


def test_exercises_need_no_time_for_challenges_at_home(build):
    assert build({"index.md": episode("T", 5, 0, HOMEWORK.format(9))}).warnings == []


def test_days_that_do_not_suffice_are_reported(build):
    (pages_of := {})["index.md"] = episode("T", 200, 0, "```{lesson-schedule}\n```\n")
    settings = {"start": "9:00", "end": "11:00", "days": ["Monday"], "breaks": []}
    site = build(pages_of, lesson_schedule=settings)
    assert [squeeze(h) for h in site.page().select("h2")] == ["Monday ¶", "Day 2 ¶", "Totals ¶"]
    (warning,) = site.warnings
    assert "lesson_schedule: days: found 1, but the episodes need 2" in warning


def test_wrong_setting_of_the_schedule_is_reported_with_the_line_of_the_configuration(tmp_path):
    (tmp_path / "_config.yml").write_text("sphinx:\n  config:\n    lesson_schedule: {start: 9}\n")
    for _ in range(2):  # also in a build that has nothing else to do
        site = build_site(tmp_path, "# T\n", lesson_schedule={"start": 9})
        assert site.warnings == [
            "_config.yml:3: WARNING: lesson_schedule: start: found 9, allowed a time of the day "
            'such as "9:30", in quotes; correct it in _config.yml [lesson.config]'
        ]


def test_wrong_record_of_a_fit_is_reported_with_its_file(tmp_path):
    (tmp_path / "fits").mkdir()
    (tmp_path / "fits" / "one.json").write_text('{"page": 3}')
    site = build_site(tmp_path, "# T\n\n```{lesson-fits}\n```\n", lesson_fits="fits/*.json")
    (warning,) = site.warnings
    assert warning == (
        "fits/one.json:1: WARNING: record: page: found 3, allowed text [lesson.fits]"
    )


@pytest.mark.parametrize(
    "settings", [{"lesson_schedule": None}, {"lesson_schedule": ["9:00"]}, {"lesson_fits": ["x"]}]
)
def test_setting_of_the_wrong_type_is_a_warning_and_the_page_is_there(build, settings):
    text = episode("T", 900, 0, "```{lesson-schedule}\n```\n\n```{lesson-fits}\n```\n")
    site = build({"index.md": text}, **settings)
    assert len(site.warnings) == 1 and next(iter(settings)) in site.warnings[0]
    assert site.page().select("table.lesson-schedule")


def test_markup_in_titles_and_records_is_shown_as_it_is_written(tmp_path):
    bad = "<script>alert(1)</script>"
    pages_of = {
        "index.md": TOC.format("alpha\nlist"),
        "alpha.md": episode(
            f"'{bad}'", 5, 5, f"::::{{challenge}} {bad}\n\nDo {bad.replace('<', '&lt;')}.\n::::\n"
        ),
        "list.md": "".join(listing(n) for n in ("challenges",))
        + "".join(f"\n```{{lesson-{n}}}\n```\n" for n in ("schedule", "fits", "all")),
    }
    fits = [{"page": "alpha", "name": bad, "note": bad, "rows": [{"label": bad, "value": bad}]}]
    (tmp_path / "fits.json").write_text(json.dumps(fits))
    site = build_site(
        tmp_path, pages_of, lesson_fits="fits.json", myst_disable_syntax=["html_inline"]
    )
    assert "<script>alert" not in site.text("list.html")
    assert "&lt;script&gt;alert" in site.text("list.html")


MODELS = """\
def models():
    return [
        {
            "name": "line",
            "title": "A *line*",
            "summary": "Two **parameters**.",
            "equation": "y = a + b x",
            "tables": [{"title": "Parameters", "columns": ["Name", "x"], "rows": [["$a$", 1]]}],
            "sources": [
                {"title": "PyMC", "path": "line.py", "language": "python", "sync": "pymc"},
                {"title": "Stan", "path": "line.stan", "language": "stan", "sync": "stan"},
            ],
        },
        {"name": "plane", "title": "A plane"},
    ]
"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with a module of its own, on any subject."""
    (tmp_path / "fake_lines.py").write_text(MODELS)
    (tmp_path / "line.py").write_text("SLOPE = 2\n")
    (tmp_path / "line.stan").write_text("parameters { real b; }\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    def run(text="# T\n\n```{lesson-models}\n```\n\nSee {ref}`model-plane`.\n"):
        sys.modules.pop("fake_lines", None)
        return build_site(tmp_path, text, lesson_models="fake_lines:models")

    yield run
    sys.modules.pop("fake_lines", None)


def test_models_are_sections_with_formula_tables_and_both_programs(course):
    site = course()
    assert site.warnings == []
    page = site.page()
    assert [squeeze(h) for h in page.select("h2")] == ["A line ¶", "A plane ¶"]
    line = page.select_one("#model-line")
    assert line.select_one("math") and line.select_one("strong")
    assert squeeze(line.select_one("caption")) == "Parameters"
    assert [squeeze(label) for label in line.select("label.sd-tab-label")] == ["PyMC", "Stan"]
    assert "SLOPE = 2" in line.get_text() and "real b" in line.get_text()
    assert page.select_one("p a[href='#model-plane']").get_text() == "A plane"


def test_models_can_be_chosen_by_name(course):
    site = course("# T\n\n```{lesson-models}\n:names: plane\n```\n")
    assert [squeeze(h) for h in site.page().select("h2")] == ["A plane ¶"]


def test_unknown_model_is_reported_with_the_nearest_name(course):
    site = course("# T\n\n```{lesson-models}\n:names: lines plane\n```\n")
    assert site.warnings == [
        "index.md:3: WARNING: names: found 'lines', which is no model; did you mean 'line'? "
        "[lesson.models]"
    ]


def test_models_follow_the_function_and_the_programs(course, tmp_path):
    course()
    (tmp_path / "fake_lines.py").write_text(MODELS.replace("A plane", "A flat plane"))
    assert [squeeze(h) for h in course().page().select("h2")] == ["A line ¶", "A flat plane ¶"]
    (tmp_path / "line.py").write_text("SLOPE = 3\n")
    assert "SLOPE = 3" in course().page().get_text()


def test_bibliography_is_whole_on_its_page_and_on_the_page_for_print(two_views):
    for name in ("readings", "pages/all"):
        path = two_views.site / f"{name}.html"
        page = BeautifulSoup(path.read_text("utf8"), "html.parser")
        (entry,) = page.select(".citation")
        assert squeeze(entry).count("What all may read") == 1
    cited = BeautifulSoup(
        (two_views.site / "instructor/pages/all.html").read_text("utf8"), "html.parser"
    )
    assert cited.select_one(f"a[href='#{cited.select_one('.citation')['id']}']")
