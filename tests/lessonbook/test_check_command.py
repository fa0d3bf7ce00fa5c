"""``lessonbook check`` as authors, programs and CI call it."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from click.testing import CliRunner

from lessonbook.check.report import FORMATS, format_github, format_text
from lessonbook.commands.check import check
from lessonbook.findings import Finding

from .lint_course import write_course

PAGES = {
    "a.md": "# A\n\nThe mean is 0.5.\n\nSee [here](b.md).\n",
    "b.md": "# B\n\n% lessonbook: ignore LB047: none\nText.\n",
}


def run(*arguments):
    return CliRunner().invoke(check, [str(argument) for argument in arguments])


def test_findings_are_grouped_by_file_sorted_by_line_and_counted(tmp_path):
    result = run("--root", write_course(tmp_path, PAGES))
    lines = result.output.splitlines()
    assert [line.split(" ")[0] for line in lines] == ["a.md:3:", "a.md:5:", "", "b.md:3:", "", "2"]
    assert lines[0].endswith(" [LB047]") and lines[1].endswith(" [LB041]")
    assert lines[3].startswith("b.md:3: warning: ") and lines[3].endswith(" [LB006]")
    assert lines[-1] == "2 errors and 1 warning in 2 files"
    assert result.exit_code == 1


@pytest.mark.parametrize(("options", "status"), [([], 0), (["--strict"], 1)])
def test_warnings_alone_fail_only_a_strict_check(tmp_path, options, status):
    result = run("--root", write_course(tmp_path, {"b.md": PAGES["b.md"]}), *options)
    assert (result.exit_code, result.output.splitlines()[-1]) == (status, "1 warning in 1 file")


def test_course_in_order_gives_one_line(tmp_path):
    result = run("--root", write_course(tmp_path, {"a.md": "# A\n"}))
    assert (result.exit_code, result.output) == (0, "no findings\n")


def test_only_the_pages_that_are_named_are_reported(tmp_path, monkeypatch):
    write_course(tmp_path, PAGES)
    monkeypatch.chdir(tmp_path)
    assert run("b.md").output.splitlines()[-1] == "1 warning in 1 file"
    assert "b.md" not in run(tmp_path / "a.md").output.replace("(b.md)", "")


def test_page_outside_the_table_of_contents_can_be_named(tmp_path):
    root = write_course(tmp_path, PAGES, unlisted=["a.md"])
    result = run("--root", root, "a.md")
    assert [line[-7:] for line in result.output.splitlines()[:3]] == [
        "[LB029]",
        "[LB047]",
        "[LB041]",
    ]


def test_json_has_the_documented_form(tmp_path):
    result = run("--root", write_course(tmp_path, PAGES), "--format", "json")
    report = json.loads(result.output)
    assert {key: report[key] for key in ("version", "errors", "warnings")} == {
        "version": 1, "errors": 2, "warnings": 1,
    }  # fmt: skip
    first = report["findings"][0]
    assert set(first) == {"rule", "severity", "file", "line", "message"}
    assert (first["rule"], first["severity"], first["file"], first["line"]) == (
        "LB047", "error", "a.md", 3,
    )  # fmt: skip


def test_annotations_are_escaped():
    finding = Finding("a,b:c.md", 3, "100%\nof \r it: a, b", "LB040", "warning")
    assert format_github([finding]).splitlines()[0] == (
        "::warning file=a%2Cb%3Ac.md,line=3,title=LB040::100%25%0Aof %0D it: a, b"
    )


def test_finding_without_a_line_is_written_in_every_format():
    finding = Finding("a.md", None, "something; mend it.", "LB040")
    assert format_text([finding]).splitlines()[0] == "a.md: something; mend it. [LB040]"
    assert format_github([finding]).startswith("::error file=a.md,title=LB040::something")
    assert json.loads(FORMATS["json"]([finding]))["findings"][0]["line"] is None


MISUSES = {
    "no course": (lambda root: ["--root", root / "empty"], "found neither _config.yml nor _toc.yml"),
    "no page": (lambda root: ["--root", root, "absent.md"], "found no file absent.md"),
    "page elsewhere": (lambda root: ["--root", root, root / "empty/../../x.md"], "outside the course"),
    "no site": (lambda root: ["--root", root, "--built"], "run lessonbook build before --built"),
    "no format": (lambda root: ["--root", root, "--format", "xml"], "Invalid value for '--format'"),
    "no folder": (lambda root: ["--root", root / "absent"], "does not exist"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISUSES)
def test_misuse_is_refused_with_status_2(tmp_path, name):
    root = write_course(tmp_path / "course", PAGES)
    (root / "empty").mkdir()
    (tmp_path / "x.md").write_text("# X\n")
    arguments, message = MISUSES[name]
    result = run(*arguments(root))
    assert result.exit_code == 2
    assert message in result.output


def test_built_site_is_checked_too(tmp_path):
    root = write_course(tmp_path, {"a.md": "# A\n"})
    (root / "_build" / "html").mkdir(parents=True)
    (root / "_build" / "html" / "a.html").write_text(
        "<html><body><p id='x'><p id='x'></body></html>"
    )
    result = run("--root", root, "--built")
    assert "_build/html/a.html:1: found the id 'x' again" in result.output
    assert result.exit_code == 1


EPISODE = """\
---
file_format: mystnb
kernelspec:
  name: python3
title: Episode {0}
teaching: 40
exercises: 100
---

:::{{questions}}
- What?
:::

:::{{objectives}}
- That.
:::

"""
SECTION = """\
## Section {0}

Some text about *things* with {{eval}}`x_{1}_{0}:.2f`, $x$ and [the first one](01.md), several times over.

```{{code-cell}} python
:tags: [hide-input]
x_{1}_{0} = sum(range(10))
print(x_{1}_{0})
```

::::{{challenge}} Challenge {0}
:minutes: 2

Text.

:::{{solution}}
Text.
:::
::::

"""


def test_course_of_this_size_is_checked_in_two_seconds_of_work(tmp_path):
    # fourteen episodes of 900 lines each; the time of the processor, since other tests run beside
    files = {}
    for number in range(1, 15):
        sections = "".join(SECTION.format(i, number) for i in range(45))
        files[f"episodes/{number:02}.md"] = (
            EPISODE.format(number) + sections + ":::{keypoints}\n- This.\n:::\n"
        )
    root = write_course(tmp_path, files)
    code = (
        "import time, sys; from lessonbook.cli import main\n"
        "try: main(['check', '--root', sys.argv[1]])\n"
        "except SystemExit: print(time.process_time())"
    )
    command = [sys.executable, "-c", code, str(root)]
    times = []
    for _ in range(2):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        times.append((float(done.stdout.split()[-1]), time.perf_counter() - start))
        assert "no findings" in done.stdout
    assert min(times)[0] < 2.0, times
