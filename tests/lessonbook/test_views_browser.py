"""Collapsed blocks in a browser: opened by links, by one button and by print; with or without script."""

from __future__ import annotations

import pytest

from tests.browser import launched_chromium

from .conftest import build_site

PAGE = """\
<div style="display: none"><h1>For paper alone</h1></div>

# T

[To the solution](#the-solution), [to the hint](#the-hint), [into a tab](#in-stan),
and {eq}`eq-deep`.

::::::{challenge} C

:::{hint}
:name: the-hint
A line in the hint.
:::

:::::{solution}
:name: the-solution
A line in the solution.

::::{tab-set}
:::{tab-item} PyMC
:sync: pymc
First in PyMC.
:::
:::{tab-item} Stan
:sync: stan

(in-stan)=
**First in Stan.**
:::
::::
:::::
::::::

:::::{challenge} D
::::{solution}
:::{spoiler}
$$ a = b $$ (eq-deep)
:::
::::
:::::

::::{tab-set}
:::{tab-item} PyMC
:sync: pymc
Second in PyMC.
:::
:::{tab-item} Stan
:sync: stan
Second in Stan.
:::
::::

:::{spoiler} An aside
Not part of any challenge.
:::
"""
OTHER = """\
# Other

::::{tab-set}
:::{tab-item} PyMC
:sync: pymc
Third in PyMC.
:::
:::{tab-item} Stan
:sync: stan
Third in Stan.
:::
::::
"""
HOME = "# Home\n\n```{toctree}\npage\nother\n```\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    pages = {"index.md": HOME, "page.md": PAGE, "other.md": OTHER}
    site = build_site(tmp_path_factory.mktemp("views-browser"), pages)
    assert site.warnings == []
    return site.app.outdir


@pytest.fixture(scope="module")
def browser():
    with launched_chromium() as running:
        yield running


@pytest.fixture(params=[True, False], ids=["script", "no script"])
def any_page(request, browser, site):
    """A page with and without JavaScript."""
    context = browser.new_context(java_script_enabled=request.param)
    page = context.new_page()
    page.goto((site / "page.html").as_uri())
    yield page
    context.close()


@pytest.fixture
def page(browser, site):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto((site / "page.html").as_uri())
    yield page
    context.close()
    assert errors == []


def is_seen(page, text):
    return page.get_by_text(text, exact=True).is_visible()


@pytest.mark.parametrize(
    ("link", "text"),
    [("To the solution", "A line in the solution."), ("to the hint", "A line in the hint.")],
)
def test_link_to_a_closed_block_opens_it(any_page, link, text):
    assert not is_seen(any_page, text)
    any_page.get_by_role("link", name=link).click()
    any_page.get_by_text(text, exact=True).wait_for(state="visible", timeout=5000)


def test_link_to_something_deep_inside_opens_all_around_it(any_page):
    formula = any_page.locator("#equation-eq-deep math")
    assert not formula.is_visible()
    any_page.get_by_role("link", name="(1)").click()
    formula.wait_for(state="visible", timeout=5000)


def test_address_with_a_place_opens_it_when_the_page_is_loaded(page, site):
    page.goto(f"{(site / 'page.html').as_uri()}#the-solution")
    page.get_by_text("A line in the solution.").wait_for(state="visible", timeout=5000)


def test_same_link_opens_the_block_again(page):
    link = page.get_by_role("link", name="To the solution")
    link.click()
    page.locator("summary", has_text="Solution").first.click()
    assert not is_seen(page, "A line in the solution.")
    link.click()
    page.get_by_text("A line in the solution.").wait_for(state="visible", timeout=5000)


def test_link_into_a_tab_shows_that_tab_and_leaves_the_others(page):
    page.get_by_role("link", name="into a tab").click()
    page.get_by_text("First in Stan.").wait_for(state="visible", timeout=5000)
    assert is_seen(page, "Second in PyMC.")


def test_address_that_is_no_place_does_no_harm(page, site):
    for end in ("nowhere", "%E0%A4%A", ""):
        page.goto("about:blank")
        page.goto(f"{(site / 'page.html').as_uri()}#{end}")
        assert page.locator(".lesson-show-all").count() == 1


def test_one_button_shows_and_hides_all_solutions_and_hints(page):
    button = page.locator("h1:has-text('T') + .lesson-show-all")
    assert button.inner_text() == "Show all solutions and hints"
    button.focus()
    page.keyboard.press("Enter")
    opened = page.locator("details.lesson-solution[open], details.lesson-hint[open]")
    assert opened.count() == 3
    assert not is_seen(page, "Not part of any challenge.")
    page.wait_for_function(
        "() => document.querySelector('.lesson-show-all').textContent.startsWith('Hide all')"
    )
    button.click()
    assert opened.count() == 0


def test_button_says_what_it_will_do_after_one_was_opened_by_hand(page):
    page.locator(".lesson-show-all").click()
    page.locator("summary", has_text="Hint").click()
    page.wait_for_function(
        "() => document.querySelector('.lesson-show-all').textContent.startsWith('Show all')"
    )


def test_page_without_solutions_has_no_button(page, site):
    page.goto((site / "other.html").as_uri())
    assert page.locator(".lesson-show-all").count() == 0


def test_everything_is_on_paper(any_page):
    any_page.emulate_media(media="print")
    for text in ("A line in the solution.", "A line in the hint.", "First in Stan."):
        assert is_seen(any_page, text), text
    assert any_page.locator(".lesson-show-all:visible").count() == 0


def test_chosen_tab_is_chosen_on_the_next_page(page, site):
    page.get_by_text("Stan", exact=True).last.click()
    page.goto((site / "other.html").as_uri())
    assert is_seen(page, "Third in Stan.") and not is_seen(page, "Third in PyMC.")


def test_tabs_work_without_script(browser, site):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto((site / "other.html").as_uri())
    page.get_by_text("Stan", exact=True).click()
    assert is_seen(page, "Third in Stan.") and not is_seen(page, "Third in PyMC.")
    context.close()
