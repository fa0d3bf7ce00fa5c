"""What every built page promises, read as files."""

from __future__ import annotations

import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

ROOT = Path(__file__).parent.parent.parent
EPISODES = sorted(path.stem for path in (ROOT / "episodes").glob("*.md"))
PAGES = sorted(
    [
        *(f"episodes/{name}" for name in EPISODES),
        *(f"book/{path.stem}" for path in (ROOT / "book").glob("*.md")),
    ]
)


@pytest.fixture(scope="module")
def soups(site):
    return {
        page: BeautifulSoup((site / f"{page}.html").read_text(encoding="utf8"), "html5lib")
        for page in PAGES
    }


def named_files(entry):
    """Every page that a part of the table of contents names."""
    if isinstance(entry, list):
        return {name for item in entry for name in named_files(item)}
    if not isinstance(entry, dict):
        return set()
    own = {entry[key] for key in ("root", "file") if key in entry}
    return own | {name for value in entry.values() for name in named_files(value)}


def test_every_source_page_is_in_the_table_of_contents():
    named = named_files(yaml.safe_load((ROOT / "_toc.yml").read_text()))
    notes = {f"book/instructor/{path.stem}" for path in (ROOT / "book/instructor").glob("*.md")}
    assert named == set(PAGES) | notes


def test_first_page_of_the_site_leads_to_the_landing_page(site):
    assert "book/index.html" in (site / "index.html").read_text()


@pytest.mark.parametrize("page", PAGES)
def test_page_has_one_heading_a_title_and_a_language(soups, page):
    soup = soups[page]
    # the theme adds a title that is shown in print alone
    headings = [h1 for h1 in soup.find_all("h1") if not h1.find_parent(class_="onlyprint")]
    assert len(headings) == 1
    assert soup.title.get_text(strip=True)
    assert soup.html["lang"] == "en"


@pytest.mark.parametrize("page", PAGES)
def test_page_loads_nothing_from_another_host(soups, page):
    loading = {"script": "src", "img": "src", "link": "href", "iframe": "src", "source": "src"}
    foreign = [
        tag[attribute]
        for name, attribute in loading.items()
        for tag in soups[page].find_all(name)
        if re.match(r"(https?:)?//", tag.get(attribute) or "") and tag.get("rel") != ["canonical"]
    ]
    assert foreign == []
    styles = " ".join(tag.get_text() for tag in soups[page].find_all("style"))
    assert not re.search(r"url\(\s*['\"]?https?:", styles)


@cache
def identifiers(file):
    """Every place in a page that a link can lead to."""
    found = BeautifulSoup(file.read_text(encoding="utf8"), "html.parser").find_all(id=True)
    return {tag["id"] for tag in found}


@pytest.mark.parametrize("page", PAGES)
def test_links_within_the_site_lead_somewhere(site, soups, page):
    broken = []
    for tag in soups[page].find_all(["a", "img", "script", "link"]):
        target = tag.get("href") or tag.get("src") or ""
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not target:
            continue
        path, fragment = urldefrag(unquote(target))
        file = (site / page).parent / path.split("?")[0] if path else site / f"{page}.html"
        file = file.resolve()
        is_page = file.suffix == ".html"
        if not file.is_file() or (is_page and fragment and fragment not in identifiers(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("page", PAGES)
def test_every_figure_has_words(soups, page):
    article = soups[page].find("article")
    without = [img.get("src") for img in article.find_all("img") if len(img.get("alt") or "") < 20]
    assert without == []


@pytest.mark.parametrize("page", PAGES)
def test_identifiers_are_unique(soups, page):
    found = [tag["id"] for tag in soups[page].find_all(id=True)]
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize("name", EPISODES)
def test_episode_was_executed_without_errors_or_standard_error(soups, name):
    article = soups[f"episodes/{name}"].find("article")
    assert article.select(".cell_output")
    assert not article.select(".output.stderr, .output.traceback, .lesson-eval-missing")
    assert article.select(".lesson-eval")


@pytest.mark.parametrize("name", EPISODES)
def test_episode_has_the_parts_of_an_episode(soups, name):
    article = soups[f"episodes/{name}"].find("article")
    for block in ("questions", "objectives", "keypoints", "quiz"):
        assert article.select(f".lesson-{block}"), block
    challenges = article.select(".lesson-challenge")
    assert len(challenges) >= 3
    assert all(challenge.select(".lesson-solution") for challenge in challenges)


@pytest.mark.parametrize("name", EPISODES)
def test_episode_shows_both_languages_and_compares_them(soups, name):
    article = soups[f"episodes/{name}"].find("article")
    labels = {label.get_text(strip=True) for label in article.select(".sd-tab-label")}
    assert {"PyMC", "Stan"} <= labels
    text = article.get_text()
    assert (
        "generated quantities"
        not in "".join(block.get_text() for block in article.select(".highlight-stan"))
        or "log_lik" in text
    )
    assert "pm.Model(" in text
    assert "parameters {" in text


@pytest.mark.parametrize("name", EPISODES)
def test_nothing_for_instructors_reaches_the_learners_site(site, name):
    source = (ROOT / "episodes" / f"{name}.md").read_text()
    blocks = re.findall(r"^(:{3,}|`{3,})\{instructor\}.*?\n(.*?)^\1\s*$", source, flags=re.M | re.S)
    assert blocks
    phrases = {
        " ".join(words[start : start + 6])
        for _, block in blocks
        for line in block.splitlines()
        for words in [re.sub(r"[^\w\s'’]", " ", line).split()]
        for start in range(0, max(len(words) - 5, 0), 6)
    }
    assert len(phrases) > 5
    # the learners' own text may share a phrase with a note; a leak shares nearly all
    for path in [p for p in site.rglob("*") if site / "instructor" not in p.parents]:
        if path.suffix in {".html", ".js", ".txt", ".ipynb", ".md", ".xml"}:
            text = re.sub(r"<[^>]+>|[^\w\s'’]", " ", path.read_text(encoding="utf8"))
            text = " ".join(text.split())
            leaked = [phrase for phrase in phrases if phrase in text]
            assert len(leaked) <= len(phrases) / 10, (path, leaked)
    assert not (site / "_sources").exists()


def without_downloads(article):
    """Leave out what only a site that is finished has: downloads, small pictures, files of charts."""
    for element in article.select("nav.lesson-downloads"):
        element.decompose()
    for image in article.select(".lesson-figure-entry img"):
        image["src"] = "picture"
    for chart in article.select(".lesson-explorable-chart"):
        chart.replace_with("chart")
    return str(article).split()


def test_plain_jupyter_book_gives_the_same_pages_and_executes_nothing(site, tmp_path):
    command = ["jupyter-book", "build", ".", "-W", "--keep-going", "--path-output", str(tmp_path)]
    executable = Path(sys.executable).with_name(command[0])
    ran = subprocess.run(
        [str(executable), *command[1:]], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, f"{ran.stdout[-3000:]}\n{ran.stderr[-3000:]}"
    assert "Executed notebook" not in ran.stdout + ran.stderr
    for page in PAGES:
        ours, plain = (
            BeautifulSoup((folder / f"{page}.html").read_text(encoding="utf8"), "html5lib")
            for folder in (site, tmp_path / "_build" / "html")
        )
        assert without_downloads(ours.find("article")) == without_downloads(plain.find("article"))
