"""The site in a browser without a network, as a learner meets it."""

from __future__ import annotations

import re

import pytest

from hierarchical_models import datasets, exact
from tests.site.test_pages import EPISODES, PAGES

PHONE = {"width": 360, "height": 740}


def open_page(page, site, name):
    """Open a page from its file, and collect what goes wrong on it."""
    problems = []
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on(
        "console",
        lambda message: problems.append(message.text) if message.type == "error" else None,
    )
    page.on(
        "request",
        lambda request: (
            problems.append(f"request: {request.url}")
            if not request.url.startswith(("file:", "data:", "blob:"))
            else None
        ),
    )
    page.goto((site / f"{name}.html").as_uri())
    page.wait_for_load_state("load")
    return problems


@pytest.mark.parametrize("name", PAGES)
def test_page_opens_without_errors_or_requests(site, page, name):
    problems = open_page(page, site, name)
    page.wait_for_timeout(300)
    assert problems == []


@pytest.mark.parametrize("name", PAGES)
def test_page_fits_a_phone(site, page, name):
    page.set_viewport_size(PHONE)
    open_page(page, site, name)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]


@pytest.mark.parametrize("name", EPISODES)
def test_mathematics_is_there_without_a_script(site, browser, name):
    context = browser.new_context(offline=True, java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "episodes" / f"{name}.html").as_uri())
    formulas = page.locator("article math")
    assert formulas.count() > 5
    # not those of a solution that is still closed
    assert formulas.locator("visible=true").first.bounding_box()["height"] > 5
    context.close()


@pytest.mark.parametrize("name", EPISODES)
def test_solutions_are_closed_until_they_are_opened(site, page, name):
    open_page(page, site, f"episodes/{name}")
    solution = page.locator("details.lesson-solution").first
    assert solution.get_attribute("open") is None
    solution.locator("summary").first.click()
    assert solution.get_attribute("open") is not None
    assert solution.locator("summary ~ *").first.is_visible()


def test_choice_of_language_follows_the_reader(site, page):
    open_page(page, site, f"episodes/{EPISODES[0]}")
    page.locator("label.sd-tab-label", has_text="Stan").first.click()
    assert page.locator(".highlight-stan").first.is_visible()
    page.goto((site / "episodes" / f"{EPISODES[1]}.html").as_uri())
    page.wait_for_load_state("load")
    assert page.locator(".highlight-stan").first.is_visible()


def test_pages_below_another_are_folded_out_by_keyboard_where_the_focus_is_seen(site, page):
    open_page(page, site, "book/index")
    fold = page.get_by_label("Pages below this one").first
    box = fold.bounding_box()
    assert min(box["width"], box["height"]) >= 24
    below = page.locator("#pst-primary-sidebar details a").first
    assert not below.is_visible()
    fold.press("Enter")
    assert below.is_visible()


def test_wrong_answer_in_a_quiz_is_explained(site, page):
    open_page(page, site, f"episodes/{EPISODES[0]}")
    quiz = page.locator(".lesson-quiz").first
    quiz.scroll_into_view_if_needed()
    assert quiz.locator("fieldset").count() >= 1
    quiz.locator("input[type=radio], input[type=checkbox]").first.check()
    quiz.locator("button").first.click()
    said = quiz.locator("[aria-live], [role=status]").first.inner_text()
    assert len(said) > 10


def test_shrinkage_that_a_reader_moves_is_the_exact_one(site, page):
    frame = datasets.load("eight_schools").frame
    y, sigma = (frame[name].to_numpy(float) for name in ("effect", "standard_error"))
    problems = open_page(page, site, "episodes/02-shrinkage")
    figure = page.locator("#fig-move-shrinkage")
    figure.scroll_into_view_if_needed()
    spread = figure.get_by_role("slider", name="Spread")
    spread.focus()
    before = figure.locator("svg").inner_html()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    tau = float(spread.input_value())
    given = exact.normal_partial_posterior(y, sigma).conditional([tau])
    words = f"28 becomes {given.theta_mean[0, 0]:.1f} points"
    figure.get_by_role("status").filter(has_text=words).wait_for()
    assert tau == 12.5
    assert figure.locator("svg").inner_html() != before
    for name, pooled in zip(frame["school"], given.theta_mean[0], strict=True):
        label = re.compile(rf"^{name}, own data only: .*, with pooling: {pooled:.1f}, weight: ")
        assert figure.locator("svg").get_by_label(label).count() == 2
    figure.get_by_role("slider", name="Size of the trials").focus()
    page.keyboard.press("End")
    larger = exact.normal_partial_posterior(y, sigma / 4).conditional([tau])
    words = f"28 becomes {larger.theta_mean[0, 0]:.1f} points"
    figure.get_by_role("status").filter(has_text=words).wait_for()
    assert problems == []


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("02-shrinkage", "fig-move-shrinkage"),
        ("04-priors-for-the-spread", "fig-move-prior"),
        ("05-divergences-and-funnels", "fig-move-funnel"),
    ],
)
def test_charts_fit_a_phone_and_every_control_moves_them(site, page, name, figure):
    page.set_viewport_size(PHONE)
    problems = open_page(page, site, f"episodes/{name}")
    box = page.locator(f"#{figure}")
    box.scroll_into_view_if_needed()
    box.get_by_role("status").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    assert box.locator("svg").bounding_box()["width"] <= PHONE["width"]
    controls = box.locator("input, select")
    assert controls.count() >= 2
    # the last first: some priors have no scale
    for control in reversed(controls.all()):
        before = box.get_by_role("status").text_content()
        control.focus()
        page.keyboard.press("End")
        page.wait_for_function(
            "([id, before]) => document.querySelector(`#${id} [role=status]`).textContent !== before",
            arg=[figure, before],
        )
    assert problems == []
