"""Messages for names that do not exist, with the nearest one that does."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import process

from hierarchical_models.errors import UnknownNameError


def unknown_name(kind: str, found: str, allowed: Iterable[str]) -> UnknownNameError:
    """Build the error for a name that is not among those allowed.

    Parameters
    ----------
    kind : str
        What the name stands for, for example ``"model"``.
    found : str
        The name that was asked for.
    allowed : iterable of str
        The names that exist.

    Returns
    -------
    UnknownNameError
        Not raised, so that the caller's ``raise`` shows in the traceback.
    """
    names = sorted(allowed)
    nearest = process.extractOne(str(found), names, score_cutoff=60)
    hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
    return UnknownNameError(f"{kind}: found {found!r}, allowed {', '.join(names) or 'none'}{hint}")
