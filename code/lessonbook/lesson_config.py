"""The course's own settings: ``lesson_*`` below ``sphinx: config:`` in ``_config.yml``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def lesson_setting(config: Mapping[str, Any], name: str) -> Any:
    """Return a setting as it stands in the configuration.

    Parameters
    ----------
    config : mapping
        The whole configuration.
    name : str
        The setting, for example ``lesson_dependencies``.

    Returns
    -------
    object
        None where it is not set.

    Examples
    --------
    >>> lesson_setting({"sphinx": {"config": {"lesson_view": "learner"}}}, "lesson_view")
    'learner'
    """
    place: Any = config
    for step in ("sphinx", "config", name):
        if not isinstance(place, Mapping):
            return None
        place = place.get(step)
    return place
