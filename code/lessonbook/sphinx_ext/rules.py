"""The linter's rules on a page, and the settings that only the linter reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.util.docutils import SphinxDirective

from lessonbook.check.rules_page import rules_page
from lessonbook.settings import (
    DEFAULT_DATA_FOLDERS,
    DEFAULT_EPISODE_FOLDERS,
    DEFAULT_PAGE_WEIGHT,
    DEFAULT_SAMPLING_CALLS,
)

if TYPE_CHECKING:
    from sphinx.application import Sphinx


class RulesDirective(SphinxDirective):
    """Every rule of the linter, with its reason and its examples."""

    has_content = False

    def run(self) -> list[nodes.Node]:
        """Return the sections."""
        lines = StringList(rules_page().split("\n"), "lesson-rules")
        holder = nodes.section()
        holder.document = self.state.document
        self.state.nested_parse(lines, self.content_offset, holder, match_titles=True)
        return holder.children


def setup_rules(app: Sphinx) -> None:
    """Register the directive, and settings whose change needs no page to be built again."""
    app.add_directive("lesson-rules", RulesDirective)
    for name, default in (
        ("lesson_data", list(DEFAULT_DATA_FOLDERS)),
        ("lesson_episodes", list(DEFAULT_EPISODE_FOLDERS)),
        ("lesson_sampling_calls", list(DEFAULT_SAMPLING_CALLS)),
    ):
        app.add_config_value(name, default, "", (list, tuple))
    app.add_config_value("lesson_ignore", {}, "", (dict,))
    app.add_config_value("lesson_page_weight", DEFAULT_PAGE_WEIGHT, "", (int,))
    app.add_config_value("lesson_page_weights", {}, "", (dict,))
