"""Wiring of the Sphinx extension."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import lessonbook
from lessonbook.own_code import own_digest
from lessonbook.sphinx_ext.changed_files import setup_changed_files
from lessonbook.sphinx_ext.citations import setup_citations
from lessonbook.sphinx_ext.config import setup_config
from lessonbook.sphinx_ext.description import setup_description
from lessonbook.sphinx_ext.directives import setup_directives
from lessonbook.sphinx_ext.domain import setup_domain
from lessonbook.sphinx_ext.escaping import setup_escaping
from lessonbook.sphinx_ext.explorables import setup_explorables
from lessonbook.sphinx_ext.fits_page import setup_fits
from lessonbook.sphinx_ext.fragments import setup_fragments
from lessonbook.sphinx_ext.freshness import setup_freshness
from lessonbook.sphinx_ext.highlighting import setup_highlighting
from lessonbook.sphinx_ext.kept_pages import setup_kept_pages
from lessonbook.sphinx_ext.launch import setup_launch
from lessonbook.sphinx_ext.leftovers import setup_leftovers
from lessonbook.sphinx_ext.listing import setup_listing
from lessonbook.sphinx_ext.mathml import setup_mathml
from lessonbook.sphinx_ext.models_page import setup_models
from lessonbook.sphinx_ext.nested_cells import setup_nested_cells
from lessonbook.sphinx_ext.nodes import setup_nodes
from lessonbook.sphinx_ext.note_numbers import setup_note_numbers
from lessonbook.sphinx_ext.numbers import setup_numbers
from lessonbook.sphinx_ext.offline import setup_offline
from lessonbook.sphinx_ext.page_finish import setup_page_finish
from lessonbook.sphinx_ext.pages import setup_pages
from lessonbook.sphinx_ext.parsing import setup_parsing
from lessonbook.sphinx_ext.preview_image import setup_preview_image
from lessonbook.sphinx_ext.quiz import setup_quiz
from lessonbook.sphinx_ext.rereading import setup_rereading
from lessonbook.sphinx_ext.rules import setup_rules
from lessonbook.sphinx_ext.schedule_page import setup_schedule
from lessonbook.sphinx_ext.structure import setup_structure
from lessonbook.sphinx_ext.surroundings import setup_surroundings
from lessonbook.sphinx_ext.theme import setup_theme
from lessonbook.sphinx_ext.video import setup_video
from lessonbook.sphinx_ext.views import setup_views
from lessonbook.sphinx_ext.widgets import setup_widgets

if TYPE_CHECKING:
    from sphinx.application import Sphinx

STATIC_DIR = Path(lessonbook.__file__).parent / "static"


def setup_extension(app: Sphinx) -> dict[str, Any]:
    """Register everything; MyST-NB comes first because some of its parts are replaced."""
    app.setup_extension("myst_nb")
    app.setup_extension("sphinx_design")  # the tabs of a lesson
    setup_config(app)
    setup_parsing(app)
    setup_nodes(app)
    setup_domain(app)
    setup_directives(app)
    setup_quiz(app)
    setup_escaping(app)
    setup_structure(app)
    setup_views(app)
    setup_note_numbers(app)
    setup_widgets(app)
    setup_video(app)
    setup_citations(app)
    setup_fragments(app)
    setup_kept_pages(app)
    setup_listing(app)
    setup_pages(app)
    setup_schedule(app)
    setup_fits(app)
    setup_models(app)
    setup_changed_files(app)
    setup_surroundings(app)
    setup_leftovers(app)
    setup_rereading(app)
    setup_rules(app)
    setup_nested_cells(app)
    setup_freshness(app)
    setup_numbers(app)
    setup_mathml(app)
    setup_explorables(app)
    setup_offline(app)
    setup_description(app)
    setup_preview_image(app)
    setup_theme(app)
    setup_launch(app)
    setup_highlighting(app)
    setup_page_finish(app)
    app.connect("builder-inited", add_assets)
    return {
        "version": lessonbook.__version__,
        # what another version of this package has read, Sphinx must read again
        "env_version": int(own_digest()[:15], 16),
        "parallel_read_safe": True,
        "parallel_write_safe": True,
    }


def add_assets(app: Sphinx) -> None:
    """Add the style sheet and the script to HTML pages."""
    if app.builder.format == "html":
        app.config.html_static_path.append(str(STATIC_DIR))
        app.add_css_file("lesson.css")
        app.add_js_file("lesson.js", loading_method="defer")
