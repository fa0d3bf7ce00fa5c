"""The settings of the schedule as they stand in the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lessonbook.clock import format_time, parse_time
from lessonbook.schedule import Break, Hours, Settings

START, END = 9 * 60, 17 * 60
BREAKS = (Break(15, after=90), Break(60, "Lunch", at=12 * 60 + 30))
FLEXIBILITY = 30

KEYS = ("start", "end", "days", "breaks", "flexibility")
DAY_KEYS = ("title", "start", "end")
BREAK_KEYS = ("title", "minutes", "at", "after")


def read_settings(given: object) -> tuple[Settings, list[str]]:
    """Read what the configuration says of the schedule.

    Parameters
    ----------
    given : object
        The value of ``lesson_schedule``: a mapping with any of the keys ``start`` and ``end``
        (of each day), ``days`` (how many, or a list of titles or of mappings with ``title``,
        ``start`` and ``end``), ``breaks`` (a list of mappings with ``minutes``, ``title`` and
        either ``at`` or ``after``) and ``flexibility`` (minutes).

    Returns
    -------
    settings : Settings
        With defaults in the place of what is missing or wrong.
    problems : list of str
        What was found, and what is allowed.

    Examples
    --------
    >>> settings, problems = read_settings({"start": "10:00", "days": ["Monday"]})
    >>> settings.days
    (Hours(start=600, end=1020, title='Monday'),)
    >>> print(read_settings({"start": "late"})[1][0])
    start: found 'late', allowed a time of the day such as "9:30", in quotes
    """
    reader = _Reader()
    settings = reader.read(given)
    return settings, reader.problems


class _Reader:
    """Collects what is wrong while it reads."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def read(self, given: object) -> Settings:
        values = self._mapping(given, KEYS, "")
        start = self._time(values, "start", START, "")
        end = self._time(values, "end", END, "")
        days = self._days(values.get("days", 1), start, end)
        breaks = self._breaks(values["breaks"], days) if "breaks" in values else BREAKS
        flexibility = self._whole(values, "flexibility", 0, FLEXIBILITY, "")
        return Settings(days, breaks, flexibility)

    def _mapping(self, given: object, keys: tuple[str, ...], where: str) -> Mapping[str, Any]:
        if not isinstance(given, Mapping):
            self._report(where, given, f"a mapping with {', '.join(keys)}")
            return {}
        for key in given:
            if key not in keys:
                self._report(where, key, f"the keys {', '.join(keys)}")
        return given

    def _report(self, where: str, found: object, allowed: str) -> None:
        self.problems.append(f"{where}{': ' if where else ''}found {found!r}, allowed {allowed}")

    def _time(self, values: Mapping[str, Any], key: str, default: int, where: str) -> int:
        if key not in values:
            return default
        try:
            return parse_time(values[key])
        except ValueError as error:
            self.problems.append(f"{where}{key}: found {values[key]!r}, {error}")
            return default

    def _whole(
        self, values: Mapping[str, Any], key: str, least: int, default: int, where: str
    ) -> int:
        value = values.get(key, default)
        if isinstance(value, int) and not isinstance(value, bool) and value >= least:
            return value
        self._report(f"{where}{key}", value, f"a whole number of minutes, at least {least}")
        return default

    def _days(self, given: object, start: int, end: int) -> tuple[Hours, ...]:
        if isinstance(given, int) and not isinstance(given, bool) and 1 <= given <= 366:
            given = [{} for _ in range(given)]
        if not isinstance(given, list) or not given:
            self._report("days", given, "how many there are, or a list of their titles")
            given = [{}]
        return tuple(self._day(item, i, start, end) for i, item in enumerate(given, 1))

    def _day(self, given: object, number: int, start: int, end: int) -> Hours:
        where = f"days, no. {number}"
        if not isinstance(given, Mapping):
            given = {"title": given}
        values = self._mapping(given, DAY_KEYS, where)
        first = self._time(values, "start", start, f"{where}: ")
        last = self._time(values, "end", end, f"{where}: ")
        if first >= last:
            found = f"{format_time(first)} to {format_time(last)}"
            self._report(where, found, "a start before the end")
            first, last = START, END
        return Hours(first, last, str(values.get("title", f"Day {number}")))

    def _breaks(self, given: object, days: tuple[Hours, ...]) -> tuple[Break, ...]:
        if not isinstance(given, list):
            self._report("breaks", given, "a list; an empty one for no breaks")
            return ()
        found = [self._break(item, i, days) for i, item in enumerate(given, 1)]
        breaks = tuple(item for item in found if item is not None)
        if sum(item.after is not None for item in breaks) > 1:
            self._report("breaks", "several with 'after'", "one; give the others a time, 'at'")
        return breaks

    def _break(self, given: object, number: int, days: tuple[Hours, ...]) -> Break | None:
        where = f"breaks, no. {number}"
        values = self._mapping(given, BREAK_KEYS, where)
        if ("at" in values) == ("after" in values):
            self._report(where, given, "either 'at' (a time) or 'after' (minutes of work)")
            return None
        minutes = self._whole(values, "minutes", 1, 15, f"{where}: ")
        title = str(values.get("title", "Break"))
        if "after" in values:
            return Break(minutes, title, after=self._whole(values, "after", 1, 90, f"{where}: "))
        at = self._time(values, "at", 0, f"{where}: ")
        if at and not any(day.start < at < day.end for day in days):
            self._report(f"{where}: at", values["at"], "a time between a day's start and end")
        return Break(minutes, title, at=at) if at else None
