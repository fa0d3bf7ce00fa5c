"""Estimates of many groups, wherever they come from."""

from __future__ import annotations

from dataclasses import dataclass, replace

import arviz as az
import numpy as np
import xarray as xr
from numpy.typing import ArrayLike

from hierarchical_models.plots.draws import (
    check_probability,
    describe_parameter,
    draws_of,
    own_dims,
)


@dataclass(frozen=True, eq=False)
class Estimates:
    """One estimate for each group, with an interval where there is one.

    Exact answers and published estimates take part in figures in this form.

    Parameters
    ----------
    mean : array_like of float, shape (n_groups,)
        The estimates; not a number where a group has none.
    lower, upper : array_like of float, shape (n_groups,), optional
        Ends of an interval around each.
    labels : sequence of str, optional
        Names of the groups.
    dim : str, optional
        What the groups are, for example ``"county"``.
    description : str
        What is estimated, with its unit.

    Raises
    ------
    ValueError
        If the lengths differ, or only one end of the intervals is given.
    """

    mean: np.ndarray
    lower: np.ndarray | None = None
    upper: np.ndarray | None = None
    labels: tuple[str, ...] | None = None
    dim: str | None = None
    description: str = ""

    def __post_init__(self) -> None:
        if (self.lower is None) != (self.upper is None):
            raise ValueError("lower, upper: found one of them, allowed both or neither")
        for name in ("mean", "lower", "upper"):
            values = getattr(self, name)
            if values is None:
                continue
            numbers = np.asarray(values, dtype=float)
            if numbers.ndim != 1 or len(numbers) == 0:
                raise ValueError(
                    f"{name}: found shape {numbers.shape}, allowed a row with a number per group"
                )
            object.__setattr__(self, name, numbers)
            self._check_length(name, len(numbers))
        if self.labels is not None:
            object.__setattr__(self, "labels", tuple(str(label) for label in self.labels))
            self._check_length("labels", len(self.labels))

    def _check_length(self, name: str, length: int) -> None:
        if length != len(self):
            raise ValueError(f"{name}: found {length} values, allowed {len(self)}, as mean has")

    def __len__(self) -> int:
        return len(self.mean)

    def take(self, order: np.ndarray) -> Estimates:
        """The same estimates in another order.

        Parameters
        ----------
        order : ndarray of int, shape (n_groups,)
            Positions of the groups in the new order.

        Returns
        -------
        Estimates
            A reordered copy.
        """
        return replace(
            self,
            mean=self.mean[order],
            lower=None if self.lower is None else self.lower[order],
            upper=None if self.upper is None else self.upper[order],
            labels=None if self.labels is None else tuple(self.labels[place] for place in order),
        )


Source = az.InferenceData | xr.DataArray | Estimates | ArrayLike
"""What `estimate_groups` accepts."""


def estimate_groups(
    source: Source, name: str | None = None, *, probability: float = 0.9, argument: str = "source"
) -> Estimates:
    """Posterior means and central intervals of many groups, or what the caller has instead.

    Parameters
    ----------
    source : arviz.InferenceData, xarray.DataArray, Estimates or array_like
        A fit; draws of one parameter, with dimensions ``chain`` and ``draw``; estimates; or an
        array, which is one estimate for each group if it has one dimension, and draws, with the
        groups last, if it has two or three.
    name : str, optional
        The parameter, for a fit.
    probability : float
        Of the intervals.
    argument : str
        Name of the argument that `source` came in, for messages.

    Returns
    -------
    Estimates
        Without intervals where there are no draws.

    Raises
    ------
    ValueError
        If the source has another shape, or a probability is impossible.
    UnknownNameError
        If the fit has no such parameter.

    Examples
    --------
    >>> estimate_groups(np.array([[1.0, 2.0], [3.0, 4.0]])).mean
    array([2., 3.])
    """
    check_probability(probability)
    if isinstance(source, Estimates):
        return source
    if isinstance(source, az.InferenceData):
        if name is None:
            raise ValueError(f"{argument}: found a fit, allowed with the name of a parameter only")
        described = describe_parameter(source, name)
        return _summarise(draws_of(source, name), probability, argument, described)
    if isinstance(source, xr.DataArray) and {"chain", "draw"} <= set(source.dims):
        return _summarise(source, probability, argument, str(source.name or ""))
    values = np.asarray(source, dtype=float)
    if values.ndim == 1:
        return Estimates(values)
    if values.ndim in (2, 3):
        draws = values.reshape(-1, values.shape[-1])
        ends = np.quantile(draws, _tails(probability), axis=0)
        return Estimates(draws.mean(axis=0), *ends)
    raise ValueError(
        f"{argument}: found {values.ndim} dimensions, allowed 1 (an estimate for each group), or "
        "2 or 3 (draws, with the groups last)"
    )


def single_number(source: az.InferenceData | ArrayLike, name: str | None, argument: str) -> float:
    """A number, or the posterior mean of a scalar.

    Parameters
    ----------
    source : arviz.InferenceData or float
        A fit, or the number itself.
    name : str or None
        The scalar, for a fit.
    argument : str
        Name of the argument that `source` came in, for messages.

    Returns
    -------
    float
        The number.

    Raises
    ------
    ValueError
        If it is more than one number.
    """
    if isinstance(source, az.InferenceData):
        draws = draws_of(source, name or "mu")
        if own_dims(draws):
            raise ValueError(
                f"{argument}: found {name} with dimensions {', '.join(own_dims(draws))}, "
                "allowed a scalar"
            )
        return float(draws.mean())
    if np.size(source) != 1:
        raise ValueError(f"{argument}: found {np.size(source)} numbers, allowed one")
    return float(np.ravel(np.asarray(source, dtype=float))[0])


def _summarise(
    draws: xr.DataArray, probability: float, argument: str, description: str
) -> Estimates:
    dims = own_dims(draws)
    if len(dims) > 1:
        raise ValueError(
            f"{argument}: found dimensions {', '.join(dims)}, allowed one; choose along the others "
            "with .sel"
        )
    sample = ("chain", "draw")
    ends = draws.quantile(_tails(probability), sample).to_numpy()
    labels = tuple(str(label) for label in draws[dims[0]].to_numpy()) if dims else None
    return Estimates(
        np.atleast_1d(draws.mean(sample).to_numpy()),
        np.atleast_1d(ends[0]),
        np.atleast_1d(ends[1]),
        labels=labels,
        dim=dims[0] if dims else None,
        description=description,
    )


def _tails(probability: float) -> list[float]:
    return [(1 - probability) / 2, (1 + probability) / 2]
