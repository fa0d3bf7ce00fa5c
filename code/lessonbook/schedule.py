"""When each episode is taught: clock times, breaks and days from the minutes that authors give.

A pure function from sessions and settings to days; nothing here knows of Sphinx. Times are minutes
since midnight.
"""

from __future__ import annotations

import dataclasses as dc
from collections import Counter
from collections.abc import Sequence

EPISODE, BREAK = "episode", "break"


@dc.dataclass(frozen=True)
class Session:
    """What is to be taught in one piece, if possible.

    Attributes
    ----------
    key : str
        Which episode it is.
    teaching, exercises : int
        Minutes; at least 0.
    """

    key: str
    teaching: int
    exercises: int

    @property
    def minutes(self) -> int:
        """Length of the whole."""
        return self.teaching + self.exercises


@dc.dataclass(frozen=True)
class Break:
    """A break at a time of the day, or after so many minutes of work; one of both is given.

    Attributes
    ----------
    minutes : int
        Its length; at least 1.
    title : str
        What it is called.
    at : int or None
        Time of the day.
    after : int or None
        Minutes of work since the last break; at least 1.
    """

    minutes: int
    title: str = "Break"
    at: int | None = None
    after: int | None = None


@dc.dataclass(frozen=True)
class Hours:
    """A day's first and last minute, and what the day is called."""

    start: int
    end: int
    title: str


@dc.dataclass(frozen=True)
class Settings:
    """How time is divided.

    Attributes
    ----------
    days : tuple of Hours
        The days there are. More are added like the last one when they do not suffice.
    breaks : tuple of Break
        At most one of them after minutes of work.
    flexibility : int
        By how many minutes a break may come sooner or later, so as not to part an episode.
    """

    days: tuple[Hours, ...]
    breaks: tuple[Break, ...] = ()
    flexibility: int = 30


@dc.dataclass(frozen=True)
class Entry:
    """A row of the schedule.

    Attributes
    ----------
    start, end : int
        Its first minute, and the minute after its last.
    kind : {"episode", "break"}
        What it is.
    name : str
        The session's key, or the break's title.
    part, parts : int
        Which part of the session this is, from 1, and of how many.
    """

    start: int
    end: int
    kind: str
    name: str
    part: int = 1
    parts: int = 1


@dc.dataclass(frozen=True)
class Day:
    """A day of the schedule; `is_extra` if it is one more than were asked for."""

    hours: Hours
    entries: tuple[Entry, ...]
    is_extra: bool = False

    @property
    def work(self) -> int:
        """Minutes of episodes."""
        return sum(entry.end - entry.start for entry in self.entries if entry.kind == EPISODE)

    @property
    def rest(self) -> int:
        """Minutes of breaks."""
        return sum(entry.end - entry.start for entry in self.entries if entry.kind == BREAK)


def make_schedule(sessions: Sequence[Session], settings: Settings) -> tuple[Day, ...]:
    """Give every session its time.

    Sessions follow each other without gaps. A break that falls due within one moves to its start
    or end, whichever is nearer, if that is within the flexibility; otherwise it parts the session.
    A session that would run past the end of the day begins the next day, if it fits into that;
    otherwise it is parted. A day begins and ends with work, never with a break.

    Parameters
    ----------
    sessions : sequence of Session
        In order; those without minutes are left out.
    settings : Settings
        With at least one day, each of at least one minute.

    Returns
    -------
    tuple of Day
        As many as are needed, without empty ones.

    Examples
    --------
    >>> from lessonbook.clock import format_time
    >>> hours = Hours(9 * 60, 12 * 60, "Monday")
    >>> settings = Settings((hours,), (Break(15, after=90),))
    >>> for day in make_schedule([Session("a", 50, 30), Session("b", 40, 20)], settings):
    ...     for row in day.entries:
    ...         print(format_time(row.start), format_time(row.end), row.name)
    9:00 10:20 a
    10:20 10:35 Break
    10:35 11:35 b
    """
    days = [_start_day(settings, 0)]
    for session in sessions:
        left = session.minutes
        while left:
            left -= _place(settings, days, session.key, left)
    counts = Counter(e.name for day in days for e in day.entries if e.kind == EPISODE)
    seen: Counter[str] = Counter()
    return tuple(
        Day(day.hours, _number_parts(day.entries, counts, seen), number >= len(settings.days))
        for number, day in enumerate(days)
        if day.entries
    )


@dc.dataclass(frozen=True)
class _Clock:
    """How far a day has come."""

    now: int
    fixed: tuple[Break, ...]
    worked: int = 0
    is_fresh: bool = True

    def work(self, minutes: int) -> _Clock:
        return dc.replace(
            self, now=self.now + minutes, worked=self.worked + minutes, is_fresh=False
        )

    def rest(self, item: Break) -> _Clock:
        fixed = tuple(other for other in self.fixed if other is not item)
        return dc.replace(self, now=self.now + item.minutes, worked=0, fixed=fixed)


@dc.dataclass
class _Day:
    """A day that is being filled."""

    hours: Hours
    clock: _Clock
    entries: list[Entry]


def _start_day(settings: Settings, number: int) -> _Day:
    given = settings.days
    if number < len(given):
        hours = given[number]
    else:
        hours = dc.replace(given[-1], title=f"Day {number + 1}")
    within = [b for b in settings.breaks if b.at is not None and hours.start < b.at < hours.end]
    within.sort(key=lambda item: item.at or 0)
    return _Day(hours, _Clock(hours.start, tuple(within)), [])


def _place(settings: Settings, days: list[_Day], name: str, minutes: int) -> int:
    """Place as much of a session as can be; return how many minutes that is."""
    day = days[-1]
    entries, clock = _lay_out(settings, day, name, minutes)
    if clock.now > day.hours.end and day.entries:
        following = _start_day(settings, len(days))
        _, end = _lay_out(settings, following, name, minutes)
        if end.now <= following.hours.end:
            days.append(following)
            return 0
    fitting = _cut(entries, day.hours.end)
    day.entries += fitting
    placed = sum(entry.end - entry.start for entry in fitting if entry.kind == EPISODE)
    if placed < minutes:
        days.append(_start_day(settings, len(days)))
    else:
        day.clock = clock
    return placed


def _lay_out(settings: Settings, day: _Day, name: str, minutes: int) -> tuple[list[Entry], _Clock]:
    """Place a session and its breaks, as far as the first of them that ends after the day does."""
    entries: list[Entry] = []
    clock, left = day.clock, minutes
    while left and clock.now <= day.hours.end:
        item, wait = _next_break(settings, clock)
        flexibility = settings.flexibility
        is_whole = left == minutes and not clock.is_fresh
        if item is None or wait >= left:
            wait = left
        elif wait == 0 or (is_whole and wait <= min(flexibility, left - wait)):
            entries.append(Entry(clock.now, clock.now + item.minutes, BREAK, item.title))
            clock = clock.rest(item)
            continue
        elif left - wait <= flexibility:
            wait = left
        entries.append(Entry(clock.now, clock.now + wait, EPISODE, name))
        clock = clock.work(wait)
        left -= wait
    return entries, clock


def _next_break(settings: Settings, clock: _Clock) -> tuple[Break | None, int]:
    """Return the break that falls due first, if there is one, and in how many minutes."""
    found: list[tuple[int, Break]] = []
    if clock.fixed:
        found.append((max((clock.fixed[0].at or 0) - clock.now, 0), clock.fixed[0]))
    for item in settings.breaks:
        if item.after is not None:
            wait = max(item.after - clock.worked, 0)
            # One at a fixed time that comes soon after takes its place.
            if not found or found[0][0] > wait + settings.flexibility:
                found.append((wait, item))
    if not found:
        return None, 0
    wait, item = min(found, key=lambda pair: pair[0])
    return item, wait


def _cut(entries: list[Entry], end: int) -> list[Entry]:
    """Return what lies before the day's end, without a break at the end."""
    kept = [dc.replace(e, end=min(e.end, end)) for e in entries if e.start < end]
    while kept and kept[-1].kind == BREAK:
        kept.pop()
    return kept


def _number_parts(
    entries: list[Entry], counts: Counter[str], seen: Counter[str]
) -> tuple[Entry, ...]:
    numbered = []
    for entry in entries:
        if entry.kind == EPISODE:
            seen[entry.name] += 1
            entry = dc.replace(entry, part=seen[entry.name], parts=counts[entry.name])
        numbered.append(entry)
    return tuple(numbered)
