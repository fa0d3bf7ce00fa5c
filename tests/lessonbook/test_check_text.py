"""Rules about text and links: what they find, and above all what they leave alone."""

from __future__ import annotations

import pytest

from .lint_course import CONFIG, lint, lint_files, lint_page, write_course

TITLE = "# A page\n\n"

NOT_RESULTS = [
    "You need Python 3.11.",
    "You need Python 3.11 or newer, and CmdStan 2.27 to 2.38.",
    "Python 3.11 is needed.",
    "It works with numpy 1.26 and pandas 2.2.",
    "Licensed under CC BY 4.0 or GPL 3.0.",
    "On Ubuntu 24.04 and macOS 14.2 it runs.",
    "See section 5.4, and sections 2.1, 2.2 and 3.10 of the book.",
    "Look at Table 5.2, Fig. 3.1 and eq. 2.14.",
    "See § 2.3 and chapter 4.1.",
    "It is on p. 12.3 of the appendix A.1.",
    "Version 2.1 was released on 12.05.2024.",
    "We meet at 9.30 am and again at 14.15 h.",
    "A prior of Normal(0, 2.5), or inverse-gamma(0.001).",
    "Install numpy>=1.26 and scipy==1.13.",
    "Its number is arXiv:1701.02434 and doi 10.1214/06.",
    "The address is 127.0.0.1 and the release 1.4.2.",
    "Half of $0.25$ is `0.125`.",
    "It is {eval}`x:.2f` or {cited}`0.212 <key>`.",
    "[The guide](https://example.org/en/v0.23.4/) and <https://example.org/3.11/>.",
    "![A line at 0.5](plot.png)",
    "| a | b |\n| --- | --- |\n| 0.25 | 1.5 |",
    "```python\nx = 0.25\n```",
    "```{code-cell} python\nprint(0.25)\n```",
    "$$\nx = 0.25\n$$",
    ":::{quiz} The mean is 0.35. What follows?\n- [x] 0.25\n  : Yes.\n- [ ] 0.5\n  : No.\n:::",
    "## 2.1 The second part",
    "File model-0.5.csv and v0.23 and x0.5 and $5.\n",
    "% The mean is 0.25.",
    "1. First\n2. Second",
    "<p>0.25</p>",
]
RESULTS = [
    "The mean is 0.265.",
    "The mean is -0.265, or −3.5.",
    "It rose by 3.7 points.",
    "It rises to 1,234.5 people.",
    "It is (0.25) wide.",
    "Roughly 3.5 of them.",
    "Clemente's average is 0.400.",
    "The ratio of Normal 0.5.",
    "Only p < 0.05 counts.",
    "About 2.5% of them.",
    "- an item of 0.5 kilograms",
    "> A quotation of 0.5.",
    ":::{callout} A title of 0.5\nText.\n:::",
    ":::{quiz} Why?\n- [x] a\n  : Since 0.25 is less.\n- [ ] b\n  : No.\n:::",
    "Term\n: The definition of 0.5.",
    "## About 0.5 of it",
    "The note[^1].\n\n[^1]: It is 0.5.",
]
NOTEBOOK = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\ntitle: T\n---\n\n"


def rules(tmp_path, text):
    files = {"page.md": NOTEBOOK + text + "\n", "plot.png": "", "model-0.5.csv": ""}
    return [rule for rule, _ in lint_files(tmp_path, files)]


@pytest.mark.parametrize("text", NOT_RESULTS)
def test_number_that_is_no_result_is_left_alone(tmp_path, text):
    assert rules(tmp_path, text) == []


@pytest.mark.parametrize("text", RESULTS)
def test_typed_result_is_found(tmp_path, text):
    assert set(rules(tmp_path, text)) == {"LB047"}


def test_typed_result_is_found_at_its_line_of_a_paragraph(tmp_path):
    text = f"{TITLE}One {{eval}}`a\nb` two\n`c\nd` three\nand 0.5 and\nmore.\n"
    assert ("LB047", 7) in lint_page(tmp_path, text)


def test_packages_that_the_course_imports_may_have_versions(tmp_path):
    text = f"{NOTEBOOK}```{{code-cell}} python\nimport nutpie2\n```\n\nWe take nutpie2 0.16.\n"
    assert lint_page(tmp_path, text) == []


GOOD_LINKS = [
    "[the setup](setup.md)",
    "[](setup.md)",
    "[the setup](setup)",
    "[the setup](./setup.md)",
    "[the setup](/setup.md)",
    "[a download](files/data%20set.txt)",
    "[the part](#the-part)",
    "[the challenge](#challenge-one)",
    "{ref}`the-part`, {ref}`words <the-part>` and {eq}`eq-one`",
    "{doc}`setup` and {download}`files/data set.txt`",
    "<https://example.org>",
    "[mail](mailto:someone@example.org)",
    "[a server](http://localhost:8000/)",
    "[text][known]\n\n[known]: https://example.org",
    "a matrix x[1][2] and `[text][url]`",
    "![words](files/plot.png)",
    "![words](files/plot.*)",
    "```{figure} files/plot.png\n:alt: Words.\nCaption.\n```",
    "[the part](#the-part){.wide}",
]
BAD_LINKS = {
    "[here](setup.md)": "LB041",
    "[Click here!](setup.md)": "LB041",
    "[**this link**](setup.md)": "LB041",
    "[](https://example.org)": "LB041",
    "{doc}`here <setup>`": "LB041",
    "[x y](foo:bar)": "LB042",
    "[x y](C:/setup.md)": "LB042",
    "[x y](https//example.org)": "LB042",
    "[x y](https:/example.org)": "LB042",
    "[x y](http://example.org)": "LB043",
    "![words](http://example.org/x.png)": "LB043",
    "<http://example.org>": "LB043",
    '<a href="http://example.org">x y</a>': "LB043",
    "[x y](absent.md)": "LB044",
    "[x y](Setup.md)": "LB044",
    "[x y](setup.html)": "LB044",
    "[x y](files)": "LB044",
    "[x y](files/Data%20set.txt)": "LB044",
    "[x y](unlisted.md)": "LB044",
    "[x y](../../outside.md)": "LB044",
    "![words](absent.png)": "LB044",
    "![words](absent.*)": "LB044",
    "{doc}`absent`": "LB044",
    "{download}`absent.txt`": "LB044",
    "```{literalinclude} absent.py\n```": "LB044",
    "```{csv-table}\n:file: absent.csv\n:header-rows: 1\n```": "LB044",
    "[x y](#absent)": "LB045",
    "[x y](#The-Part)": "LB045",
    "[x y](setup.md#absent)": "LB045",
    "{ref}`absent`": "LB045",
    "{eq}`absent`": "LB045",
    "[x y][https://example.org]": "LB046",
    "[x y][absent]": "LB046",
    "(x y)[https://example.org]": "LB046",
}
LINKED = {
    "setup.md": "# Setup\n\n(the-part)=\n## Part\n\n:::{challenge} C\n:label: challenge-one\n"
    ":minutes: 1\n:open:\nText.\n:::\n\n$$\na\n$$ (eq-one)\n",
    "files/data set.txt": "x",
    "files/plot.png": "",
    "unlisted.md": "# U\n",
}


def link_rules(tmp_path, text):
    write_course(tmp_path, {**LINKED, "page.md": f"{TITLE}{text}\n"}, unlisted=["unlisted.md"])
    return [finding.rule for finding in lint(tmp_path)]


@pytest.mark.parametrize("text", GOOD_LINKS)
def test_good_link_is_left_alone(tmp_path, text):
    assert link_rules(tmp_path, text) == []


@pytest.mark.parametrize("text", BAD_LINKS)
def test_bad_link_is_found(tmp_path, text):
    assert link_rules(tmp_path, text) == [BAD_LINKS[text]]


def test_message_names_the_file_with_the_other_case(tmp_path):
    write_course(tmp_path, {"Setup.md": "# S\n", "page.md": f"{TITLE}[x y](setup.md)\n"})
    assert [str(f) for f in lint(tmp_path)] == [
        "page.md:3: found a link to 'setup.md', which is called Setup.md (case counts); correct "
        "the path or add the file. [LB044]"
    ]


@pytest.mark.parametrize(("anchors", "expected"), [(0, ["LB045"]), (2, [])])
def test_headings_are_targets_where_the_course_says_so(tmp_path, anchors, expected):
    config = CONFIG + f"  config:\n    myst_heading_anchors: {anchors}\n"
    text = f"{TITLE}## A part\n\n[x y](#a-part)\n"
    assert [
        r for r, _ in lint_files(tmp_path, {"_config.yml": config, "page.md": text})
    ] == expected


def test_labels_in_what_a_fence_swallowed_are_not_missed(tmp_path):
    text = f"{TITLE}[x y](#part)\n\n```python\nx\n\n(part)=\n## Part\n"
    assert lint_page(tmp_path, text) == [("LB023", 5)]


def test_labels_of_a_page_that_cannot_be_read_are_not_missed(tmp_path):
    files = {"other.md": "\udcff", "page.md": f"{TITLE}[x y](#part)\n"}
    assert lint_files(tmp_path, files) == [("LB001", 1)]


PLACEHOLDERS = [
    "TO" "DO: write this.", "It is FIX" "ME.", "Lorem ipsum dolor.", "- point 1", "- Key point two.",
    "- Question 3", "…", "- ...", "???", "Insert a figure here", "Your text here.", "-", "1.",
    "The steps are:", "The steps are:\n\n## Next\n\nText.", ":::{callout} TB" "D\nText.\n:::",
    "```python\nx\n```\n\n```{code-cell} python\nx = 1  # TO" "DO\nx\n```",
]  # fmt: skip
NO_PLACEHOLDERS = [
    "The steps are:\n\n- one\n- two", "The code is:\n\n```python\nx\n```", "- point 1 is the first",
    "Methods: two.", "- [ ] a task", "A tod" "o list.", "The point 1 lies left.",
    "The formula is:\n\n$$\nx\n$$", "As follows:\n\n:::{callout}\nText.\n:::",
]  # fmt: skip


@pytest.mark.parametrize("text", PLACEHOLDERS)
def test_placeholder_is_found(tmp_path, text):
    assert "LB040" in rules(tmp_path, text)


@pytest.mark.parametrize("text", NO_PLACEHOLDERS)
def test_text_that_only_looks_like_a_placeholder_is_left_alone(tmp_path, text):
    assert rules(tmp_path, text) == []


@pytest.mark.parametrize(
    "text",
    [
        "{kbd}`Enter`, {cite:t}`a`, {bdg-info-line}`new`, {py:func}`abs`, {material-regular}`home`.",
        "{external:py:func}`numpy.mean` and {external+numpy:py:func}`numpy.mean`.",
        "```{role} loud(strong)\n```\n\n{loud}`Text`.",
        "```{eval-rst}\n.. role:: loud\n```\n\n{loud}`Text`.",
        "`{loud}` is no role, nor is `` {loud}`x` ``.",
    ],
)
def test_roles_that_there_are_or_may_be_are_left_alone(tmp_path, text):
    assert lint_page(tmp_path, TITLE + text) == []


@pytest.mark.parametrize("extension", ["sphinx.ext.extlinks", "our_own"])
def test_roles_are_left_alone_where_an_extension_may_bring_them(tmp_path, extension):
    config = CONFIG.replace("[lessonbook]", f"[lessonbook, {extension}]")
    files = {"_config.yml": config, "page.md": TITLE + "{loud}`Text`."}
    assert lint_files(tmp_path, files) == []


@pytest.mark.parametrize("text", ["{loud}`Text`.", "{pyy:func}`abs`.", "{bdg-loud}`new`."])
def test_roles_that_there_are_not_are_found(tmp_path, text):
    config = CONFIG.replace("[lessonbook]", "[lessonbook, sphinx.ext.todo]")
    assert lint_files(tmp_path, {"_config.yml": config, "page.md": TITLE + text}) == [("LB048", 3)]
