"""No stale output: what an episode's code reads is part of its notebook's key in the cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbformat import NotebookNode

from lessonbook.environment import watched_digest
from lessonbook.execution_settings import DEFAULT_CACHE, execution_settings
from lessonbook.findings import LessonbookError
from lessonbook.manifest import Manifest
from lessonbook.notebook import EpisodeNotebook, read_notebook
from lessonbook.plan import plan
from lessonbook.project import CONFIG_NAME, TOC_NAME, load_project
from lessonbook.results import ResultStore, set_key
from lessonbook.sphinx_ext.messages import warn
from lessonbook.sphinx_ext.nested_cells import get_episode
from lessonbook.sphinx_ext.stand_ins import add_stand_ins

if TYPE_CHECKING:
    from docutils import nodes
    from sphinx.application import Sphinx
    from sphinx.config import Config
    from sphinx.environment import BuildEnvironment

NOT_RUN = "not run"
"""Key of a page without results, in a build that executes nothing."""

_KEY = "lesson_key"
_KEYS = "lesson_keys"
_HAD_RESULTS = "lesson_had_results"


def setup_freshness(app: Sphinx) -> None:
    """Register the configuration values and the events."""
    app.add_config_value("lesson_dependencies", [], "", (list, tuple))
    # what these say is read by `lessonbook.execution_settings`, without Sphinx
    app.add_config_value("lesson_environment", [], "", (list, tuple))
    app.add_config_value("lesson_episode_timeout", None, "", (int, type(None)))
    app.add_config_value("lesson_output_limit", None, "", (int, type(None)))
    app.add_config_value("lesson_memory_limit", None, "", (int, type(None)))
    # `lessonbook build` has executed what is to be executed before it renders
    app.add_config_value("lesson_results_only", False, "", (bool,))
    app.connect("config-inited", place_cache)
    app.connect("env-get-outdated", find_outdated)
    # after the reader, which marks the page as an episode
    app.connect("source-read", key_notebook, priority=950)
    app.connect("doctree-read", note_key)


def place_cache(app: Sphinx, config: Config) -> None:
    """Give the course one execution cache, whatever is built from it and wherever.

    MyST-NB takes a relative path from the folder in which the command was run, and without one
    keeps a cache beside each output folder: each view would run every episode again.
    """
    path = config.nb_execution_cache_path or DEFAULT_CACHE
    config["nb_execution_cache_path"] = str(Path(app.srcdir, path))


class Keys:
    """The key of each page's results.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    recorded : mapping of str to Manifest
        The pages whose last run still holds.
    dependencies : sequence of str
        Patterns of the files that all other pages may depend on; empty for all files.
    results_only : bool
        Whether pages without results are left without.
    awaited : frozenset of str or None
        The pages with code whose results do not hold; None if that could not be found out.
    """

    def __init__(
        self,
        root: Path,
        recorded: Mapping[str, Manifest],
        dependencies: Sequence[str],
        results_only: bool,
        awaited: frozenset[str] | None = frozenset(),
    ) -> None:
        self.root = root
        self.recorded = recorded
        self.dependencies = dependencies
        self.results_only = results_only
        self.awaited = awaited
        self._watched = ""

    def of(self, docname: str) -> str:
        """Return the key of a page."""
        if docname in self.recorded:
            return self.recorded[docname].key
        if self.results_only:
            return NOT_RUN
        self._watched = self._watched or watched_digest(self.root, self.dependencies)
        return self._watched

    def is_awaited(self, docname: str) -> bool:
        """Tell whether a page has no results now and may have some once it has been executed."""
        return docname not in self.recorded and (self.awaited is None or docname in self.awaited)


def take_keys(app: Sphinx) -> Keys:
    """Find out which pages have results, once for all of them and at the begin of a build.

    Not when Sphinx is made ready: the live preview waits in between until something is edited.
    """
    config = app.config
    uses_cache = config.nb_execution_mode == "cache"
    recorded, awaited = _recorded_runs(app) if uses_cache else ({}, frozenset())
    keys = Keys(
        Path(app.srcdir),
        recorded,
        config.lesson_dependencies,
        config.lesson_results_only,
        awaited,
    )
    setattr(app, _KEYS, keys)
    return keys


def _recorded_runs(app: Sphinx) -> tuple[dict[str, Manifest], frozenset[str] | None]:
    """The runs that hold, by page; and the other pages with code, None where that is not known."""
    root = Path(app.srcdir)
    if not (root / CONFIG_NAME).is_file() or not (root / TOC_NAME).is_file():
        return {}, frozenset()
    try:
        project = load_project(root)
        cache = execution_settings(project).cache
        if cache != Path(app.config.nb_execution_cache_path):
            return {}, frozenset()
        episodes = plan(project).episodes
    except LessonbookError as error:
        for finding in error.findings:
            warn("config", f"no earlier results are used: {finding}", None)
        return {}, None
    valid = {
        episode.page: (episode.code.path, episode.manifest)
        for episode in episodes
        if episode.has_results and episode.manifest is not None
    }
    ResultStore(cache).mend_index(valid.values())
    awaited = frozenset(episode.page for episode in episodes if episode.page not in valid)
    return {page: manifest for page, (_, manifest) in valid.items()}, awaited


def get_keys(app: Sphinx) -> Keys:
    """Return the keys that `take_keys` took."""
    keys: Keys = getattr(app, _KEYS)
    return keys


def key_notebook(app: Sphinx, docname: str, source: list[str]) -> None:
    """Have the page's reader put the key where the cache looks for it."""
    environment: Any = app.env
    # the page that was read before may have switched execution off
    mode = app.config.nb_execution_mode
    path = app.env.doc2path(docname)
    formats = dict(environment.mystnb_config.custom_formats)
    episode = get_episode(app.env)
    if episode is not None and path in formats:
        keys = get_keys(app)
        key = keys.of(docname)
        _, options, is_commonmark = formats[path]
        options = {"key": key, **options}
        if docname in keys.recorded:
            options["results_at"] = [
                app.config.nb_execution_cache_path,
                keys.recorded[docname].result,
                path,
            ]
        formats[path] = (f"{__name__}.read_keyed_notebook", options, is_commonmark)
        if key == NOT_RUN or not _has_code(episode):
            mode = "off"
    environment.mystnb_config = environment.mystnb_config.copy(
        custom_formats=formats, execution_mode=mode
    )


def _has_code(episode: EpisodeNotebook) -> bool:
    return any(cell.cell_type == "code" for cell in episode.notebook.cells)


def read_keyed_notebook(
    text: str, key: str, results_at: Sequence[str] = (), **options: Any
) -> NotebookNode:
    """Read an episode so that results made with other files are not found in the cache.

    Parameters
    ----------
    text : str
        The episode.
    key : str
        Of everything that its results depend on.
    results_at : sequence of str
        For an episode with results: the cache's folder, their key there, and the episode's path.
    **options
        As for `lessonbook.notebook.read_notebook`.

    Returns
    -------
    NotebookNode
        With the key in the kernel's metadata, and stand-ins for the figures of a page that is
        left without results.
    """
    notebook = read_notebook(text, **options)
    set_key(notebook, key)
    if results_at:
        cache, result, path = results_at
        ResultStore(Path(cache)).share(result, notebook, Path(path))
    if key == NOT_RUN:
        add_stand_ins(notebook)
    return notebook


def note_key(app: Sphinx, doctree: nodes.document) -> None:
    """Remember of which run the page's outputs are."""
    if get_episode(app.env) is not None:
        app.env.metadata[app.env.docname][_KEY] = get_keys(app).of(app.env.docname)


def find_outdated(
    app: Sphinx,
    env: BuildEnvironment,
    added: set[str],
    changed: set[str],
    removed: set[str],
) -> Sequence[str]:
    """Read the episodes again whose results are of another run now."""
    keys = take_keys(app)
    return [
        docname
        for docname, metadata in env.metadata.items()
        if _KEY in metadata and docname not in removed and metadata[_KEY] != keys.of(docname)
    ]


def find_lost_results(app: Sphinx, env: BuildEnvironment) -> frozenset[str]:
    """Find the pages that had results once, and whose results do not hold now.

    Also those that were read without code since: an editor that saves a page empties it for a
    moment.

    Parameters
    ----------
    app : Sphinx
        In a build that executes nothing, once it has looked for outdated pages.
    env : BuildEnvironment
        What is known of the pages from earlier builds; what had results is kept there.

    Returns
    -------
    frozenset of str
        Without pages that have no code now or never had results.
    """
    known = {name for name in env.metadata if shows_results(env, name)}
    had_results = (known | getattr(env, _HAD_RESULTS, set())) & env.found_docs
    setattr(env, _HAD_RESULTS, had_results)
    keys = get_keys(app)
    return frozenset(name for name in had_results if keys.is_awaited(name))


def shows_results(env: BuildEnvironment, docname: str) -> bool:
    """Tell whether a page was last read with results."""
    return bool(env.metadata.get(docname, {}).get(_KEY, NOT_RUN) != NOT_RUN)
