"""The picture of a link to a page: a figure that other sites can show, or the course's card."""

from __future__ import annotations

import matplotlib.pyplot as plt
import pytest
from bs4 import BeautifulSoup

from .courses import call, edit, write_course

BASE = "https://example.org/lessons/"
ONE = """
:::{challenge} Look
::::{solution}
![The answer.](answer.png)
::::
:::

![A tiny dot.](dot.png)

![A drawing.](drawing.svg)

![A square that is all blue.](blue.png)

![A later one.](answer.png)
"""


def paint(path, width, height):
    path.parent.mkdir(parents=True, exist_ok=True)
    figure = plt.figure(figsize=(width / 100, height / 100), dpi=100, facecolor="blue")
    figure.savefig(path)
    plt.close(figure)


@pytest.fixture
def course(tmp_path):
    root = write_course(tmp_path / "course", {"one": ONE, "two": "Text.\n"}, lesson_card="card.png")
    edit(root / "_config.yml", "html:\n", f"html:\n  baseurl: {BASE}\n")
    paint(root / "card.png", 1200, 630)
    paint(root / "episodes/blue.png", 400, 300)
    paint(root / "episodes/answer.png", 500, 300)
    paint(root / "episodes/dot.png", 100, 100)
    paint(root / "episodes/drawing.svg", 400, 300)
    return root


def preview(root, page):
    text = (root / f"_build/html/{page}.html").read_text()
    tags = BeautifulSoup(text, "html.parser").select('meta[property^="og:image"]')
    return {tag["property"]: tag["content"] for tag in tags}


def build(root, status=0):
    return call(root, "build", "--view", "learner", "--jobs", "1", status=status)


def test_a_page_is_shown_with_its_first_figure_or_the_card(course):
    build(course)
    site = course / "_build/html"
    assert preview(course, "episodes/one") == {
        "og:image": f"{BASE}_images/blue.png",
        "og:image:width": "400",
        "og:image:height": "300",
        "og:image:alt": "A square that is all blue.",
    }
    assert (site / "_images/blue.png").is_file()
    found = preview(course, "episodes/two")
    assert found["og:image"] == f"{BASE}_static/card.png"
    assert (found["og:image:width"], found["og:image:height"]) == ("1200", "630")
    assert (site / "_static/card.png").read_bytes() == (course / "card.png").read_bytes()

    # without an address there is no place for it
    edit(course / "_config.yml", f"  baseurl: {BASE}\n", "")
    build(course)
    assert preview(course, "episodes/one") == {}
    assert not (site / "_static/card.png").exists()


def test_a_card_that_nobody_can_show_is_a_mistake(course):
    edit(course / "_config.yml", "card.png", "episodes/drawing.svg")
    output = build(course, status=1)
    assert "lesson_card: found 'episodes/drawing.svg', allowed an image (.gif, .jpeg" in output
