"""The schedule: clock times, breaks and days from minutes."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lessonbook.clock import format_time, parse_time
from lessonbook.schedule import (
    BREAK,
    EPISODE,
    Break,
    Hours,
    Session,
    Settings,
    make_schedule,
)
from lessonbook.schedule_settings import BREAKS, read_settings

COFFEE = Break(15, "Coffee", after=90)
LUNCH = Break(60, "Lunch", at=750)


def rows(days):
    """Each day's rows as text."""
    return [
        [
            f"{format_time(e.start)}-{format_time(e.end)} {e.name}"
            + (f" {e.part}/{e.parts}" if e.parts > 1 else "")
            for e in day.entries
        ]
        for day in days
    ]


def day(start="9:00", end="17:00", title="Day 1"):
    return Hours(parse_time(start), parse_time(end), title)


def plan(minutes, *breaks, days=(), flexibility=30):
    sessions = [Session(chr(97 + i), length, 0) for i, length in enumerate(minutes)]
    return rows(make_schedule(sessions, Settings(tuple(days) or (day(),), breaks, flexibility)))


def test_sessions_follow_each_other():
    assert plan([30, 45]) == [["9:00-9:30 a", "9:30-10:15 b"]]


def test_session_without_minutes_has_no_place():
    assert plan([30, 0, 10]) == [["9:00-9:30 a", "9:30-9:40 c"]]


def test_nothing_to_teach_makes_no_day():
    assert plan([]) == []


def test_break_comes_before_the_session_that_would_run_past_it():
    assert plan([80, 60], COFFEE) == [["9:00-10:20 a", "10:20-10:35 Coffee", "10:35-11:35 b"]]


def test_break_waits_for_the_end_of_a_session_that_ends_soon_after():
    assert plan([50, 50, 10], COFFEE) == [
        ["9:00-9:50 a", "9:50-10:40 b", "10:40-10:55 Coffee", "10:55-11:05 c"]
    ]


def test_long_session_is_parted_by_its_break():
    assert plan([150], COFFEE) == [["9:00-10:30 a 1/2", "10:30-10:45 Coffee", "10:45-11:45 a 2/2"]]


def test_break_at_a_time_moves_to_the_nearer_end_of_a_session():
    assert plan([190, 60], LUNCH) == [["9:00-12:10 a", "12:10-13:10 Lunch", "13:10-14:10 b"]]
    assert plan([150, 80, 5], LUNCH) == [
        ["9:00-11:30 a", "11:30-12:50 b", "12:50-13:50 Lunch", "13:50-13:55 c"]
    ]


def test_without_flexibility_the_break_is_on_time():
    assert plan([150, 80], LUNCH, flexibility=0) == [
        ["9:00-11:30 a", "11:30-12:30 b 1/2", "12:30-13:30 Lunch", "13:30-13:50 b 2/2"]
    ]


def test_break_by_work_gives_way_to_one_that_comes_soon():
    assert plan([90, 100, 60], COFFEE, LUNCH) == [
        [
            "9:00-10:30 a",
            "10:30-10:45 Coffee",
            "10:45-12:25 b",
            "12:25-13:25 Lunch",
            "13:25-14:25 c",
        ]
    ]


def test_session_that_does_not_fit_begins_the_next_day():
    assert plan([120, 90], days=[day(end="12:00"), day("10:00", "12:00", "Two")]) == [
        ["9:00-11:00 a"],
        ["10:00-11:30 b"],
    ]


def test_session_longer_than_a_day_is_parted():
    assert plan([60, 200], days=[day(end="12:00")]) == [
        ["9:00-10:00 a", "10:00-12:00 b 1/2"],
        ["9:00-10:20 b 2/2"],
    ]


def test_day_does_not_end_with_a_break():
    assert plan([90, 90], COFFEE, days=[day(end="10:40")]) == [["9:00-10:30 a"], ["9:00-10:30 b"]]


def test_further_days_are_like_the_last_and_say_so():
    days = make_schedule(
        [Session("a", 60, 0), Session("b", 60, 0)], Settings((day(end="10:00", title="Monday"),))
    )
    assert [(d.hours.title, d.is_extra) for d in days] == [("Monday", False), ("Day 2", True)]


def test_totals_of_a_day():
    (only,) = make_schedule(
        [Session("a", 60, 30), Session("b", 30, 10)], Settings((day(),), BREAKS)
    )
    assert (only.work, only.rest) == (130, 15)


lengths = st.lists(st.integers(0, 400), max_size=12)
hours = st.tuples(st.integers(60, 900), st.integers(30, 500)).map(
    lambda t: Hours(t[0], t[0] + t[1], "a day")
)
settings = st.builds(
    Settings,
    days=st.lists(hours, min_size=1, max_size=3).map(tuple),
    breaks=st.tuples(
        st.lists(st.builds(Break, st.integers(1, 90), at=st.integers(60, 1400)), max_size=3),
        st.lists(st.builds(Break, st.integers(1, 30), after=st.integers(1, 200)), max_size=1),
    ).map(lambda pair: (*pair[0], *pair[1])),
    flexibility=st.integers(0, 60),
)


@hypothesis_settings(deadline=None)  # a busy machine is no failure
@given(lengths, settings)
def test_every_minute_is_taught_in_order_within_the_day(minutes, given_settings):
    sessions = [Session(str(i), length, 0) for i, length in enumerate(minutes)]
    days = make_schedule(sessions, given_settings)
    taught = [e for d in days for e in d.entries if e.kind == EPISODE]
    names = [int(e.name) for e in taught]
    assert names == sorted(names)
    for i, length in enumerate(minutes):
        parts = [e for e in taught if e.name == str(i)]
        assert sum(e.end - e.start for e in parts) == length
        assert [(e.part, e.parts) for e in parts] == [
            (n + 1, len(parts)) for n in range(len(parts))
        ]
    for d in days:
        entries = d.entries
        assert entries[0].start == d.hours.start and entries[-1].end <= d.hours.end
        assert all(e.start < e.end for e in entries)
        assert all(a.end == b.start for a, b in pairwise(entries))
        assert entries[0].kind == entries[-1].kind == EPISODE
        assert d.work + d.rest == entries[-1].end - entries[0].start


@hypothesis_settings(deadline=None)  # a busy machine is no failure
@given(lengths, settings)
def test_no_break_at_a_time_is_taken_twice_in_a_day(minutes, given_settings):
    sessions = [Session(str(i), length, 0) for i, length in enumerate(minutes)]
    for d in make_schedule(sessions, given_settings):
        taken = [e for e in d.entries if e.kind == BREAK]
        fixed = sum(b.at is not None for b in given_settings.breaks)
        if all(b.after is None for b in given_settings.breaks):
            assert len(taken) <= fixed


@hypothesis_settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.integers(1, 100), max_size=12), st.integers(100, 500))
def test_without_breaks_nothing_that_fits_a_day_is_parted(minutes, length):
    sessions = [Session(str(i), m, 0) for i, m in enumerate(minutes)]
    one = Hours(540, 540 + length, "a day")
    for d in make_schedule(sessions, Settings((one,))):
        assert all(e.parts == 1 for e in d.entries)


@hypothesis_settings(deadline=None)  # a busy machine is no failure
@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(60, 120))
def test_nobody_works_much_longer_than_the_break_allows(minutes, after):
    sessions = [Session(str(i), m, 0) for i, m in enumerate(minutes)]
    one = Settings((Hours(60, 1400, "a day"),), (Break(10, after=after),), flexibility=20)
    for d in make_schedule(sessions, one):
        worked = 0
        for e in d.entries:
            worked = 0 if e.kind == BREAK else worked + e.end - e.start
            assert worked <= after + 20


@pytest.mark.parametrize("value", ["9", "9:5", "25:00", "9:60", "", None, 9, True, 9.5, "-1:30"])
def test_what_is_no_time_of_day_is_refused(value):
    with pytest.raises(ValueError, match="allowed a time of the day"):
        parse_time(value)


@pytest.mark.parametrize("value", ["9:30", " 09:30 ", 570])
def test_time_of_day_may_be_what_yaml_makes_of_it(value):
    assert parse_time(value) == 570


def test_defaults_need_no_settings():
    found, problems = read_settings({})
    assert problems == []
    assert found == Settings((Hours(540, 1020, "Day 1"),), BREAKS, 30)


def test_settings_of_several_days():
    found, problems = read_settings(
        {
            "start": "10:00",
            "days": ["Monday", {"title": "Tuesday", "end": "12:00"}],
            "breaks": [{"at": "11:00", "minutes": 20, "title": "Tea"}],
            "flexibility": 5,
        }
    )
    assert problems == []
    assert found.days == (Hours(600, 1020, "Monday"), Hours(600, 720, "Tuesday"))
    assert found.breaks == (Break(20, "Tea", at=660),)
    assert found.flexibility == 5


@pytest.mark.parametrize(
    ("given_settings", "problem"),
    [
        (["9:00"], "found ['9:00'], allowed a mapping with start, end, days, breaks, flexibility"),
        ({"lunch": 1}, "found 'lunch', allowed the keys start, end, days, breaks, flexibility"),
        ({"start": 9}, 'start: found 9, allowed a time of the day such as "9:30", in quotes'),
        ({"days": 0}, "days: found 0, allowed how many there are, or a list of their titles"),
        (
            {"days": [{"begin": 1}]},
            "days, no. 1: found 'begin', allowed the keys title, start, end",
        ),
        (
            {"start": "12:00", "end": "9:00"},
            "days, no. 1: found '12:00 to 9:00', allowed a start before the end",
        ),
        ({"breaks": "none"}, "breaks: found 'none', allowed a list; an empty one for no breaks"),
        (
            {"breaks": [{"minutes": 5}]},
            "breaks, no. 1: found {'minutes': 5}, allowed either 'at' (a time) or 'after' "
            "(minutes of work)",
        ),
        (
            {"breaks": [{"after": 60, "minutes": 0}]},
            "breaks, no. 1: minutes: found 0, allowed a whole number of minutes, at least 1",
        ),
        (
            {"breaks": [{"at": "8:00"}]},
            "breaks, no. 1: at: found '8:00', allowed a time between a day's start and end",
        ),
        (
            {"breaks": [{"after": 60}, {"after": 90}]},
            "breaks: found \"several with 'after'\", allowed one; give the others a time, 'at'",
        ),
        (
            {"flexibility": "some"},
            "flexibility: found 'some', allowed a whole number of minutes, at least 0",
        ),
    ],
)
def test_wrong_setting_is_named_with_what_is_allowed(given_settings, problem):
    _, problems = read_settings(given_settings)
    assert problems == [problem]
