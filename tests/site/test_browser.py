"""The site in a browser without a network, as a learner meets it."""

from __future__ import annotations

import pytest

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


def test_wrong_answer_in_a_quiz_is_explained(site, page):
    open_page(page, site, f"episodes/{EPISODES[0]}")
    quiz = page.locator(".lesson-quiz").first
    quiz.scroll_into_view_if_needed()
    assert quiz.locator("fieldset").count() >= 1
    quiz.locator("input[type=radio], input[type=checkbox]").first.check()
    quiz.locator("button").first.click()
    said = quiz.locator("[aria-live], [role=status]").first.inner_text()
    assert len(said) > 10
