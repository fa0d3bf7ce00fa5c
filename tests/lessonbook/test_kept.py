"""What a build keeps for the next one, and what is done beside it."""

from __future__ import annotations

import os
import signal
import time

import pytest
import yaml

from lessonbook import kept as module
from lessonbook.beside import beside
from lessonbook.findings import Finding, LessonbookError
from lessonbook.kept import Kept, keep
from lessonbook.source.reader import PageReader, load_course

from .courses import call, edit, write_course, write_episode


def fail():
    raise AssertionError("made anew")


def stop():
    raise ValueError("stop")


def test_a_result_is_made_once_for_each_kind_and_content(tmp_path):
    path = tmp_path / "folder" / "some.kept"
    with keep(path) as kept:
        assert kept.get("length", "a page", lambda: 6) == 6
        assert kept.get("words", "a page", lambda: 2) == 2
    with keep(path) as kept:
        assert kept.get("length", "a page", fail) == 6
        assert kept.get("words", b"a page", fail) == 2
        with pytest.raises(AssertionError):
            kept.get("length", "another page", fail)


def test_what_a_build_does_not_use_is_forgotten(tmp_path):
    path = tmp_path / "some.kept"
    for content in ("one", "two"):
        with keep(path) as kept:
            kept.get("kind", content, lambda: 1)
    with pytest.raises(AssertionError):
        Kept(path).get("kind", "one", fail)
    assert Kept(path).get("kind", "two", fail) == 1


def test_nothing_is_kept_of_a_build_that_fails(tmp_path):
    with pytest.raises(ValueError, match="stop"), keep(tmp_path / "some.kept") as kept:
        kept.get("kind", kept.get("kind", "one", lambda: "two"), stop)
    assert not (tmp_path / "some.kept").exists()


@pytest.mark.parametrize("damage", [b"", b"noise", b"\x80\x05K\x01.", None])
def test_a_damaged_file_costs_one_more_making(tmp_path, damage):
    path = tmp_path / "some.kept"
    with keep(path) as kept:
        kept.get("kind", "one", lambda: 1)
    path.write_bytes(path.read_bytes()[:-9] if damage is None else damage)
    with keep(path) as kept:
        assert kept.get("kind", "one", lambda: 2) == 2
    assert Kept(path).get("kind", "one", fail) == 2


def test_another_version_makes_everything_anew(tmp_path, monkeypatch):
    path = tmp_path / "some.kept"
    with keep(path) as kept:
        kept.get("kind", "one", lambda: 1)
    with pytest.raises(AssertionError):
        Kept(path, version="of a library").get("kind", "one", fail)
    monkeypatch.setattr(module, "own_digest", lambda: "another")
    with pytest.raises(AssertionError):
        Kept(path).get("kind", "one", fail)


def test_both_are_done_at_the_end_of_the_block(tmp_path):
    with beside(lambda: (tmp_path / "one").write_text("1")):
        (tmp_path / "two").write_text("2")
    assert {path.name for path in tmp_path.iterdir()} == {"one", "two"}


def test_what_fails_beside_fails_here(tmp_path):
    finding = Finding("page.md", 3, "found a mistake; mend it", "LB001")

    def work():
        raise LessonbookError(finding)

    with pytest.raises(LessonbookError) as caught, beside(work):
        (tmp_path / "done").touch()
    assert caught.value.findings == (finding,)
    assert (tmp_path / "done").exists()


def test_a_copy_that_is_killed_is_no_success():
    with pytest.raises(ChildProcessError), beside(lambda: os.kill(os.getpid(), signal.SIGKILL)):
        pass


def test_a_copy_is_not_left_behind(tmp_path):
    def work():
        (tmp_path / "pid").write_text(str(os.getpid()))
        time.sleep(600)

    def wait_and_stop():
        while not (tmp_path / "pid").exists() or not (tmp_path / "pid").read_text():
            time.sleep(0.01)
        stop()

    with pytest.raises(ValueError, match="stop"), beside(work):
        wait_and_stop()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_code_that_is_not_of_its_language_is_warned_of_in_each_build(tmp_path):
    course = write_course(tmp_path, {"one": "```json\n{what}\n```\n\n```python\nx = 1\n```\n"})
    first = call(course, "build", "--no-strict")
    edit(course / "episodes/one.md", "x = 1", "x = 2")
    second = call(course, "build", "--no-strict")
    for output in (first, second):
        assert output.count('\\n\' as "json" resulted in an error') == 2  # a view each
    page = (course / "_build/html/episodes/one.html").read_text()
    assert '<span class="m">2</span>' in page and '<span class="m">1</span>' not in page
    assert list((course / "_build/.render/learner/doctrees").rglob("*.kept"))


def test_page_whose_source_is_the_same_is_not_parsed_again(tmp_path, monkeypatch):
    course = write_course(tmp_path / "course", {"a": "One.\n", "b": "Two.\n"})
    parse, parsed = PageReader.parse, []

    def note(self, path, text):
        parsed.append(path)
        return parse(self, path, text)

    monkeypatch.setattr(PageReader, "parse", note)

    def load():
        parsed.clear()
        with keep(tmp_path / "sources.kept") as kept:
            return load_course(course, kept=kept)

    first = load()
    assert parsed == [page.path for page in first.pages]
    assert repr(load().pages) == repr(first.pages)
    assert parsed == []
    write_episode(course, "b", "Three.\n")
    assert any("Three." in page.text for page in load().pages)
    assert parsed == ["episodes/b.md"]
    # other blocks may be opened with colons now, and episodes lie elsewhere
    config = yaml.safe_load((course / "_config.yml").read_text())
    config["sphinx"]["config"]["lesson_episodes"] = ["lessons"]
    (course / "_config.yml").write_text(yaml.safe_dump(config))
    load()
    assert "index.md" in parsed


def test_what_was_put_is_found_by_the_next_build_and_replaces_what_was_there(tmp_path):
    path = tmp_path / "some.kept"
    with keep(path) as kept:
        assert kept.find("kind", "one") is None
        kept.put("kind", "one", 1)
    with keep(path) as kept:
        assert kept.find("kind", "one") == 1
        kept.put("kind", "one", 2)
    assert Kept(path).find("kind", "one") == 2
