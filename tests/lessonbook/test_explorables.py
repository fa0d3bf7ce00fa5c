"""Charts of cells: still, words, lint and downloads; and, in a browser, their controls."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import axe_playwright_python
import pytest
import yaml
from bs4 import BeautifulSoup

from lessonbook import charts
from lessonbook.charts import ChartError, draw_still, find_controls, write_bundle
from lessonbook.downloads.charts import make_portable
from tests.browser import launched_chromium, strictly_served

from .courses import call, cell, edit, write_course

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf8")
MIME_TYPE = "application/vnd.vegalite.v6+json"
SLOPE = {
    "name": "slope",
    "value": 2,
    "bind": {"input": "range", "min": 0, "max": 10, "step": 1, "name": "Slope of the line"},
}
LINE = {
    "data": {"values": [{"x": 1}, {"x": 2}, {"x": 4}]},
    "width": "container",
    "params": [SLOPE],
    "transform": [
        {"calculate": "slope * datum.x", "as": "y"},
        {"joinaggregate": [{"op": "sum", "field": "y", "as": "total"}]},
        {"calculate": "'The heights add up to ' + format(datum.total, '.0f') + '.'", "as": "words"},
    ],
    "layer": [
        {
            "mark": "point",
            "encoding": {
                "x": {"field": "x", "type": "quantitative"},
                "y": {"field": "y", "type": "quantitative", "scale": {"domain": [0, 40]}},
            },
        },
        {
            "name": "says",
            "transform": [{"filter": "datum.x == 1"}],
            "mark": {"type": "text", "aria": False},
            "encoding": {"text": {"field": "words"}},
        },
    ],
}
"""A line through three points, of which the words tell the sum of the heights: 7 times the slope."""

SHOW = f"""\
class Chart:
    def __init__(self, chart):
        self.chart = chart

    def _repr_mimebundle_(self, include=None, exclude=None):
        page = "<script src='https://elsewhere.example/vega.js'></script>"
        return {{{MIME_TYPE!r}: self.chart, "text/html": page, "text/plain": "a chart"}}

line = {json.dumps(LINE)!r}
import json
line = json.loads(line)
"""
ALTAIR = """\
import altair as alt
alt.renderers.enable("mimetype")
slope = alt.param(name="k", value=1, bind=alt.binding_range(min=0, max=3, name="Factor"))
points = alt.Chart(alt.Data(values=[{"x": 1}, {"x": 2}])).mark_point().encode(x="x:Q")
points.transform_calculate(y="k * datum.x").encode(y="y:Q").add_params(slope)
"""
FRAME = """\
:::{questions}
- Why?
:::

:::{objectives}
- Move a line.
:::

"""
END = ":::{keypoints}\n- So.\n:::\n"
ALT = "A line that rises by 2 at each step."


def charted(code: str, alt: str = "", caption: str = "") -> str:
    """A cell with options for its figure."""
    options = f"---\nmystnb:\n  image:\n    alt: {alt}\n" if alt else "---\ntags: []\n"
    options += f"  figure:\n    caption: {caption}\n    name: fig-line\n" if caption else ""
    return f"```{{code-cell}} python\n{options}---\n{code}\n```\n\n"


EPISODE = (
    FRAME
    + cell(SHOW, "remove-cell")
    + "A paragraph.\n\n" * 120
    + charted("Chart(line)", ALT, "The line.")
    + charted(ALTAIR, "Two points.")
    + charted('Chart({**line, "params": [], "transform": [], "layer": line["layer"][:1]})', "Dots.")
    + ":::{instructor}\n"
    + charted('Chart({**line, "title": "for-teachers-alone"})', "The same, for teachers.")
    + ":::\n\n"
    + END
)


def prepare(folder, body):
    course = write_course(folder, {"one": body}, language="en")
    page = course / "episodes" / "one.md"
    edit(page, "title: One\n", "title: One\ndescription: A line.\nteaching: 5\nexercises: 0\n")
    edit(course / "index.md", "# Home\n", "---\ndescription: A home.\n---\n# Home\n")
    return course


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    course = prepare(tmp_path_factory.mktemp("charts") / "course", EPISODE)
    for name, block in {"figures": "lesson-figures", "all": "lesson-all"}.items():
        head = f"---\ndescription: {name}.\n---\n# {name.capitalize()}\n\n"
        (course / f"{name}.md").write_text(f"{head}```{{{block}}}\n:pages: episodes/*\n```\n")
    toc = yaml.safe_load((course / "_toc.yml").read_text())
    toc["chapters"] += [{"file": "figures"}, {"file": "all"}]
    (course / "_toc.yml").write_text(yaml.safe_dump(toc))
    call(course, "build")
    return course / "_build" / "html"


def read(site, name):
    return BeautifulSoup((site / name).read_text("utf8"), "html.parser")


def charts_of(site, name):
    """The charts of a page, each read from the file that the page names."""
    sources = read(site, name).select("script.lesson-explorable-chart")
    assert not any(source.text for source in sources)
    scripts = [(site / name).parent.joinpath(source["data-src"]).read_text() for source in sources]
    return [json.loads(re.search(r"\] = (.*);", script)[1]) for script in scripts]


# What does not need a build


def test_the_still_is_the_same_every_time_and_without_the_words():
    first, second = draw_still(LINE), draw_still(LINE)
    assert first == second
    assert first.says == "The heights add up to 14."
    assert "heights" not in first.svg
    assert f'width="{charts.STILL_WIDTH}"' in first.svg


def test_the_words_follow_the_value_of_a_parameter():
    chart = {**LINE, "params": [{**SLOPE, "value": 5}]}
    assert draw_still(chart).says == "The heights add up to 35."


@pytest.mark.parametrize(
    "chart",
    [
        {"mark": "no such mark", "data": {"values": []}},
        {"mark": "point", "data": {"url": "https://elsewhere.example/x.json"}},
    ],
)
def test_what_cannot_be_drawn_is_said(chart):
    with pytest.raises(ChartError, match=r"\w{3}"):
        draw_still(chart)


def test_only_bound_parameters_are_controls():
    selection = {"name": "brush", "select": "interval", "bind": "scales"}
    assert find_controls({"params": [SLOPE, {"name": "k", "value": 1}, selection]}) == ("slope",)
    assert find_controls({"mark": "point"}) == ()


def test_the_program_is_written_once_for_each_version(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr("vl_convert.javascript_bundle", lambda code: written.append(code) or "0;")
    for version in ("1-2-3", "1-2-3", "1-2-4"):
        monkeypatch.setattr(charts, "bundle_version", lambda version=version: version)
        write_bundle(tmp_path / "_static")
    assert len(written) == 2
    assert (tmp_path / "_static/vega.js").read_text().startswith("/* 1-2-4 */\n")


def test_the_program_is_light_and_keeps_its_names_to_itself(tmp_path):
    write_bundle(tmp_path)
    program = (tmp_path / "vega.js").read_text("utf8")
    assert "window.lessonVega=" in program
    assert program.splitlines()[1] == "(() => {" and program.endswith("})();\n")
    assert len(program) < 650_000


def test_an_unknown_version_is_named_with_those_that_are_known(tmp_path, monkeypatch):
    monkeypatch.setattr(charts, "version_of", lambda name: "2.0.1")
    with pytest.raises(ChartError, match=r"vl-convert-python: found 2\.0\.1, allowed 1\.9 to draw"):
        write_bundle(tmp_path)
    assert not (tmp_path / "vega.js").exists()


def test_a_chart_in_a_notebook_is_a_picture_where_nothing_draws_it():
    output = {"data": {MIME_TYPE: LINE, "text/html": "<script>", "text/plain": "a chart"}}
    portable = make_portable(output)["data"]
    assert portable.keys() == {MIME_TYPE, "text/plain", "image/png"}
    assert base64.b64decode(portable["image/png"]).startswith(b"\x89PNG")
    assert "text/html" in output["data"]


def test_other_outputs_stay_as_they_are():
    output = {"data": {"text/html": "<b>1</b>", "text/plain": "1"}}
    assert make_portable(output) == output


# The built site


def test_a_figure_has_its_still_its_words_and_its_chart(site):
    figure = read(site, "episodes/one.html").find(id="fig-line")
    image = figure.select_one(".lesson-explorable-still img")
    assert image["alt"] == ALT and image["src"].endswith(".svg") and image["width"]
    assert "heights" not in (site / "episodes" / image["src"]).read_text()
    assert figure.select_one(".lesson-explorable-words").text == "The heights add up to 14."
    chart = charts_of(site, "episodes/one.html")[0]
    assert chart["description"] == ALT
    signals = {signal["name"]: signal for signal in chart["signals"]}
    assert signals["slope"]["value"] == 2 and signals["slope"]["bind"] == SLOPE["bind"]
    assert chart["data"][0]["values"] == LINE["data"]["values"]
    assert "The line." in figure.figcaption.text


def test_altairs_own_notebook_type_is_understood(site):
    page = read(site, "episodes/one.html")
    assert page.find("img", alt="Two points.").find_parent(class_="lesson-explorable")
    assert "Factor" in json.dumps(charts_of(site, "episodes/one.html")[1])


def test_a_chart_without_controls_is_an_image(site):
    image = read(site, "episodes/one.html").find("img", alt="Dots.")
    assert image["src"].endswith(".svg")
    assert image.find_parent(class_="lesson-explorable") is None


def test_pages_that_show_what_others_contain_have_stills_alone(site):
    for name in ("figures.html", "all.html"):
        page = read(site, name)
        assert page.find("img", alt=ALT) is not None
        assert page.select(".lesson-explorable-chart") == []
        assert not page.find("script", src=lambda src: src and "explorable" in src)


def test_the_program_is_one_file_that_no_page_names(site):
    assert [path.name for path in (site / "_static").rglob("vega*.js")] == ["vega.js"]
    assert not [path for path in site.rglob("*.html") if "vega.js" in path.read_text("utf8")]
    assert "explorable.js" in (site / "episodes/one.html").read_text("utf8")
    assert "explorable.js" not in (site / "index.html").read_text("utf8")


def test_a_chart_for_instructors_is_theirs_alone(site):
    assert "for-teachers-alone" in json.dumps(charts_of(site / "instructor", "episodes/one.html"))
    learners = [
        path for path in site.rglob("*") if path.is_file() and "instructor" not in path.parts
    ]
    assert not [path for path in learners if b"for-teachers-alone" in path.read_bytes()]


def test_the_downloaded_notebook_asks_no_other_host(site):
    notebook = json.loads(next(site.glob("**/one.ipynb")).read_text("utf8"))
    outputs = [out for one in notebook["cells"] for out in one.get("outputs", ())]
    shown = [out["data"] for out in outputs if MIME_TYPE in out.get("data", {})]
    assert len(shown) >= 3
    assert all("image/png" in data and "text/html" not in data for data in shown)


# What authors are told


def test_a_chart_without_alternative_text_is_found_at_its_line(tmp_path):
    course = prepare(
        tmp_path / "course", FRAME + cell(SHOW, "remove-cell") + charted("Chart(line)") + END
    )
    lines = (course / "episodes/one.md").read_text().splitlines()
    line = lines.index("Chart(line)") - 3  # the opening fence of the cell, from 1
    call(course, "build")
    output = call(course, "check", status=1)
    assert f"episodes/one.md:{line}: the figure of this code-cell has no alternative text" in output


def test_a_chart_that_cannot_be_drawn_is_reported_with_its_place(tmp_path):
    broken = charted('Chart({"mark": "no such mark"})', "Nothing.")
    course = prepare(tmp_path / "course", FRAME + cell(SHOW, "remove-cell") + broken + END)
    lines = (course / "episodes/one.md").read_text().splitlines()
    line = next(i for i, text in enumerate(lines, 1) if "no such mark" in text)
    output = call(course, "build", status=1)
    assert re.search(rf"episodes/one\.md:{line}: .*the chart of this cell cannot be drawn", output)


# In a browser


@pytest.fixture(scope="module")
def address(site):
    with strictly_served(site) as start:
        yield start


@pytest.fixture(scope="module")
def browser():
    with launched_chromium() as running:
        yield running


def open_episode(browser, start, **options):
    """Open the page, and collect what goes wrong on it and what it asks for."""
    page = browser.new_context(**options).new_page()
    page.problems, page.asked = [], []
    page.on("console", lambda m: page.problems.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(f"{start}/episodes/one.html")
    page.wait_for_load_state("load")
    return page


def wake(page):
    page.locator("#fig-line").scroll_into_view_if_needed()
    page.locator("#fig-line .lesson-is-live").wait_for()
    return page.locator("#fig-line")


def wait_for_sum(figure, total):
    text = f"The heights add up to {total}."
    figure.get_by_role("status").filter(has_text=text).wait_for()


@pytest.mark.parametrize("way", ["server", "disk"])
def test_the_slider_moves_the_picture_by_keyboard(browser, site, address, way):
    page = open_episode(browser, address if way == "server" else site.as_uri())
    figure = wake(page)
    slider = figure.get_by_role("slider", name="Slope of the line")
    words = figure.get_by_role("status")
    points = figure.locator(".role-mark.layer_0_marks path")
    before = [one.get_attribute("transform") for one in points.all()]
    assert words.text_content() == "The heights add up to 14." and len(before) == 3
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait_for_sum(figure, 21)
    assert [one.get_attribute("transform") for one in points.all()] != before
    page.keyboard.press("End")
    wait_for_sum(figure, 70)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_for_sum(figure, 14)
    assert slider.input_value() == "2"
    assert page.problems == []
    page.context.close()


def test_the_program_is_loaded_when_a_chart_comes_near(browser, address):
    page = open_episode(browser, address)
    page.wait_for_timeout(500)
    assert not [url for url in page.asked if re.search(r"/vega\.js|\.chart\.js", url)]
    wake(page)
    assert len([url for url in page.asked if "vega.js" in url]) == 1
    assert all(url.startswith(address) for url in page.asked)
    page.context.close()


def test_without_a_script_the_still_is_the_figure(browser, site):
    page = open_episode(browser, site.as_uri(), java_script_enabled=False)
    figure = page.locator("#fig-line")
    figure.scroll_into_view_if_needed()
    assert figure.get_by_role("img", name=ALT).bounding_box()["height"] > 100
    assert figure.get_by_text("The heights add up to 14.").is_visible()
    assert figure.get_by_role("slider").count() == 0
    page.context.close()


def test_on_paper_the_still_is_the_figure(browser, site):
    page = open_episode(browser, site.as_uri())
    figure = wake(page)
    figure.get_by_role("slider").focus()
    page.keyboard.press("End")
    wait_for_sum(figure, 70)
    assert not figure.locator("img").is_visible()
    page.emulate_media(media="print")
    assert figure.locator("img").is_visible()
    assert figure.locator("img").evaluate("image => image.complete && image.naturalWidth > 0")
    words = figure.locator(".lesson-explorable-words:visible")
    assert words.all_text_contents() == ["The heights add up to 14."]
    assert not figure.get_by_role("slider").is_visible()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_nothing_on_a_page_with_charts(browser, site, scheme, width):
    # the script of the test itself needs what the policy forbids
    page = open_episode(
        browser,
        site.as_uri(),
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
        bypass_csp=True,
    )
    figure = wake(page)
    page.locator(".lesson-explorable").last.scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelectorAll('.lesson-is-live').length === 2")
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run()).violations.map(v => v.id)")
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert figure.locator("svg").bounding_box()["width"] <= width
    page.context.close()
