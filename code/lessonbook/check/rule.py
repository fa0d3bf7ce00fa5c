"""What a rule of the linter is, and where the rules are found."""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from types import ModuleType
from typing import ClassVar, TypeVar

from lessonbook.check.site import Site
from lessonbook.course import Course, Episode, Page
from lessonbook.findings import Finding, Severity

FAMILIES = (
    "course_files",
    "structure",
    "text_and_links",
    "figures_and_tables",
    "code_cells",
    "data",
    "built_site",
)
"""The packages with rules, in the order in which they are documented."""


@dataclass(frozen=True)
class Example:
    """A file, in a course that is in order but for it.

    Attributes
    ----------
    text : str
        What stands in the file.
    line : int
        Where the rule finds something; 0 if it finds nothing.
    path : str
        The file's path from the course's folder.
    files : dict of str to str
        Further files that the course needs.
    outputs : tuple of tuple of dict
        What the code cells of the page gave, in the notebook format.
    is_listed : bool
        Whether the page stands in the table of contents.
    """

    text: str
    line: int = 0
    path: str = "page.md"
    files: Mapping[str, str] = field(default_factory=dict)
    outputs: tuple[tuple[Mapping[str, object], ...], ...] = ()
    is_listed: bool = True


class Rule:
    """A rule; the first line of its docstring is its title.

    Attributes
    ----------
    id : str
        Never given to another rule, also when this one is gone.
    severity : {"error", "warning"}
    why : str
        What goes wrong for readers or authors where the rule is broken.
    bad, good : Example
        The tests run the whole linter on both.
    trusts_nesting : bool
        Whether it asks which block stands in which; it is then silent about what follows a fence
        that is not closed.
    needs_results : bool
        Whether it asks what the code cells gave, which is known only after a build.
    """

    id: ClassVar[str]
    severity: ClassVar[Severity] = "error"
    why: ClassVar[str]
    bad: ClassVar[Example]
    good: ClassVar[Example]
    trusts_nesting: ClassVar[bool] = False
    needs_results: ClassVar[bool] = False

    @property
    def title(self) -> str:
        """What is wrong where the rule is broken."""
        return (self.__doc__ or "").strip().split("\n")[0].rstrip(".")

    @property
    def family(self) -> str:
        """The package that it stands in."""
        return type(self).__module__.split(".")[2]

    def finding(self, file: str, line: int | None, message: str) -> Finding:
        """Return a finding of this rule."""
        return Finding(file, line, message, self.id, self.severity)


class PageRule(Rule, ABC):
    """A rule about each page."""

    @abstractmethod
    def check(self, page: Page, course: Course) -> Iterable[Finding]:
        """Look at a page."""


class EpisodeRule(Rule, ABC):
    """A rule about each episode."""

    @abstractmethod
    def check(self, episode: Episode, course: Course) -> Iterable[Finding]:
        """Look at an episode."""


class CourseRule(Rule, ABC):
    """A rule about the course as a whole."""

    @abstractmethod
    def check(self, course: Course) -> Iterable[Finding]:
        """Look at the course."""


class SiteRule(Rule, ABC):
    """A rule about the built site."""

    @abstractmethod
    def check(self, site: Site) -> Iterable[Finding]:
        """Look at the site."""


_RULES: dict[str, Rule] = {}
RuleClass = TypeVar("RuleClass", bound=type[Rule])


def register(rule: RuleClass) -> RuleClass:
    """Make a rule known; a decorator for its class."""
    if rule.id in _RULES:
        raise ValueError(f"{rule.__name__}: {rule.id} is taken by {type(_RULES[rule.id]).__name__}")
    _RULES[rule.id] = rule()
    return rule


def all_rules() -> list[Rule]:
    """Return every rule, in the order of the ids."""
    for family in FAMILIES:
        _import_modules(import_module(f"lessonbook.check.{family}"))
    return [_RULES[name] for name in sorted(_RULES)]


def _import_modules(package: ModuleType) -> None:
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)


def family_title(family: str) -> str:
    """What a family of rules is about."""
    return (import_module(f"lessonbook.check.{family}").__doc__ or "").strip().rstrip(".")
