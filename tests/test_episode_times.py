"""The minutes of the course's episodes: they add up, and an episode fits an hour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lessonbook.course import Episode
from lessonbook.source.reader import load_course

ROOT = Path(__file__).parent.parent
TIMINGS = re.compile(
    r"^\*\*Timings \((\d+) min teaching, quizzes included, and (\d+) min challenges\)\.\*\* (.*)\.$",
    re.MULTILINE,
)
EPISODES = sorted(
    (page for page in load_course(ROOT).pages if isinstance(page, Episode)),
    key=lambda page: page.path,
)


@pytest.fixture(params=EPISODES, ids=lambda page: Path(page.path).stem)
def episode(request):
    return request.param


def read_times(episode):
    return tuple(episode.front_matter.values[name] for name in ("teaching", "exercises"))


def minutes_in_class(episode):
    """Minutes of each challenge in class, by its number."""
    challenges = enumerate(episode.blocks_of("challenge"), 1)
    return {n: int(c.option("minutes").value) for n, c in challenges if c.option("home") is None}


def read_timings(episode):
    """What the notes give, as pairs of a name and minutes, and the sums that they state."""
    text = (ROOT / episode.path).read_text("utf8")
    (found,) = TIMINGS.findall(text)
    parts = [re.fullmatch(r"(.+) \((\d+)\)", part) for part in found[2].split(" · ")]
    return [(part[1], int(part[2])) for part in parts], (int(found[0]), int(found[1]))


def test_there_are_fourteen_episodes():
    assert len(EPISODES) == 14


def test_an_episode_takes_between_twenty_minutes_and_an_hour(episode):
    assert 20 <= sum(read_times(episode)) <= 60


def test_exercises_are_the_challenges_in_class(episode):
    in_class = minutes_in_class(episode)
    assert read_times(episode)[1] == sum(in_class.values())
    assert len(in_class) >= 2


def test_timings_of_the_notes_add_up_to_the_front_matter(episode):
    timings, stated = read_timings(episode)
    challenges = [minutes for name, minutes in timings if name.startswith("*challenge")]
    sections = [minutes for name, minutes in timings if not name.startswith("*challenge")]
    assert (sum(sections), sum(challenges)) == stated == read_times(episode)


def test_timings_name_the_challenges_in_class_with_their_minutes(episode):
    timings, _ = read_timings(episode)
    named = [(name, minutes) for name, minutes in timings if name.startswith("*challenge")]
    expected = minutes_in_class(episode)
    assert named == [(f"*challenge {n}*", minutes) for n, minutes in expected.items()]


def test_notes_name_every_challenge_at_home(episode):
    text = (ROOT / episode.path).read_text("utf8")
    (note,) = re.findall(r"^\*\*At home\.\*\* (Challenges [\d, to]+ and \d+)", text, re.M)
    numbers = set(map(int, re.findall(r"\d+", note)))
    for first, last in re.findall(r"(\d+) to (\d+)", note):
        numbers |= set(range(int(first), int(last)))
    count = len(list(episode.blocks_of("challenge")))
    assert numbers == set(range(1, count + 1)) - set(minutes_in_class(episode))
