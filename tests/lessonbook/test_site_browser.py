"""A published course in a browser: policy, accessibility, the frame of the pages, from server and disk."""

from __future__ import annotations

import re
from pathlib import Path

import axe_playwright_python
import pytest

from tests.browser import launched_chromium, strictly_served

from .courses import call, write_course

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf8")
STANDARDS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 390, "height": 800}
EPISODE = "episodes/first.html"


@pytest.fixture(scope="module")
def site(two_views):
    return two_views.site


@pytest.fixture(scope="module")
def address(site):
    with strictly_served(site) as start:
        yield start


@pytest.fixture(scope="module")
def browser():
    with launched_chromium() as running:
        yield running


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport=WIDE)
    yield context.new_page()
    context.close()


def pages_of(site):
    found = [p for p in sorted(site.rglob("*.html")) if "_static" not in p.parts]
    return [path.relative_to(site).as_posix() for path in found]


def problems_on(page, start):
    found = []
    page.on("console", lambda m: found.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: found.append(str(error)))
    page.on("request", lambda r: None if r.url.startswith(start) else found.append(r.url))
    return found


@pytest.mark.parametrize("way", ["server", "disk"])
def test_no_page_breaks_the_policy_or_asks_another_host(site, address, page, way):
    start = address if way == "server" else site.as_uri()
    found = problems_on(page, start)
    for name in pages_of(site):
        page.goto(f"{start}/{name}")
        page.wait_for_load_state("load")
        assert found == [], name


def test_policy_of_the_page_itself_stops_what_is_in_the_page(site, page):
    page.goto(f"{site.as_uri()}/{EPISODE}")
    page.evaluate(
        "() => { const s = document.createElement('script'); s.textContent = 'window.ran = 1';"
        "document.body.append(s); document.body.setAttribute('style', 'color: rgb(1, 2, 3)'); }"
    )
    assert page.evaluate("window.ran") is None
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_axe_finds_nothing(site, browser, scheme, size):
    context = browser.new_context(viewport=size, color_scheme=scheme)
    page = context.new_page()
    found = []
    for name in [n for n in pages_of(site) if n != "index.html"]:
        page.goto(f"{site.as_uri()}/{name}")
        page.evaluate(f"{AXE};0")
        for state in ("closed", "open"):
            if state == "open":
                page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
            options = {"runOnly": {"type": "tag", "values": STANDARDS}, "preload": False}
            result = page.evaluate("options => axe.run(document, options)", options)
            found += [
                (name, state, rule["id"], node["html"][:120])
                for rule in result["violations"]
                for node in rule["nodes"]
            ]
    context.close()
    assert found == []


def test_each_page_has_one_heading_of_the_first_level_and_its_landmarks(site, page):
    for name in [n for n in pages_of(site) if n != "index.html"]:
        page.goto(f"{site.as_uri()}/{name}")
        counts = page.evaluate(
            "['h1', 'main', 'header', 'nav.bd-links', 'footer.bd-footer-content', 'title',"
            "'meta[name=description]', 'meta[name=viewport]', 'html[lang]']"
            ".map(s => document.querySelectorAll(s).length)"
        )
        assert counts == [1] * 9, name


def test_first_tab_stop_leads_to_the_text_and_every_stop_is_seen(site, page):
    page.goto(f"{site.as_uri()}/{EPISODE}")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("lesson-skip")
    box = page.locator(".lesson-skip").bounding_box()
    assert box["y"] >= 0
    for _ in range(25):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            "(() => { const s = getComputedStyle(document.activeElement);"
            "return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2"
            "|| s.boxShadow !== 'none' || document.activeElement === document.body; })()"
        )
        assert outline, page.evaluate("document.activeElement.outerHTML.slice(0, 200)")


def test_what_scrolls_takes_the_focus_from_the_moment_it_is_shown_and_nothing_else(site, page):
    page.set_viewport_size(NARROW)
    page.goto(f"{site.as_uri()}/instructor/pages/models.html")
    unreachable = (
        "[...document.querySelectorAll('pre')].filter(p => p.scrollWidth > p.clientWidth + 1"
        " && !p.closest('[tabindex]')).map(p => p.textContent)"
    )
    hidden = "document.querySelectorAll('details:not([open]) pre').length"
    assert page.evaluate(hidden) > 0
    shown_at_once = page.evaluate(
        "(() => { document.querySelectorAll('details').forEach(d => d.open = true);"
        f"return {unreachable}; }})()"
    )
    assert shown_at_once == []
    page.set_viewport_size(WIDE)
    page.wait_for_function(
        "() => [...document.querySelectorAll('pre')].filter(p => p.clientWidth)"
        ".every(p => p.scrollWidth > p.clientWidth + 1 || !p.hasAttribute('tabindex'))"
    )
    page.set_viewport_size({"width": 320, "height": 600})
    page.wait_for_function(f"() => {unreachable}.length === 0")


DRAWING = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{}" height="300">'
    '<rect width="100%" height="100%" fill="#eee"/><text x="9" y="99">A text.</text></svg>'
)
FIGURE = "```{{figure}} ../{0}.svg\n:alt: A drawing that is {0}.\nA drawing.\n```\n\n"


@pytest.fixture(scope="module")
def drawings(tmp_path_factory):
    """A page with a drawing wider than a phone, another in a closed block, and one that is narrow."""
    wide, narrow = FIGURE.format("wide"), FIGURE.format("narrow")
    body = f"{wide}{narrow}:::{{solution}}\n{wide}:::\n"
    course = write_course(
        tmp_path_factory.mktemp("drawings") / "course",
        {"one": f"::::{{challenge}} Look\n:minutes: 5\n{body}::::\n"},
    )
    for name, width in {"wide": 683, "narrow": 300}.items():
        (course / f"{name}.svg").write_text(DRAWING.format(width))
    call(course, "build")
    return (course / "_build" / "html" / "episodes" / "one.html").as_uri()


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_a_wide_figure_is_large_enough_to_read_on_a_phone_and_whole_on_paper(
    drawings, browser, has_script
):
    context = browser.new_context(viewport=NARROW, java_script_enabled=has_script)
    page = context.new_page()
    page.goto(drawings)
    picture = page.get_by_role("img", name="A drawing that is wide.").first
    box = picture.locator("..")
    assert picture.bounding_box()["width"] == 608
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    assert page.get_by_role("img", name="A drawing that is narrow.").bounding_box()["width"] == 300
    box.press("ArrowRight")
    page.wait_for_timeout(500)  # without a script, a page cannot say when something has become true
    assert box.evaluate("box => box.scrollLeft") > 0
    page.emulate_media(media="print")
    assert picture.bounding_box()["width"] <= box.bounding_box()["width"]
    context.close()


def test_the_frame_of_a_figure_takes_the_focus_only_where_it_scrolls(drawings, page):
    page.set_viewport_size(NARROW)
    page.goto(drawings)
    frames = page.get_by_role("group", name="Picture, scrolls sideways")
    assert frames.count() == 1
    page.locator("details.lesson-solution").evaluate("details => { details.open = true; }")
    assert frames.count() == 2
    assert [frame.get_attribute("tabindex") for frame in frames.all()] == ["0", "0"]
    page.set_viewport_size(WIDE)
    frames.first.wait_for(state="detached")
    assert page.locator(".lesson-picture").count() == 2
    assert page.locator(".lesson-picture[tabindex], .lesson-picture[role]").count() == 0


def test_colours_are_chosen_kept_and_follow_the_system(site, browser):
    context = browser.new_context(color_scheme="dark")
    page = context.new_page()
    page.goto(f"{site.as_uri()}/{EPISODE}")
    theme = "document.documentElement.dataset.theme"
    assert page.evaluate(theme) == "dark"
    page.locator(".theme-switch-button").click()
    assert page.evaluate(theme) == "light"
    page.goto(f"{site.as_uri()}/search.html")
    assert page.evaluate(theme) == "light"
    context.close()


FAMILY = "getComputedStyle(document.querySelector('math')).fontFamily"
# a function: text is evaluated again at every look, and pages allow no evaluation of text
FONT_IS_THERE = "() => document.fonts.check('1em \"STIX Two Math\"')"


def test_words_of_the_first_page_are_shown_before_the_font_of_formulas_is_asked_for(address, page):
    page.goto(f"{address}/{EPISODE}")
    page.wait_for_function(FONT_IS_THERE)
    words, asked = page.evaluate(
        "[performance.getEntriesByName('first-contentful-paint')[0], performance"
        ".getEntriesByType('resource').find(e => e.name.includes('stix-two-math'))]"
        ".map(entry => entry.startTime)"
    )
    assert asked > words
    assert page.evaluate(FAMILY).startswith('"STIX Two Math"')
    page.wait_for_function("() => sessionStorage.length === 1")
    # on the next page, nothing has to put the font in its place
    page.route("**/site.js*", lambda route: route.abort())
    page.goto(f"{address}/{EPISODE}")
    assert page.evaluate(FAMILY).startswith('"STIX Two Math"')
    page.evaluate("sessionStorage.clear()")
    page.goto(f"{address}/{EPISODE}")
    assert "STIX" not in page.evaluate(FAMILY)


def test_formulas_have_their_font_without_a_script_and_on_paper(site, browser):
    for options in ({"java_script_enabled": False}, {}):
        context = browser.new_context(**options)
        page = context.new_page()
        page.emulate_media(media="print")
        page.goto(f"{site.as_uri()}/{EPISODE}")
        assert page.evaluate(FAMILY).startswith('"STIX Two Math"'), options
        context.close()


def test_table_of_contents_opens_over_a_narrow_page_by_keyboard(site, browser):
    context = browser.new_context(viewport=NARROW)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/{EPISODE}")
    link = page.locator(".bd-docs-nav a", has_text="second")
    assert not link.first.is_visible()
    page.locator(".primary-toggle").press("Enter")
    link.first.wait_for(state="visible", timeout=5000)
    page.keyboard.press("Escape")
    link.first.wait_for(state="hidden", timeout=5000)
    assert page.evaluate("document.activeElement.className").startswith("sidebar-toggle primary")
    context.close()


def test_pages_lead_on_without_a_script(site, browser):
    context = browser.new_context(viewport=NARROW, java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/{EPISODE}")
    assert page.locator(".pst-js-only:visible").count() == 0
    page.locator(".bd-docs-nav a", has_text="second").click()
    assert page.url.endswith("episodes/second.html")
    context.close()


@pytest.mark.parametrize("way", ["server", "disk"])
def test_search_finds_the_pages(site, address, page, way):
    start = address if way == "server" else site.as_uri()
    found = problems_on(page, start)
    page.goto(f"{start}/{EPISODE}")
    page.keyboard.press("Control+k")
    page.keyboard.type("second")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=second")
    page.locator("#search-results li a").first.wait_for(timeout=10_000)
    second = page.locator("#search-results li a[href*='episodes/second']")
    assert second.count() >= 1
    second.first.click()
    page.locator("article span.highlighted", has_text=re.compile("second", re.I)).first.wait_for()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.reload()
    assert [url for url in asked if "site.js" in url]
    assert not [url for url in asked if "highlight" in url]
    assert page.locator("article span.highlighted").count() == 0
    assert found == []


def test_marks_of_progress_are_kept_and_forgotten(site, page):
    page.goto(f"{site.as_uri()}/{EPISODE}")
    done = page.locator(".lesson-done")
    assert page.locator(".lesson-forget").is_hidden()
    done.click()
    page.goto(f"{site.as_uri()}/episodes/second.html")
    assert page.locator(".bd-docs-nav .lesson-mark").count() == 1
    assert done.get_attribute("aria-pressed") == "false"
    page.goto(f"{site.as_uri()}/{EPISODE}")
    assert done.get_attribute("aria-pressed") == "true"
    page.locator(".lesson-forget").click()
    assert done.get_attribute("aria-pressed") == "false"
    assert page.locator(".lesson-mark").count() == 0
    assert page.evaluate("localStorage.length") == 0


def test_code_is_copied(site, browser, address):
    context = browser.new_context()
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(f"{address}/{EPISODE}")
    block = page.locator("article div.highlight").first
    block.locator(".lesson-copy").press("Enter")
    page.get_by_text("Copied").wait_for(timeout=5000)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == block.locator("pre").inner_text().rstrip("\n")
    context.close()


def test_button_that_copies_covers_no_code_where_it_is_always_seen(site, browser):
    context = browser.new_context(viewport=NARROW, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.goto(f"{site.as_uri()}/{EPISODE}")
    block = page.locator("article div.highlight").first
    button = block.locator(".lesson-copy").bounding_box()
    first_line = block.locator("pre").evaluate(
        "pre => { const range = document.createRange(); range.selectNodeContents(pre);"
        " return range.getBoundingClientRect().top; }"
    )
    assert button["y"] + button["height"] <= first_line
    context.close()


def test_the_button_for_all_solutions_has_its_place_before_the_script_runs(site, browser):
    places = []
    for is_loaded in (False, True):
        context = browser.new_context(viewport=NARROW)
        page = context.new_page()
        if not is_loaded:
            page.route("**/lesson.js*", lambda route: route.abort())
        page.goto(f"{site.as_uri()}/{EPISODE}")
        places.append(page.locator("h1 + .lesson-show-all").bounding_box())
        context.close()
    assert places[0] == places[1]


def test_site_carries_no_file_that_no_page_needs(site):
    static = site / "_static"
    names = {path.name for path in static.rglob("*") if path.is_file()}
    assert (
        not {"fontawesome.js", "bootstrap.js", "pydata-sphinx-theme.css", "copybutton.js"} & names
    )
    assert not [name for name in names if name.endswith((".map", ".po", ".mo"))]


def test_first_view_of_every_page_is_light(site):
    """The page, its style sheets and the scripts that it waits for; other scripts are deferred."""
    for name in pages_of(site):
        file = site / name
        text = file.read_text(encoding="utf8")
        weight = len(text.encode())
        for sheet in ("site-styles.css", "early.js"):
            weight += (site / "_static" / sheet).stat().st_size
        assert weight < 300_000, name
        assert "<style" not in text and " style=" not in text and "<script>" not in text
