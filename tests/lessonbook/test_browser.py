"""What the script does in a browser, and what the page does without it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.browser import launched_chromium

from .conftest import build_site

PAGE = """\
# T

Code in a sentence: `a_function_of_a_long_name(with_arguments=True).and_a_method(of="its own")`.

::::{challenge} C

:::{solution}
<a id="inside"></a>

A line in the solution.
:::
::::

:::{quiz} Which?
:name: single
- [x] alpha
  : Feedback for alpha.
- [ ] beta
  : Feedback for beta.
:::

:::{quiz} Which two?
:name: several
:several:
- [x] one
  : Feedback for one.
- [x] two
  : Feedback for two.
- [ ] three
  : Feedback for three.
:::

:::{quiz} How many?
:name: number
:answer: 2.5
:tolerance: 0.1
- [x] right
  : As counted.
- [ ] 4
  : That is the variance.
- [ ] otherwise
  : Count again.
:::

:::::{tab-set}
::::{tab-item} PyMC
:sync: pymc
First in PyMC.
::::
::::{tab-item} Stan
:sync: stan
First in Stan.
::::
:::::

:::::{tab-set}
::::{tab-item} PyMC
:sync: pymc
Second in PyMC.
::::
::::{tab-item} Stan
:sync: stan
Second in Stan.
::::
:::::

$$
f(x) = \\sum_{i=1}^{n} \\sum_{j=1}^{m} \\alpha_i \\beta_j x^{i+j} + \\prod_{k=1}^{p} \\gamma_k \\delta_k
+ \\operatorname{remainder}(x, n, m) + \\operatorname{something}(x, n, m)
$$
"""


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    site = build_site(tmp_path_factory.mktemp("browser"), PAGE)
    assert site.warnings == []
    return (site.app.outdir / "index.html").as_uri()


@pytest.fixture(scope="module")
def browser():
    with launched_chromium() as running:
        yield running


@pytest.fixture
def page(browser, url):
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    yield page
    context.close()
    assert errors == []


def result(page, name):
    return page.locator(f"#{name} .lesson-quiz-result").inner_text().split("\n\n")


def check(page, name):
    page.locator(f"#{name}").get_by_role("button", name="Check").click()
    return result(page, name)


def test_single_choice_is_marked_with_the_feedback_of_the_choice(page):
    assert check(page, "single") == ["Choose an answer first."]
    page.get_by_label("beta").check()
    assert check(page, "single") == ["Not right.", "Feedback for beta."]
    page.get_by_label("alpha").check()
    assert check(page, "single") == ["Right.", "Feedback for alpha."]


def test_quiz_works_by_keyboard(page):
    page.get_by_label("alpha").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert result(page, "single") == ["Not right.", "Feedback for beta."]
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert result(page, "single")[0] in ("Not right.", "Right.")


def test_several_choices_need_all_and_only_the_right_ones(page):
    page.get_by_label("one").check()
    assert check(page, "several") == ["Right so far, but not all.", "Feedback for one."]
    page.get_by_label("three").check()
    assert check(page, "several") == ["Not right.", "Feedback for three."]
    page.get_by_label("three").uncheck()
    page.get_by_label("two").check()
    assert check(page, "several") == ["Right.", "Feedback for one.", "Feedback for two."]


@pytest.mark.parametrize(
    ("entered", "shown"),
    [
        ("2.5", ["Right.", "As counted."]),
        ("2,6", ["Right.", "As counted."]),
        ("2.61", ["Not right.", "Count again."]),
        ("4", ["Not right.", "That is the variance."]),
        ("\N{MINUS SIGN}2.5", ["Not right.", "Count again."]),
        ("many", ["Enter a number first."]),
        ("", ["Enter a number first."]),
    ],
)
def test_number_is_marked_within_its_tolerance(page, entered, shown):
    page.get_by_label("Your answer").fill(entered)
    assert check(page, "number") == shown


def test_answer_is_remembered_on_this_machine_only(page, url):
    page.get_by_label("beta").check()
    page.get_by_label("Your answer").fill("4")
    check(page, "single")
    check(page, "number")
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(url)
    assert page.get_by_label("beta").is_checked()
    assert page.get_by_label("Your answer").input_value() == "4"
    assert result(page, "single") == [""]
    assert not [r for r in requests if not r.startswith("file:")]


def test_feedback_waits_for_an_answer(page):
    assert page.locator("#single details:visible").count() == 0
    page.get_by_label("beta").check()
    check(page, "single")
    assert page.locator("#single details:visible").count() == 2


def test_link_into_a_closed_solution_opens_it(page, url):
    assert not page.get_by_text("A line in the solution.").is_visible()
    page.goto(f"{url}#inside")
    page.wait_for_function("() => document.querySelector('details.lesson-solution').open")
    assert page.get_by_text("A line in the solution.").is_visible()


def test_print_opens_what_is_closed_and_closes_it_again(page):
    count = "document.querySelectorAll('details:not([open])').length"
    closed = page.evaluate(count)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(count) == 0
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.evaluate(count) == closed > 0


def test_code_in_a_sentence_is_broken_on_a_phone_where_it_has_to_be(page):
    right = page.evaluate(
        "Math.max(...[...document.querySelector('p > code').getClientRects()].map(r => r.right))"
    )
    assert right <= page.evaluate("document.documentElement.clientWidth")


def test_phone_page_does_not_scroll_sideways_though_a_formula_does(page):
    wide = page.evaluate(
        "(w => [w.scrollWidth, w.clientWidth])(document.querySelector('div.math'))"
    )
    assert wide[0] > wide[1]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_script_answers_can_be_read_on_screen_and_in_print(browser, url):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(url)
    assert page.get_by_role("button").count() == 0
    page.locator("#single summary").nth(1).click()
    assert page.get_by_text("Feedback for beta.").is_visible()
    page.locator("#number summary").click()
    assert page.get_by_text("The answer is 2.5, give or take 0.1.").is_visible()
    page.emulate_media(media="print")
    for text in ("A line in the solution.", "Feedback for alpha.", "Feedback for three."):
        assert page.get_by_text(text).is_visible()
    context.close()


def test_tab_follows_the_reader(page, url):
    assert page.get_by_text("Second in PyMC.").is_visible()
    page.get_by_text("Stan", exact=True).first.click()
    assert page.get_by_text("Second in Stan.").is_visible()
    page.goto(url)
    assert page.get_by_text("First in Stan.").is_visible()
    assert not page.get_by_text("First in PyMC.").is_visible()


def test_paper_shows_every_tab(page):
    page.emulate_media(media="print")
    for text in ("First in PyMC.", "First in Stan."):
        assert page.get_by_text(text).is_visible()


def test_formula_uses_the_bundled_font(page):
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('16px \"STIX Two Math\"')")
    tall = "(m => m.getBoundingClientRect().height)(document.querySelector('div.math math'))"
    assert page.evaluate(tall) > 40


def _channels(colour):
    return [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]


def _luminance(colour):
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one, other):
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("selector", [":root", 'html[data-theme="dark"]'])
def test_colours_of_titles_and_text_have_enough_contrast(selector):
    import lessonbook

    css = (Path(lessonbook.__file__).parent / "static" / "lesson.css").read_text()
    block = css.split(f"{selector} {{")[1].split("}")[0]
    colours = {
        name: _channels(value)
        for name, value in re.findall(r"--lesson-([\w]+): .*?(#[0-9a-f]{6})", block)
    }
    page, text = colours.pop("page"), colours.pop("text")
    line = colours.pop("line")
    assert len(colours) == 8
    assert _contrast(line, page) >= 3
    for accent in colours.values():
        tint = [0.05 * a + 0.95 * p for a, p in zip(accent, page, strict=True)]
        assert _contrast(accent, tint) >= 4.5
        assert _contrast(text, tint) >= 4.5
        assert _contrast(page, accent) >= 4.5
