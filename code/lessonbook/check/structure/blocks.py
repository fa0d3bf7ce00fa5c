"""Rules about blocks of any kind."""

from __future__ import annotations

from collections.abc import Iterator

from lessonbook.check.rule import Example, PageRule, register
from lessonbook.course import Course, Page
from lessonbook.findings import Finding
from lessonbook.markup import Block
from lessonbook.source.names import (
    EXTENSION_BLOCKS,
    KNOWN_BLOCKS,
    LESSON_OPTIONS,
    is_known,
    nearest_name,
)

DEEPEST = 12
_DEEP = "\n".join(f"{':' * (20 - i)}{{callout}}" for i in range(DEEPEST + 1))
_DEEP_END = "\n".join(":" * (8 + i) for i in range(DEEPEST + 1))


@register
class UnknownBlock(PageRule):
    """Unknown block."""

    id = "LB022"
    why = (
        "The build knows only the blocks listed in the author's guide; the content of others is "
        "lost."
    )
    bad = Example("# A page\n\n:::{calout}\nText.\n:::\n", 3)
    good = Example("# A page\n\n:::{callout}\nText.\n:::\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Compare each block with those that there are."""
        extra = (EXTENSION_BLOCKS.get(name, ()) for name in course.settings.extra_extensions)
        own = course.settings.containers.union(*extra)
        for block in page.blocks:
            if not is_known(block.name, own):
                yield self.finding(page.path, block.line, self._message(block, own))
        for problem in page.problems:
            if problem.kind == "brace":
                yield self.finding(page.path, problem.line, problem.message)

    def _message(self, block: Block, own: frozenset[str]) -> str:
        near = nearest_name(block.name, KNOWN_BLOCKS | own)
        advice = f"write {{{near}}}" if near else "take one of those in the author's guide"
        return (
            f"found the block {{{block.name}}}, which there is not; {advice}, "
            "or add its name to lesson_containers if an extension brings it."
        )


@register
class TooDeep(PageRule):
    """Blocks nested too deeply."""

    id = "LB025"
    why = (
        f"More than {DEEPEST} boxes inside each other leave no room for text on a telephone, and no"
        " reader knows any more where he is."
    )
    bad = Example(f"# A page\n\n{_DEEP}\nText.\n{_DEEP_END}\n", 3 + DEEPEST)
    good = Example("# A page\n\n::::{callout}\n:::{callout}\nText.\n:::\n::::\n")
    trusts_nesting = True

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report the first block that is too deep, and text that is lost in lists."""
        for problem in page.problems:
            if problem.kind == "depth":
                yield self.finding(page.path, problem.line, problem.message)
        for block in page.blocks:
            if sum(1 for _ in block.ancestors()) == DEEPEST:
                message = (
                    f"{block.name} stands inside {DEEPEST} other blocks, allowed are fewer; "
                    "take some of them away."
                )
                yield self.finding(page.path, block.line, message)


@register
class UnknownOption(PageRule):
    """Unknown option of a block."""

    id = "LB032"
    why = "An option that the block does not have is dropped, with whatever it was meant to do."
    bad = Example("# A page\n\n:::{callout}\n:colour: red\nText.\n:::\n", 4)
    good = Example("# A page\n\n:::{callout}\n:class: wide\nText.\n:::\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Compare the options of a lesson's blocks with those that there are."""
        for block in page.blocks:
            allowed = LESSON_OPTIONS.get(block.kind)
            for option in block.options if allowed else ():
                if allowed and option.name not in allowed:
                    near = nearest_name(option.name, allowed)
                    advice = f"write :{near}:" if near else "correct or remove it"
                    message = (
                        f"{block.name}: found option {option.name!r}, "
                        f"allowed {', '.join(sorted(allowed))}; {advice}."
                    )
                    yield self.finding(page.path, option.line, message)


@register
class BlockTakenForOption(PageRule):
    """Block taken for an option of the block around it."""

    id = "LB033"
    why = (
        "Lines that begin with a colon directly below the opening of a block are its options. A "
        "colon fence there is not read as a block, and its content shows up in the wrong place."
    )
    bad = Example("# A page\n\n::::{callout}\n:class: wide\n:::{note}\nText.\n:::\n::::\n", 5)
    good = Example("# A page\n\n::::{callout}\n:class: wide\n\n:::{note}\nText.\n:::\n::::\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report them at their line."""
        for problem in page.problems:
            if problem.kind == "trapped":
                yield self.finding(page.path, problem.line, problem.message)


@register
class HtmlShownAsText(PageRule):
    """HTML in a title, caption or quiz."""

    id = "LB035"
    why = (
        "Titles, captions and quizzes also stand in tables of contents, search results and "
        "collected pages, so HTML in them is shown as it is written and does nothing."
    )
    bad = Example("# A page\n\n## Yeast <sub>dry</sub>\n\nText.\n", 3)
    good = Example("# A page\n\n## Yeast {sub}`dry`\n\nText.\n")

    def check(self, page: Page, course: Course) -> Iterator[Finding]:
        """Report the first tag of each title, caption and piece of a quiz."""
        for problem in page.problems:
            if problem.kind == "html":
                yield self.finding(page.path, problem.line, problem.message)
