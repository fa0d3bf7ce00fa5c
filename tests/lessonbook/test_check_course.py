"""Configuration and table of contents are checked, and a broken one stops nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from lessonbook.check.engine import check_course
from lessonbook.check.structure.examples import BODY, FRONT, KEYPOINTS, OBJECTIVES, QUESTIONS
from lessonbook.source.reader import load_course

from .lint_course import CONFIG, lint, lint_files, write_course

BAD_PAGE = {"page.md": "# A page\n\nThe mean is 0.5.\n"}
FOUND = ("LB047", 3)

CONFIGS = {
    "title: [x\n": 2,
    "- a\n- b\n": 1,
    "": 1,
    "\udcff\n": 1,
    "title: x\nsphinx: 5\n": 2,
    "title: x\nparse: [a]\n": 2,
    "title: x\nsphinx:\n  config: [a]\n": 3,
    "title: x\nsphinx:\n  config:\n    lesson_view: teacher\n": 4,
    "title: x\nsphinx:\n  config:\n    lesson_containers: box\n": 4,
    "title: x\nsphinx:\n  config:\n    lesson_page_weight: heavy\n": 4,
    "title: x\nsphinx:\n  config:\n    lesson_sampling_calls: [1]\n": 4,
    "title: x\nsphinx:\n  config:\n    lesson_ignore: [LB047]\n": 4,
    "title: x\nsphinx:\n  config:\n    lesson_contaniers: [box]\n": 4,
    "title: x\nsphinx:\n  config:\n    lesson_schedule: {start: late}\n": 4,
    "title: x\nparse:\n  myst_enable_extensions: [no_such_thing]\n": 1,
    "title: x\ndate: 2024-13-45\n": 1,
}


@pytest.mark.parametrize("config", CONFIGS)
def test_unusable_configuration_is_found_at_its_line_and_the_pages_too(tmp_path, config):
    found = lint_files(tmp_path, {"_config.yml": config, **BAD_PAGE})
    assert found == [("LB003", CONFIGS[config]), FOUND]


def test_message_says_what_is_allowed(tmp_path):
    config = "title: x\nsphinx:\n  config:\n    lesson_data: data\n    lesson_veiw: learner\n"
    write_course(tmp_path, {"_config.yml": config})
    assert [str(finding) for finding in lint(tmp_path)] == [
        "_config.yml:4: lesson_data: found 'data', allowed a list of words; correct it. [LB003]",
        "_config.yml:5: found the setting 'lesson_veiw', which there is not; write lesson_view. "
        "[LB003]",
    ]


HEAD = "format: jb-book\nroot: index\n"
CONTENTS = {
    "root: [x\n": 2,
    "format: jb-book\n": 1,
    f"{HEAD}chapters:\n- file: absent\n": 4,
    f"{HEAD}chapters:\n- file: {'x' * 400}\n": 4,
    f"{HEAD}chapters:\n- file: page\n- file: page.md\n": 5,
    f"{HEAD}chapters:\n": 3,
    f"{HEAD}chapters: page\n": 3,
    f"{HEAD}chapters:\n- page\n": 4,
    f"{HEAD}chapters:\n- fil: page\n": 4,
    f"{HEAD}chapters:\n- file:\n": 4,
    f"{HEAD}parts:\n- caption: Nothing\n": 4,
    f"{HEAD}parts:\n- caption: Some\n  chapters:\n  - title: x\n": 6,
    f"{HEAD}chapters: &a\n- file: page\n  sections: *a\n": None,
    "\udcff\n": 1,
}


@pytest.mark.parametrize("contents", CONTENTS)
def test_unusable_contents_are_found_at_their_line(tmp_path, contents):
    write_course(tmp_path, {"_toc.yml": contents, "page.md": "# A page\n"})
    found = [(finding.rule, finding.line) for finding in lint(tmp_path)]
    line = CONTENTS[contents]
    assert found == ([] if line is None else [("LB004", line)])


def test_pages_are_checked_although_the_contents_name_a_page_that_is_not_there(tmp_path):
    contents = f"{HEAD}chapters:\n- file: absent\n- file: page\n"
    assert lint_files(tmp_path, {"_toc.yml": contents, **BAD_PAGE}) == [("LB004", 4), FOUND]


def test_missing_files_are_found(tmp_path):
    write_course(tmp_path, {})
    (tmp_path / "_toc.yml").unlink()
    assert [(finding.rule, finding.file) for finding in lint(tmp_path)] == [("LB004", "_toc.yml")]


def test_files_outside_the_table_of_contents_are_checked_in_the_folder_of_episodes(tmp_path):
    files = {"episodes/draft.md": "", "notes/draft.md": "# A draft of 0.5\n"}
    write_course(tmp_path, files, unlisted=files)
    found = lint(tmp_path)
    assert {finding.file for finding in found} == {"episodes/draft.md"}
    assert "LB029" in {finding.rule for finding in found}


def test_excluded_and_included_files_are_no_orphans(tmp_path):
    config = CONFIG + "exclude_patterns: [episodes/draft*]\n"
    page = "# A page\n\n```{include} episodes/part.md\n```\n"
    part = "---\nteaching: 0\nexercises: 0\n---\n\nText.\n"
    files = {"_config.yml": config, "page.md": page, "episodes/part.md": part}
    write_course(
        tmp_path, {**files, "episodes/draft.md": ""}, ["episodes/part.md", "episodes/draft.md"]
    )
    assert "LB029" not in {finding.rule for finding in lint(tmp_path)}


def test_folder_of_episodes_can_be_configured(tmp_path):
    config = CONFIG + "  config:\n    lesson_episodes: [lessons]\n"
    write_course(tmp_path, {"_config.yml": config, "lessons/a.md": "", "episodes/b.md": "# B\n"})
    assert {finding.file for finding in lint(tmp_path)} == {"lessons/a.md"}


def test_blocks_of_the_course_are_known_and_looked_into(tmp_path):
    config = CONFIG + "  config:\n    lesson_containers: [mystery]\n"
    page = "# A page\n\n::::{mystery}\n:::{solution}\nText.\n:::\n::::\n"
    assert lint_files(tmp_path, {"_config.yml": config, "page.md": page}) == [("LB021", 4)]


def test_page_is_parsed_once_for_all_rules(tmp_path):
    write_course(
        tmp_path,
        {
            "page.md": "# A page\n\n::::{challenge} C\n:minutes: 5\n\n"
            ":::{solution}\n{eval}`x`\n:::\n::::\n"
        },
    )
    page = load_course(tmp_path).page("page")
    challenge, solution = page.blocks
    assert (challenge.line, challenge.end_line, solution.line, solution.end_line) == (3, 9, 6, 8)
    assert solution.parent is challenge and list(solution.ancestors()) == [challenge]
    assert page.children_of(challenge) == [solution]
    assert [(role.name, role.line, role.block) for role in page.roles] == [("eval", 7, solution)]


def test_notebooks_and_restructured_text_are_left_to_sphinx(tmp_path):
    files = {
        "_toc.yml": f"{HEAD}chapters:\n- file: a\n- file: b\n",
        "a.ipynb": "{}",
        "b.rst": "B\n=\n",
    }
    assert lint_files(tmp_path, files) == []


def test_this_course_is_in_order():
    root = Path(__file__).parents[2]
    course = load_course(root)
    drafts = {page.path for page in course.pages if page.name not in course.contents}
    findings = [finding for finding in check_course(course) if finding.file not in drafts]
    assert [str(finding) for finding in findings if finding.severity == "error"] == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("html:\n  favicon: 3", "_config.yml:5: favicon: found 3, allowed text; correct it."),
        (
            "execute:\n  execute_notebooks: maybe",
            '_config.yml:5: execute_notebooks: found \'maybe\', allowed "auto", "cache", "force", '
            '"inline", "off", false; correct it.',
        ),
        ("execute:\n  timeout: -4", "_config.yml:5: timeout: found -4, allowed a number from -1;"),
        ("exclude_patterns: [a, 3]", "_config.yml:4: exclude_patterns: found 3, allowed text;"),
        ("latex: 1", "_config.yml:4: latex: found 1, allowed settings of the form `name: value`;"),
        (
            "html:\n  use_edit_page_button: true",
            "_config.yml:5: use_edit_page_button: found true without the address of a repository; "
            "write it below `repository:` as `url: …`, or take this setting out.",
        ),
    ],
)
def test_what_jupyter_book_does_not_take_is_found_without_a_build(tmp_path, lines, said):
    config = f"title: A course\nsphinx:\n  extra_extensions: [lessonbook]\n{lines}\n"
    write_course(tmp_path, {"_config.yml": config})
    (finding,) = [str(f) for f in lint(tmp_path)]
    assert finding.startswith(said)
    assert finding.endswith("[LB003]")


@pytest.mark.parametrize(
    "lines",
    [
        "latex:\nlogo:\nexecute:\n  timeout: 30.5\n  execute_notebooks: off",
        "html:\n  use_edit_page_button: true\nrepository:\n  url: https://example.org/x",
        "html:\n  use_edit_page_button: false",
    ],
)
def test_what_jupyter_book_takes_is_left_alone(tmp_path, lines):
    config = f"title: A course\nsphinx:\n  extra_extensions: [lessonbook]\n{lines}\n"
    write_course(tmp_path, {"_config.yml": config})
    assert lint(tmp_path) == []


def write_episode(exercises, *challenges):
    front = f"{FRONT}title: T\nteaching: 40\nexercises: {exercises}\n---\n"
    titled = [
        f":::{{challenge}} C{i}\n{text}:open:\nDo.\n:::\n" for i, text in enumerate(challenges)
    ]
    return "\n".join([front, QUESTIONS, OBJECTIVES, BODY, *titled, KEYPOINTS])


def test_challenges_at_home_do_not_count_and_are_a_remedy(tmp_path):
    text = write_episode(9, ":minutes: 10\n", ":minutes: 50\n:home:\n")
    write_course(tmp_path, {"one.md": text})
    (finding,) = lint(tmp_path)
    assert (finding.rule, finding.line) == ("LB015", 7)
    assert finding.message == (
        "exercises: found 9 minutes, but the challenges add up to 10; write at least 10, shorten a "
        "challenge, or give those for after the session the option :home:."
    )


def test_an_episode_may_have_all_its_challenges_at_home_but_each_needs_minutes(tmp_path):
    write_course(tmp_path, {"one.md": write_episode(0, ":minutes: 10\n:home:\n")})
    assert lint(tmp_path) == []
    write_course(tmp_path, {"one.md": write_episode(0, ":home:\n")})
    assert [finding.rule for finding in lint(tmp_path)] == ["LB014"]
