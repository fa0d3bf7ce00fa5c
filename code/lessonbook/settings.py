"""What a course's configuration says to everyone but Sphinx."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

DEFAULT_EXTENSIONS = ("colon_fence", "dollarmath", "linkify", "substitution", "tasklist")
"""What Jupyter Book enables where a course says nothing."""

DEFAULT_URL_SCHEMES = ("http", "https", "mailto")
DEFAULT_EPISODE_FOLDERS = ("episodes",)
DEFAULT_DATA_FOLDERS = ("data", "episodes/data")
DEFAULT_DEPENDENCIES = ("code/**/*",)
DEFAULT_CACHE = "_build/.jupyter_cache"
DEFAULT_FITS = "_build/fits/*.json"
DEFAULT_PAGE_WEIGHT = 1_500_000
DEFAULT_SAMPLING_CALLS = (
    "fit",
    "*.sample",
    "*.rvs",
    "*.sample_prior_predictive",
    "*.sample_posterior_predictive",
)


@dataclass(frozen=True)
class Setting:
    """A value that ``_config.yml`` may hold under ``sphinx: config:``.

    Attributes
    ----------
    allowed : str
        In words.
    is_allowed : callable
        Tells whether a value is.
    """

    allowed: str
    is_allowed: Callable[[Any], bool]


def _is_list_of_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is_mapping_of_text(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(item, str) for pair in value.items() for item in pair
    )


def _is_mapping_of_sizes(value: Any) -> bool:
    return isinstance(value, dict) and all(
        isinstance(name, str) and _is_size(size) for name, size in value.items()
    )


def _is_limit(value: Any) -> bool:
    return _is_size(value) or (value == -1 and not isinstance(value, bool))


def _is_size(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_a(kind: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, kind)


_LIST = Setting("a list of words", _is_list_of_text)
_TEXT = Setting("text", _is_a(str))
_SWITCH = Setting("true or false", _is_a(bool))
_MAPPING = Setting("settings of the form `name: value`", _is_a(dict))
_LIMIT = Setting("a whole number above 0, or -1 for no limit", _is_limit)
LESSON_SETTINGS: Mapping[str, Setting] = {
    "lesson_view": Setting("learner or instructor", lambda v: v in ("learner", "instructor")),
    "lesson_card": _TEXT,
    "lesson_containers": _LIST,
    "lesson_dependencies": _LIST,
    "lesson_environment": _LIST,
    "lesson_episode_timeout": _LIMIT,
    "lesson_fits": _TEXT,
    "lesson_memory_limit": _LIMIT,
    "lesson_offline_copy": _SWITCH,
    "lesson_models": _TEXT,
    "lesson_notebooks_branch": _TEXT,
    "lesson_output_limit": _LIMIT,
    "lesson_pdf": _TEXT,
    "lesson_repeat_warnings": _SWITCH,
    "lesson_requirements": _TEXT,
    "lesson_schedule": _MAPPING,
    "lesson_view_links": _SWITCH,
    "lesson_data": _LIST,
    "lesson_episodes": _LIST,
    "lesson_sampling_calls": _LIST,
    "lesson_math_macros": Setting("macros with their meaning, both text", _is_mapping_of_text),
    "lesson_ignore": Setting("rules with the reason to ignore each", _is_mapping_of_text),
    "lesson_page_weight": Setting("a whole number of bytes above 0", _is_size),
    "lesson_page_weights": Setting(
        "pages with whole numbers of bytes above 0", _is_mapping_of_sizes
    ),
    "lesson_linkcheck": _MAPPING,
    "lesson_doctor": _LIST,
    "lesson_clean": _LIST,
}


@dataclass(frozen=True)
class Settings:
    """The part of a course's configuration that reading and checking it depends on.

    Attributes
    ----------
    extensions : tuple of str
        Markdown extensions.
    containers : frozenset of str
        Further blocks whose content is Markdown.
    heading_anchors : int
        Headings up to this level can be linked to by their text.
    url_schemes : frozenset of str
        Protocols of links.
    extra_extensions : tuple of str
        Sphinx extensions of the course.
    has_foreign_labels : bool
        Whether labels of other sites can be referred to.
    exclude_patterns : tuple of str
        Files that are no pages.
    episode_folders, data_folders : tuple of str
    dependencies : tuple of str
        Patterns of files that code cells may read.
    sampling_calls : tuple of str
        Functions that draw at random.
    fits : str
        Where the records of fits are: a pattern of files, or a function.
    page_weight : int
        Bytes that a page and what it loads may have.
    page_weights : dict of str to int
        The same for single pages, by their path without suffix.
    cache : str
        Folder of the executed notebooks.
    shows_stderr : bool
        Whether pages show what code writes to the standard error stream.
    ignore : dict of str to str
        Rules that the whole course does without, with the reasons.
    """

    extensions: tuple[str, ...] = DEFAULT_EXTENSIONS
    containers: frozenset[str] = frozenset()
    heading_anchors: int = 0
    url_schemes: frozenset[str] = frozenset(DEFAULT_URL_SCHEMES)
    extra_extensions: tuple[str, ...] = ()
    has_foreign_labels: bool = False
    exclude_patterns: tuple[str, ...] = ()
    episode_folders: tuple[str, ...] = DEFAULT_EPISODE_FOLDERS
    data_folders: tuple[str, ...] = DEFAULT_DATA_FOLDERS
    dependencies: tuple[str, ...] = DEFAULT_DEPENDENCIES
    sampling_calls: tuple[str, ...] = DEFAULT_SAMPLING_CALLS
    fits: str = DEFAULT_FITS
    page_weight: int = DEFAULT_PAGE_WEIGHT
    page_weights: Mapping[str, int] = field(default_factory=dict)
    cache: str = DEFAULT_CACHE
    shows_stderr: bool = True
    ignore: Mapping[str, str] = field(default_factory=dict)


def read_settings(config: Mapping[str, Any]) -> Settings:
    """Read the settings; a value of the wrong type counts as not given.

    Parameters
    ----------
    config : dict
        What stands in ``_config.yml``.

    Returns
    -------
    Settings

    Examples
    --------
    >>> read_settings({"sphinx": {"config": {"lesson_data": ["data"]}}}).data_folders
    ('data',)
    """
    sphinx = _mapping(config.get("sphinx"))
    values = _mapping(sphinx.get("config"))
    parse = _mapping(config.get("parse"))
    execute = _mapping(config.get("execute"))
    lesson = {
        name: values[name]
        for name, setting in LESSON_SETTINGS.items()
        if name in values and setting.is_allowed(values[name])
    }
    schemes = parse.get("myst_url_schemes", values.get("myst_url_schemes"))
    anchors = values.get("myst_heading_anchors")
    return Settings(
        extensions=_texts(
            parse.get("myst_enable_extensions", values.get("myst_enable_extensions")),
            DEFAULT_EXTENSIONS,
        ),
        containers=frozenset(lesson.get("lesson_containers", ())),
        heading_anchors=anchors if isinstance(anchors, int) else 0,
        url_schemes=frozenset(
            schemes if isinstance(schemes, dict) else _texts(schemes, DEFAULT_URL_SCHEMES)
        ),
        extra_extensions=_texts(sphinx.get("extra_extensions"), ()),
        has_foreign_labels="intersphinx_mapping" in values,
        exclude_patterns=_texts(config.get("exclude_patterns"), ()),
        episode_folders=tuple(lesson.get("lesson_episodes", DEFAULT_EPISODE_FOLDERS)),
        data_folders=tuple(lesson.get("lesson_data", DEFAULT_DATA_FOLDERS)),
        dependencies=tuple(lesson.get("lesson_dependencies", DEFAULT_DEPENDENCIES)),
        sampling_calls=tuple(lesson.get("lesson_sampling_calls", DEFAULT_SAMPLING_CALLS)),
        fits=lesson.get("lesson_fits", DEFAULT_FITS),
        page_weight=lesson.get("lesson_page_weight", DEFAULT_PAGE_WEIGHT),
        page_weights=lesson.get("lesson_page_weights", {}),
        cache=str(execute.get("cache") or DEFAULT_CACHE),
        shows_stderr=execute.get("stderr_output", "show") == "show",
        ignore=lesson.get("lesson_ignore", {}),
    )


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _texts(value: Any, default: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value) if _is_list_of_text(value) else default
