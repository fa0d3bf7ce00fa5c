"""A rule can be ignored where a reason is given, and nowhere else."""

from __future__ import annotations

import pytest

from .lint_course import CONFIG, lint, lint_files, lint_page, write_course

TITLE = "# A page\n\n"
WISH = "lessonbook: ignore LB047: it is a price"

SILENT = {
    "line before": f"% {WISH}\nIt costs 2.50.\n",
    "blank line between": f"% {WISH}\n\nIt costs 2.50.\n",
    "several lines of a paragraph": f"% {WISH}\nIt costs\n2.50 or\n3.50.\n",
    "after other comments": f"% lessonbook: ignore LB040: kept\n% {WISH}\nTBD: 2.50.\n",
    "two rules at once": "% lessonbook: ignore LB047, LB040: kept\nTBD: 2.50.\n",
    "HTML comment on the line": f"It costs 2.50. <!-- {WISH} -->\n",
    "HTML comment before": f"<!-- {WISH} -->\n\nIt costs 2.50.\n",
    "in a list": f"- One.\n\n  % {WISH}\n  It costs 2.50.\n",
    "in a block": f":::{{callout}}\n% {WISH}\nIt costs 2.50.\n:::\n",
    "above a block's title": f"% {WISH}\n:::{{callout}} Only 2.50\nText.\n:::\n",
    "above a heading": f"% {WISH}\n## Only 2.50\n\nText.\n",
}


@pytest.mark.parametrize("place", SILENT)
def test_comment_silences_the_line_below(tmp_path, place):
    assert lint_page(tmp_path, TITLE + SILENT[place]) == []


def test_comment_does_not_reach_further(tmp_path):
    text = f"{TITLE}% {WISH}\nIt costs 2.50.\n\nAnd 3.50.\n"
    assert lint_page(tmp_path, text) == [("LB047", 6)]


def test_comment_silences_only_the_rules_that_it_names(tmp_path):
    text = f"{TITLE}% {WISH}\nTBD: 2.50.\n"
    assert lint_page(tmp_path, text) == [("LB040", 4)]


FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\ntitle: T\n{}---\n\n"
CELL = "```{{code-cell}} python\n{}import numpy as np\n{}np.random.normal(){}\n```\n"


@pytest.mark.parametrize(
    ("option", "before", "behind"),
    [
        ("", "# lessonbook: ignore LB063: shows it\n", ""),
        ("", "", "  # lessonbook: ignore LB063: shows it"),
        (":tags: [hide-input]\n", "# lessonbook: ignore LB063: shows it\n", ""),
    ],
)
def test_comment_in_code_silences_its_line_and_the_next(tmp_path, option, before, behind):
    assert lint_page(tmp_path, FRONT.format("") + CELL.format(option, before, behind)) == []


def test_comment_above_a_cell_silences_all_of_it(tmp_path):
    text = "% lessonbook: ignore LB063: shows it\n" + CELL.format("", "", "")
    assert lint_page(tmp_path, FRONT.format("") + text) == []


def test_front_matter_silences_the_whole_page(tmp_path):
    front = FRONT.format("lesson_ignore:\n  LB047: a price list\n")
    assert lint_page(tmp_path, f"{front}It costs 2.50.\n\nAnd 3.50.\n") == []


def test_comment_in_front_matter_silences_its_line(tmp_path):
    text = "---\ntitle: [x]  # lessonbook: ignore LB002: shows it\n---\n\n# T\n"
    assert lint_page(tmp_path, text) == []


def test_configuration_silences_the_whole_course(tmp_path):
    config = CONFIG + "  config:\n    lesson_ignore: {LB047: prices everywhere}\n"
    files = {"_config.yml": config, "page.md": f"{TITLE}2.50\n", "other.md": f"{TITLE}3.50\n"}
    assert lint_files(tmp_path, files) == []


def test_comment_in_configuration_silences_its_line(tmp_path):
    comment = "  # lessonbook: ignore LB003: for a plugin"
    config = CONFIG + f"  config:\n    lesson_data: data{comment}\n"
    assert lint_files(tmp_path, {"_config.yml": config}) == []


FAULTY = {
    f"{TITLE}% lessonbook: ignore\nText.\n": ("LB005", 3),
    f"{TITLE}% lessonbook: ignore LB047\n2.50\n": ("LB005", 3),
    f"{TITLE}% lessonbook: ignore LB047:\n2.50\n": ("LB005", 3),
    f"{TITLE}% lessonbook: ignore LB999: why\nText.\n": ("LB005", 3),
    f"{TITLE}% lessonbook: ignore everything: why\nText.\n": ("LB005", 3),
    f"{TITLE}% {WISH}\nText.\n": ("LB006", 3),
    "---\nlesson_ignore:\n  LB047:\n---\n\n# T\n\n2.50\n": ("LB005", 3),
    "---\nlesson_ignore:\n  LB047: why\n---\n\n# T\n": ("LB006", 3),
    "---\nlesson_ignore: [LB047]\n---\n\n# T\n": ("LB002", 2),
}


@pytest.mark.parametrize("text", FAULTY)
def test_faulty_or_useless_wish_is_found(tmp_path, text):
    assert lint_page(tmp_path, text) == [FAULTY[text]]


def test_useless_wish_of_the_course_is_found(tmp_path):
    config = CONFIG + "  config:\n    lesson_ignore:\n      LB047: prices\n"
    write_course(tmp_path, {"_config.yml": config, "page.md": TITLE})
    assert [str(finding) for finding in lint(tmp_path)] == [
        "_config.yml:8: LB047 finds nothing here; remove it from the comment or setting. [LB006]"
    ]


def test_wish_about_results_is_not_useless_before_a_build(tmp_path):
    text = "% lessonbook: ignore LB062: a warning that is explained\n```{code-cell}\n1\n```\n"
    assert lint_page(tmp_path, FRONT.format("") + text) == []


def test_findings_about_wishes_cannot_be_ignored(tmp_path):
    text = f"{TITLE}% lessonbook: ignore LB005, LB006: all is well\n% {WISH}\nText.\n"
    assert ("LB006", 4) in lint_page(tmp_path, text)
