"""The animations of the course: one for each part, for every reader, and light."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup

from tests.site.test_browser import PHONE, open_page

ANIMATIONS = {
    "01-why-pool": "fig-pooling-animation",
    "05-divergences-and-funnels": "fig-chains-animation",
    "06-regression-with-groups": "fig-worlds-animation",
    "09-many-comparisons": "fig-weeks-animation",
    "12-decisions-and-response-times": "fig-decisions-animation",
    "14-whole-workflow": "fig-league-animation",
}
MOST_BYTES = 300_000


def read(site, name):
    return BeautifulSoup((site / f"{name}.html").read_text(encoding="utf8"), "html5lib")


def test_each_part_of_the_course_has_one(site):
    index = read(site, "book/index")
    heading = index.find("section", id="the-episodes")
    parts = heading.find("dl").find_all("dd", recursive=False)
    assert len(parts) == 6
    for part in parts:
        pages = {link["href"].rpartition("/")[2].partition(".")[0] for link in part.find_all("a")}
        assert len(pages & ANIMATIONS.keys()) == 1


def wait_until(page, element, condition):
    """Ask again and again: the policy of the pages forbids what Playwright does for it."""
    for _ in range(150):
        if element.evaluate(condition):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{condition} did not come true")


@pytest.mark.parametrize(("name", "figure"), ANIMATIONS.items())
def test_animation_waits_and_then_plays(site, page, name, figure):
    problems = open_page(page, site, f"episodes/{name}")
    video = page.locator(f"#{figure} video")
    video.scroll_into_view_if_needed()
    wait_until(page, video, "v => v.readyState >= 1")
    seconds, is_waiting, width = video.evaluate("v => [v.duration, v.paused, v.videoWidth]")
    assert 8 <= seconds <= 20 and is_waiting and width == 720
    video.focus()
    page.keyboard.press("Space")
    wait_until(page, video, "v => v.currentTime > 0.2 && !v.paused")
    assert problems == []


@pytest.mark.parametrize(("name", "figure"), ANIMATIONS.items())
def test_animation_is_a_still_with_words_on_paper(site, page, name, figure):
    open_page(page, site, f"episodes/{name}")
    box = page.locator(f"#{figure}")
    assert box.locator("video").is_visible() and not box.locator("img").is_visible()
    page.emulate_media(media="print")
    box.scroll_into_view_if_needed()
    still = box.locator("img")
    assert still.is_visible() and not box.locator("video").is_visible()
    wait_until(page, still, "image => image.complete && image.naturalWidth === 720")
    assert len(still.get_attribute("alt")) > 80
    assert box.locator(".lesson-transcript li").first.is_visible()


@pytest.mark.parametrize(("name", "figure"), ANIMATIONS.items())
def test_animation_fits_a_phone_and_is_light(site, page, name, figure):
    page.set_viewport_size(PHONE)
    open_page(page, site, f"episodes/{name}")
    video = page.locator(f"#{figure} video")
    assert video.bounding_box()["width"] <= PHONE["width"]
    folder = site / "episodes"
    film = (folder / video.locator("source").get_attribute("src")).resolve()
    still = (folder / page.locator(f"#{figure} img").get_attribute("src")).resolve()
    assert film.stat().st_size <= MOST_BYTES and still.stat().st_size <= MOST_BYTES / 4
