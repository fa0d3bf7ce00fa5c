"""Ask every rule, and leave out what authors gave a reason to leave out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from lessonbook.check.course_files.silence import UselessSuppression, all_suppressions
from lessonbook.check.rule import CourseRule, EpisodeRule, PageRule, Rule, SiteRule, all_rules
from lessonbook.check.site import Site
from lessonbook.course import Course, Episode, Page
from lessonbook.findings import Finding
from lessonbook.kept import Kept
from lessonbook.markup import Suppression
from lessonbook.project import CONFIG_NAME
from lessonbook.settings import Settings

_UNSILENCED = frozenset({"LB005", "LB006"})


def check_course(course: Course) -> list[Finding]:
    """Check the sources of a course.

    Parameters
    ----------
    course : Course
        As `lessonbook.source.reader.load_course` reads it.

    Returns
    -------
    list of Finding
        By file and line.
    """
    rules = [rule for rule in all_rules() if not isinstance(rule, SiteRule)]
    found = [finding for rule in rules for finding in _ask(rule, course)]
    return _order(_silence(found, course, rules))


def check_site(
    folder: Path,
    course: Course | None = None,
    *,
    settings: Settings | None = None,
    name: str = "",
    kept: Kept | None = None,
) -> list[Finding]:
    """Check the pages of a built site.

    Parameters
    ----------
    folder : pathlib.Path
        The learners' site; instructors' pages may lie in it under ``instructor``.
    course : Course, optional
        What it was built from. Without it, nothing can be said about instructors' text.
    settings : Settings, optional
        By default the course's.
    name : str
        What to call the folder in findings; by default its path from the course's folder.
    kept : Kept, optional
        What an earlier check of the same pages has found out.

    Returns
    -------
    list of Finding
        By file and line.
    """
    if not name:
        is_inside = course is not None and folder.resolve().is_relative_to(course.root)
        name = (
            folder.resolve().relative_to(course.root).as_posix()
            if course is not None and is_inside
            else folder.name
        )
    site = Site(folder, name, course, settings, kept)
    rules = [rule for rule in all_rules() if isinstance(rule, SiteRule)]
    found = [finding for rule in rules for finding in rule.check(site)]
    ignored = set(site.settings.ignore)
    return _order(finding for finding in found if finding.rule not in ignored)


def _ask(rule: Rule, course: Course) -> Iterator[Finding]:
    if isinstance(rule, CourseRule):
        yield from rule.check(course)
    elif isinstance(rule, (PageRule, EpisodeRule)):
        for page in course.pages:
            yield from _ask_page(rule, page, course)


def _ask_page(rule: PageRule | EpisodeRule, page: Page, course: Course) -> Iterator[Finding]:
    found: Iterable[Finding]
    if isinstance(rule, PageRule):
        found = rule.check(page, course)
    else:
        found = rule.check(page, course) if isinstance(page, Episode) else ()
    limit = page.first_fault if rule.trusts_nesting else None
    for finding in found:
        if limit is None or finding.line is None or finding.line < limit:
            yield finding


def _silence(found: Iterable[Finding], course: Course, rules: Sequence[Rule]) -> Iterator[Finding]:
    """Leave out what is ignored, and report what is ignored in vain."""
    wishes: dict[str, list[Suppression]] = {}
    for file, wish in all_suppressions(course):
        wishes.setdefault(file, []).append(wish)
    course_wide = [wish for wish in wishes.get(CONFIG_NAME, ()) if not wish.last]
    used: set[tuple[Suppression, str]] = set()
    for finding in found:
        own = [wish for wish in wishes.get(finding.file, ()) if wish.covers(finding.line)]
        matching = {
            (wish, finding.rule) for wish in (*own, *course_wide) if finding.rule in wish.rules
        }
        if finding.rule in _UNSILENCED or not matching:
            yield finding
        else:
            used |= matching
    yield from _report_useless(wishes, used, course, rules)


def _report_useless(
    wishes: Mapping[str, Sequence[Suppression]],
    used: Collection[tuple[Suppression, str]],
    course: Course,
    rules: Sequence[Rule],
) -> Iterator[Finding]:
    useless = next(rule for rule in rules if isinstance(rule, UselessSuppression))
    asked = {rule.id: rule for rule in rules}
    for file, of_file in wishes.items():
        for wish in of_file:
            for name in wish.rules if wish.reason else ():
                # what was not asked could not be found
                is_asked = name in asked and (
                    file in course.results or not asked[name].needs_results
                )
                if is_asked and (wish, name) not in used:
                    yield useless.report(file, wish, name)


def _order(found: Iterable[Finding]) -> list[Finding]:
    unique = dict.fromkeys(found)
    return sorted(unique, key=lambda f: (f.file, f.line or 0, f.rule, f.message))
