"""Rules about the built site, as a browser would get it."""

from __future__ import annotations

import json

import pytest

from lessonbook.check.engine import check_site
from lessonbook.settings import Settings
from lessonbook.source.reader import load_course

from .lint_course import CONFIG, write_course

HEAD = (
    '<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>T</title>\n'
    '<meta name="description" content="D">\n{}\n</head>\n<body>\n'
)
"""The body begins in line 9."""


def page(body="<p>Text.</p>", head=""):
    return HEAD.format(head) + body + "\n</body>\n</html>\n"


def write_site(tmp_path, files):
    for name, text in files.items():
        path = tmp_path / "_build" / "html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf8")
    return tmp_path / "_build" / "html"


def found(tmp_path, body="<p>Text.</p>", head="", **files):
    beside = {"other.html": page('<p id="part">x</p>'), "x.png": "", "x.css": "", "x.js": ""}
    site = write_site(tmp_path, {"index.html": page(body, head), **beside, **files})
    return [(f.rule, f.file.removeprefix("html/"), f.line) for f in check_site(site)]


REQUESTS = {
    '<script src="https://example.org/x.js"></script>': 9,
    '<script src="//example.org/x.js"></script>': 9,
    '<img alt="x" src="http://example.org/x.png">': 9,
    '<img alt="x" src="x.png" srcset="x.png 1x, https://example.org/x.png 2x">': 9,
    '<picture><source srcset="https://example.org/x.png"></picture>': 9,
    '<iframe src="https://example.org/"></iframe>': 9,
    '<video poster="https://example.org/x.png"></video>': 9,
    '<object data="https://example.org/x.svg"></object>': 9,
    '<svg><use href="https://example.org/x.svg#a"/></svg>': 9,
    '<p>a</p>\n<p style="background: url(https://example.org/x.png)">b</p>': 10,
    "<style>@import 'https://example.org/x.css';</style>": 9,
    '<style>\np { background: url("https://example.org/x.png") }\n</style>': 9,
    "<script>fetch('https://example.org/x.json')</script>": 9,
    "<script>\nimport('https://example.org/x.js')\n</script>": 10,
    '<script type="module">import x from "https://example.org/x.js"</script>': 9,
    "<script>r.open('GET', 'https://example.org/x')</script>": 9,
    "<script>new WebSocket('wss://example.org/x')</script>": 9,
    "<script>s.src = 'https://example.org/x.js'</script>": 9,
    '<link rel="stylesheet" href="https://example.org/x.css">': 9,
    '<link rel="preconnect" href="https://example.org">': 9,
}
NO_REQUESTS = [
    '<a href="https://example.org/">A link</a>',
    '<link rel="canonical" href="https://example.org/">',
    '<link rel="license" href="https://example.org/">',
    '<meta property="og:image" content="https://example.org/x.png">',
    '<img alt="x" src="data:image/png;base64,AAAA">',
    "<script>const home = 'https://example.org/'</script>",
    "<style>/* url(https://example.org/x.png) */</style>",
    '<p>&lt;script src="https://example.org/x.js"&gt;</p>',
    '<form action="https://example.org/search"></form>',
]


@pytest.mark.parametrize("body", REQUESTS)
def test_request_to_another_host_is_found_at_its_line(tmp_path, body):
    assert found(tmp_path, body) == [("LB081", "index.html", REQUESTS[body])]


@pytest.mark.parametrize("body", NO_REQUESTS)
def test_what_loads_nothing_is_left_alone(tmp_path, body):
    assert found(tmp_path, body) == []


def test_style_sheets_and_scripts_are_looked_into(tmp_path):
    files = {
        "_static/a.css": "p {}\n@font-face { src: url(https://example.org/x.woff2) }\n",
        "_static/b.js": "let a = 1;\nfetch(`https://example.org/x`);\n",
    }
    assert found(tmp_path, **files) == [
        ("LB081", "_static/a.css", 2),
        ("LB081", "_static/b.js", 2),
    ]


@pytest.mark.parametrize("rubbish", ["<![foo[ x", "<![a%", "<!", "</", "<a b='", "<!--", "<x <y>"])
def test_rubbish_is_read_like_a_browser_would(tmp_path, rubbish):
    assert {rule for rule, _, _ in found(tmp_path, f"<p>Text.</p>\n{rubbish}\n<p>x</p>")} == set()


def test_same_id_twice_is_found(tmp_path):
    body = '<p id="a">x</p>\n<p id="b">x</p>\n<p id="a">x</p>'
    assert found(tmp_path, body) == [("LB082", "index.html", 11)]


@pytest.mark.parametrize(
    ("old", "word"),
    [
        ("<title>T</title>", "title"),
        (' lang="en"', "language"),
        ('<meta name="description" content="D">', "description"),
    ],
)
def test_page_without_a_name_is_found(tmp_path, old, word):
    site = write_site(tmp_path, {"index.html": page().replace(old, "")})
    (finding,) = check_site(site)
    assert (finding.rule, finding.line) == ("LB083", 1)
    assert f"the page has no {word};" in finding.message


def test_title_of_a_drawing_is_no_title(tmp_path):
    text = page("<svg><title>Icon</title></svg>").replace("<title>T</title>", "")
    assert [f.rule for f in check_site(write_site(tmp_path, {"index.html": text}))] == ["LB083"]


def test_redirects_and_generated_pages_need_no_description(tmp_path):
    redirect = '<meta http-equiv="Refresh" content="0; url=index.html" />\n'
    bare = page().replace('<meta name="description" content="D">', "")
    site = write_site(tmp_path, {"a.html": redirect, "genindex.html": bare, "index.html": page()})
    assert check_site(site) == []


def test_weight_of_a_page_counts_what_it_loads_once(tmp_path):
    body = '<img alt="a" src="big.png">\n<img alt="b" src="big.png?v=1">'
    site = write_site(tmp_path, {"index.html": page(body), "big.png": "x" * 900_000})
    assert check_site(site) == []
    (finding,) = check_site(site, settings=Settings(page_weight=900_000))
    assert (finding.rule, finding.line) == ("LB084", 1)
    assert "most of it is big.png (0.90 MB)" in finding.message


LINKS = {
    "other.html": None,
    "other.html#part": None,
    "./other.html?x=1": None,
    "/other.html": None,
    "#": None,
    "#top": None,
    "mailto:a@example.org": None,
    "javascript:void(0)": None,
    "x.png": None,
    "index.html": None,
    "./": None,
    "sub/": None,
    "sub/page.html#a%20b": None,
    "absent.html": "which the site does not have",
    "absent/": "which the site does not have",
    "Other.html": "which the site does not have",
    "../outside.html": "which leads out of the site",
    "#absent": "and index.html has no 'absent'",
    "other.html#absent": "and other.html has no 'absent'",
}


@pytest.mark.parametrize("target", LINKS)
def test_links_inside_the_site_are_followed(tmp_path, target):
    files = {
        "index.html": page(f'<a href="{target}">A link</a>'),
        "other.html": page('<p id="part">x</p>'),
        "sub/index.html": page('<a href="../other.html#part">Back</a>'),
        "sub/page.html": page('<a name="a b">x</a>'),
        "x.png": "",
    }
    findings = check_site(write_site(tmp_path, files))
    assert [(f.rule, f.line) for f in findings] == ([("LB085", 9)] if LINKS[target] else [])
    assert all(LINKS[target] in finding.message for finding in findings)


def test_broken_resources_are_found(tmp_path):
    assert found(tmp_path, '<img alt="x" src="absent.png">') == [("LB085", "index.html", 9)]


SOURCE = """\
# A page

Everyone sees this sentence about pooling.

::::{callout}
:::{instructor}
Tell them about the zebracrossing of 1970. Everyone sees this sentence about pooling.

```{code-cell} python
answer = zebra_crossing(42)
```
:::
::::
"""
SECRET = "Tell them about the <em>zebracrossing</em> of 1970."


def secrets(tmp_path, files):
    write_course(tmp_path, {"page.md": SOURCE})
    site = write_site(tmp_path, files)
    findings = check_site(site, load_course(tmp_path))
    assert {finding.rule for finding in findings} <= {"LB080"}
    return [finding.file.removeprefix("_build/html/") for finding in findings]


LEAKS = {
    "index.html": page(f"<p>{SECRET}</p>"),
    "page.html": page("<pre><span>answer</span> = <span>zebra_crossing</span>(42)</pre>"),
    "_sources/page.md.txt": SOURCE,
    "notebook.ipynb": json.dumps(
        {"cells": [{"source": ["x\n", "Tell them about the zebracrossing of 1970.\n"]}]}
    ),
    "feed.xml": "<p>Tell them about the &lt;b&gt;zebracrossing&lt;/b&gt; of 1970.</p>".replace("&lt;b&gt;", "").replace("&lt;/b&gt;", ""),
    "searchindex.js": 'Search.setIndex({"terms":{"pool":0,"zebracrossing":[0]},"titles":["x"]})',
    "hidden.html": page('<template><p>x</p></template><p hidden title="a">' + SECRET + "</p>"),
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_instructor_text_in_learners_files_is_found(tmp_path, name):
    assert set(secrets(tmp_path, {"home.html": page(), name: LEAKS[name]})) == {name}


def test_instructor_pages_and_common_sentences_are_left_alone(tmp_path):
    files = {
        "index.html": page("<p>Everyone sees this sentence about pooling.</p>"),
        "instructor/page.html": page(f"<p>{SECRET}</p>"),
        "instructor/searchindex.js": LEAKS["searchindex.js"],
        "searchindex.js": 'Search.setIndex({"terms":{"pooling":0,"sentence":[0]}})',
    }
    assert secrets(tmp_path, files) == []


def test_rule_is_ignored_for_the_whole_course_with_a_reason(tmp_path):
    config = CONFIG + "  config:\n    lesson_ignore: {LB081: a map that needs its tiles}\n"
    write_course(tmp_path, {"_config.yml": config})
    body = '<script src="https://example.org/x.js"></script>'
    site = write_site(tmp_path, {"index.html": page(body)})
    assert check_site(site, load_course(tmp_path)) == []
    assert [f.rule for f in check_site(site)] == ["LB081"]
