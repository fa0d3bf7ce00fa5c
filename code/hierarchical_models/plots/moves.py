"""How far partial pooling moves each group's estimate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import arviz as az
import numpy as np

from hierarchical_models.plots.estimates import Estimates, Source, estimate_groups, single_number
from hierarchical_models.plots.groups import check_same_groups, name_groups, own_estimates


@dataclass(frozen=True, eq=False)
class Moves:
    """Estimates of the same groups before and after.

    Parameters
    ----------
    raw, partial : Estimates
        Without pooling, and with partial pooling.
    labels : tuple of str or None
        Names of the groups.
    pooled : float or None
        The estimate that complete pooling gives to all.
    """

    raw: Estimates
    partial: Estimates
    labels: tuple[str, ...] | None
    pooled: float | None

    @property
    def size(self) -> np.ndarray:
        """Partially pooled minus own estimate; not a number for a group without its own."""
        return np.asarray(self.partial.mean - self.raw.mean)


def gather_moves(
    raw: Source,
    partial: Source | None,
    name: str,
    pooled: az.InferenceData | float | None,
    pooled_name: str | None,
    labels: Sequence[Any] | None,
) -> Moves:
    """Bring what a caller gave for a figure of shrinkage into one form.

    Parameters
    ----------
    raw, partial, name, pooled, pooled_name, labels
        As for `shrinkage`.

    Returns
    -------
    Moves
        Checked.

    Raises
    ------
    ValueError, UnknownNameError
        As for `shrinkage`.
    """
    if partial is None:
        if not isinstance(raw, az.InferenceData):
            raise ValueError("partial: found nothing, allowed the partially pooled estimates")
        before, after = own_estimates(raw, name), estimate_groups(raw, name)
    else:
        before = estimate_groups(raw, name, argument="raw")
        after = estimate_groups(partial, name, argument="partial")
    check_same_groups(before, {"partial": after}, "raw")
    if not np.isfinite(after.mean).all():
        place = int(np.flatnonzero(~np.isfinite(after.mean))[0])
        raise ValueError(f"partial[{place}]: found {after.mean[place]}, allowed finite numbers")
    number = None if pooled is None else single_number(pooled, pooled_name or name, "pooled")
    return Moves(before, after, name_groups([after, before], labels), number)
