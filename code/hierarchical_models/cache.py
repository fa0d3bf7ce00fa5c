"""Where compiled Stan programs and stored fits are kept, outside the source tree."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

CACHE_VARIABLE = "HIERARCHICAL_MODELS_CACHE"


def cache_dir(*parts: str) -> Path:
    """Folder for products that can be made again; created when missing.

    Parameters
    ----------
    *parts : str
        Folder names below the cache's root.

    Returns
    -------
    pathlib.Path
        ``$HIERARCHICAL_MODELS_CACHE`` where that is set, otherwise the user's cache folder
        of this operating system, with `parts` appended.
    """
    root = os.environ.get(CACHE_VARIABLE)
    base = (
        Path(root).expanduser()
        if root
        else Path(platformdirs.user_cache_dir("hierarchical_models"))
    )
    folder = base.joinpath(*parts)
    folder.mkdir(parents=True, exist_ok=True)
    return folder
