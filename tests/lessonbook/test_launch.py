"""Links that run a notebook elsewhere: only where it has an address, and only to what is there."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import yaml
from bs4 import BeautifulSoup

from lessonbook.launch import Repository, launch_links

from .courses import call, cell, write_course

URL = "https://github.com/someone/lesson"
SERVICES = {
    "binderhub_url": "https://mybinder.org/",
    "jupyterhub_url": "https://hub.example.org",
    "colab_url": "https://colab.research.google.com",
}


def build(root, repository=None, buttons=SERVICES, status=0, **html):
    config = yaml.safe_load((root / "_config.yml").read_text())
    config["launch_buttons"] = buttons
    config["html"].update(html)
    if repository:
        config["repository"] = {"url": repository, "branch": "main"}
    (root / "_config.yml").write_text(yaml.safe_dump(config))
    return call(root, "build", "--view", "learner", "--jobs", "1", status=status)


def links(root, page):
    text = (root / f"_build/html/episodes/{page}.html").read_text()
    header = BeautifulSoup(text, "html.parser").select_one(".article-header-buttons")
    return {a.get_text(): a["href"] for a in header.find_all("a")}


def asked_of_git(address):
    """What nbgitpuller is asked for."""
    return {name: value for name, (value,) in parse_qs(urlsplit(address).query).items()}


def test_notebooks_run_elsewhere_where_they_have_an_address(tmp_path):
    pages = {"one": cell("print(6 * 7)"), "two": "Text.\n"}
    root = write_course(tmp_path / "course", pages, lesson_notebooks_branch="notebooks")
    build(root)
    assert links(root, "one") == {}

    build(root, URL, use_edit_page_button=True)
    found = links(root, "one")
    edit = found.pop("")
    assert edit == f"{URL}/edit/main/episodes/one.md"
    assert list(found) == ["Binder", "JupyterHub", "Colab"]
    notebook = "episodes/one-without-solutions.ipynb"
    # the file that the branch holds is one that the site has
    assert (root / "_build/html" / notebook).is_file()
    assert (
        found["Colab"] == f"{SERVICES['colab_url']}/github/someone/lesson/blob/notebooks/{notebook}"
    )
    pull = {"repo": URL, "branch": "notebooks", "urlpath": f"lab/tree/lesson/{notebook}"}
    assert found["JupyterHub"].startswith("https://hub.example.org/hub/user-redirect/git-pull?")
    assert asked_of_git(found["JupyterHub"]) == pull
    assert found["Binder"].startswith("https://mybinder.org/v2/gh/someone/lesson/main?")
    inner = asked_of_git(found["Binder"])["urlpath"]
    assert inner.startswith("git-pull?") and asked_of_git(inner) == pull
    # a page without code has nothing to run, and no page has its source beside it
    assert list(links(root, "two")) == [""]
    assert not (root / "_build/html/_sources").exists()


def test_services_without_a_branch_of_notebooks_are_a_mistake(tmp_path):
    root = write_course(tmp_path / "course", {"one": cell("1")})
    output = build(root, URL, {"colab_url": SERVICES["colab_url"]}, status=1)
    assert "launch_buttons: found colab_url, and no branch" in output
    assert "lesson_notebooks_branch" in output


@pytest.mark.parametrize(
    ("url", "start"),
    [
        ("https://gitlab.com/group/part/lesson.git", "gl/group%2Fpart%2Flesson/a%2Fb?"),
        ("https://git.example.org/lesson", "git/https%3A%2F%2Fgit.example.org%2Flesson/a%2Fb?"),
    ],
)
def test_other_hosts_are_asked_for_by_their_rules(url, start):
    found = dict(launch_links(Repository(url, "a/b", "c"), "one.ipynb", SERVICES))
    assert found["Binder"].startswith(f"https://mybinder.org/v2/{start}")
    assert "lab%2Ftree%2Flesson%2Fone.ipynb" in found["JupyterHub"]
    assert "Colab" not in found
