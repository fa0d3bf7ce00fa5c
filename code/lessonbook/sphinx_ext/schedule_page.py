"""The schedule as a generated page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst import directives

from lessonbook.clock import format_time
from lessonbook.schedule import EPISODE, Day, Entry, Session, Settings, make_schedule
from lessonbook.schedule_settings import read_settings
from lessonbook.sphinx_ext.domain import PageRecord, find_collected
from lessonbook.sphinx_ext.fragments import take_over
from lessonbook.sphinx_ext.listing import Listing, ListingKind, add_listing
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.nodes import LessonTitle
from lessonbook.sphinx_ext.places import config_place
from lessonbook.sphinx_ext.tables import Cell, make_table

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config

COLUMNS = ("Time", "What", "Teaching (min)", "Challenges (min)", "Total (min)")
AT_HOME = "At home (min)"
DASH = "–"


def collect_schedule(listing: Listing) -> list[nodes.Node]:
    """Return a table for each day, and the totals of all days."""
    episodes = {name: page for name, page in listing.pages() if page.is_episode}
    sessions = [_make_session(name, page) for name, page in episodes.items()]
    settings, _ = read_settings(listing.app.config.lesson_schedule)
    days = make_schedule(sessions, settings)
    if not days:
        return [nodes.paragraph("", "No episode has a time yet.")]
    _warn_of_extra_days(listing, days, settings)
    writer = _Writer(listing, episodes)
    result: list[nodes.Node] = []
    for number, day in enumerate(days, 1):
        result += writer.write_day(day, number, is_only=len(days) == 1)
    if len(days) > 1:
        result.append(writer.write_totals(days, sessions))
    return result


def _make_session(docname: str, page: PageRecord) -> Session:
    return Session(docname, page.teaching or 0, page.exercises or 0)


def _warn_of_extra_days(listing: Listing, days: Sequence[Day], settings: Settings) -> None:
    given = listing.app.config.lesson_schedule
    if isinstance(given, dict) and "days" in given and any(day.is_extra for day in days):
        warn(
            "schedule",
            f"lesson_schedule: days: found {len(settings.days)}, but the episodes need "
            f"{len(days)}; add days, give them more hours, or shorten the episodes",
            config_place(listing.app, "lesson_schedule") or listing.docname,
        )


class _Writer:
    """Writes the days of one schedule."""

    def __init__(self, listing: Listing, episodes: dict[str, PageRecord]) -> None:
        self.listing = listing
        self.episodes = episodes
        self.has_homework = any(page.sum_challenges(at_home=True) for page in episodes.values())

    def write_day(self, day: Day, number: int, *, is_only: bool) -> list[nodes.Node]:
        rows = [self._write_row(entry) for entry in day.entries]
        start, end = day.entries[0].start, day.entries[-1].end
        footer = [
            f"{format_time(start)}{DASH}{format_time(end)}",
            f"Total, with {day.rest} min of breaks" if day.rest else "Total",
            *self._sum_columns(day.entries),
            str(day.work),
            *self._home_column(self._sum_at_home(day.entries)),
        ]
        columns = (*COLUMNS, *self._home_column(AT_HOME))
        table = make_table(columns, rows, classes=["lesson-schedule"], footer=footer, heads=True)
        if is_only and day.hours.title == "Day 1":
            return [table]
        section = nodes.section(ids=[f"lesson-schedule-day-{number}"])
        section += [nodes.title("", day.hours.title), table]
        return [section]

    def _sum_columns(self, entries: Sequence[Entry]) -> list[str]:
        whole = [entry for entry in entries if entry.kind == EPISODE]
        if any(entry.parts > 1 for entry in whole):
            # What an episode's part holds of each is for the instructor to say.
            return ["", ""]
        pages = [self.episodes[entry.name] for entry in whole]
        return [
            str(sum(page.teaching or 0 for page in pages)),
            str(sum(page.exercises or 0 for page in pages)),
        ]

    def _write_row(self, entry: Entry) -> list[Cell]:
        time = f"{format_time(entry.start)}{DASH}{format_time(entry.end)}"
        length = str(entry.end - entry.start)
        if entry.kind != EPISODE:
            name = [nodes.paragraph("", "", nodes.emphasis("", entry.name))]
            return [time, name, "", "", length, *self._home_column("")]
        page = self.episodes[entry.name]
        what: list[nodes.Node] = [nodes.paragraph("", "", self.listing.link(entry.name))]
        if entry.part > 1:
            what[0] += nodes.Text(" (continued)")  # type: ignore[operator]
        elif "questions" in self.listing.options:
            what += self._questions(entry.name)
        parts = [page.teaching or 0, page.exercises or 0] if entry.parts == 1 else ["", ""]
        is_last = entry.part == entry.parts
        home = self._home_column(page.sum_challenges(at_home=True) if is_last else "")
        return [time, what, *map(str, parts), length, *home]

    def _home_column(self, value: object) -> list[str]:
        """Return the cell of a column that is there only if some challenge is for home."""
        return [str(value)] if self.has_homework else []

    def _sum_at_home(self, entries: Sequence[Entry]) -> int:
        ended = [e.name for e in entries if e.kind == EPISODE and e.part == e.parts]
        return sum(self.episodes[name].sum_challenges(at_home=True) for name in ended)

    def _questions(self, docname: str) -> list[nodes.Node]:
        document = self.listing.doctree(docname)
        found = [
            child
            for block in find_collected(document, "questions")
            for child in block.children
            if not isinstance(child, LessonTitle)
        ]
        return [take_over(self.listing.env, docname, found)] if found else []

    def write_totals(self, days: Sequence[Day], sessions: Sequence[Session]) -> nodes.section:
        rows = [[day.hours.title, str(day.work), str(day.rest)] for day in days]
        footer = ["All", str(sum(day.work for day in days)), str(sum(day.rest for day in days))]
        section = nodes.section(ids=["lesson-schedule-totals"])
        section += nodes.title("", "Totals")
        teaching = sum(session.teaching for session in sessions)
        exercises = sum(session.exercises for session in sessions)
        text = f"{teaching} min of teaching and {exercises} min of challenges."
        if self.has_homework:
            minutes = sum(self._sum_at_home(day.entries) for day in days)
            text += f" Further challenges, of {minutes} min, are for after the sessions."
        section += nodes.paragraph("", text)
        columns = ("Day", "Episodes (min)", "Breaks (min)")
        section += make_table(columns, rows, footer=footer, heads=True)
        return section


def describe_settings(listing: Listing) -> str:
    """Return what the schedule depends on beside the pages."""
    return repr(listing.app.config.lesson_schedule)


def check_settings(app: Sphinx, config: Config) -> None:
    """Report what is wrong in the settings, in every build."""
    _, problems = read_settings(config.lesson_schedule)
    for problem in problems:
        warn(
            "config",
            f"lesson_schedule: {problem}; correct it in _config.yml",
            config_place(app, "lesson_schedule"),
        )


def setup_schedule(app: Sphinx) -> None:
    """Register the configuration value and the directive."""
    # Of any type: what is wrong with it is said here, and better.
    app.add_config_value("lesson_schedule", {}, "html", Any)
    app.connect("config-inited", check_settings)
    add_listing(
        app,
        ListingKind(
            "lesson-schedule",
            collect_schedule,
            ("questions",),
            {"questions": directives.flag},
            describe_settings,
        ),
    )
