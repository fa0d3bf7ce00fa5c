"""Can the draws of a fit be trusted? Numbers, limits, and the gate of `fit`."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass

import arviz as az
import numpy as np
import xarray as xr

from hierarchical_models.convergence import Convergence, measure_convergence
from hierarchical_models.draw_columns import as_columns, label_of
from hierarchical_models.errors import DiagnosticsError

MAX_R_HAT = 1.01
MIN_ESS = 400.0
MIN_E_BFMI = 0.3
SHORTEST_TO_EXTEND = 2000
"""Total draws below which a fit is meant to be short."""
SAFETY = 1.25
"""By how much an extended fit aims above the smallest effective number of draws."""
DIAGNOSED_STATS = ("energy", "diverging", "reached_max_treedepth")
"""The sampler's statistics that a diagnosis looks at."""

PROBLEMS = ("divergences", "rhat", "ess", "ebfmi")


@dataclass(frozen=True)
class Diagnostics:
    """The worst of each diagnostic over all parameters of a fit.

    Parameters
    ----------
    max_r_hat : float
        Largest rank-normalised split R-hat, of the parameter `max_r_hat_of`.
    min_ess_bulk, min_ess_tail : float
        Smallest effective number of draws, in the bulk and the tails.
    min_e_bfmi : float
        Smallest energy Bayesian fraction of missing information over the chains.
    n_divergences, n_max_treedepth, n_draws : int
        Divergent draws, draws that reached the largest tree, and all draws kept.
    max_r_hat_of, min_ess_bulk_of, min_ess_tail_of : str
        The parameter where each was found.
    """

    max_r_hat: float
    max_r_hat_of: str
    min_ess_bulk: float
    min_ess_bulk_of: str
    min_ess_tail: float
    min_ess_tail_of: str
    min_e_bfmi: float
    n_divergences: int
    n_max_treedepth: int
    n_draws: int

    def problems(self) -> dict[str, str]:
        """What lies outside its limit.

        Returns
        -------
        dict of str to str
            For each kind of problem found (of ``PROBLEMS``) a sentence with the number, the limit
            and a remedy; empty for a fit that passes.
        """
        found = {}
        if self.n_divergences:
            found["divergences"] = (
                f"{self.n_divergences} of {self.n_draws} draws diverged, allowed 0; "
                "use the other form of the model (non-centred where groups have little data, "
                "centred where they have much) or a tighter prior for the spread; where only a "
                "few diverged, a target_accept of 0.99 may do"
            )
        if not self.max_r_hat <= MAX_R_HAT:
            found["rhat"] = (
                f"R-hat of {self.max_r_hat_of} is {self.max_r_hat:.3f}, allowed up to {MAX_R_HAT}; "
                "run longer chains, and look at a trace of that parameter"
            )
        low = {
            "bulk": (self.min_ess_bulk, self.min_ess_bulk_of),
            "tail": (self.min_ess_tail, self.min_ess_tail_of),
        }
        short = [
            f"{where} ESS of {name} is {ess:.0f}, allowed from {MIN_ESS:.0f}"
            for where, (ess, name) in low.items()
            if not ess >= MIN_ESS
        ]
        if short:
            found["ess"] = "; ".join(short) + "; draw more"
        if not self.min_e_bfmi >= MIN_E_BFMI:
            found["ebfmi"] = (
                f"E-BFMI is {self.min_e_bfmi:.2f}, allowed from {MIN_E_BFMI}; "
                "the tails are reached too slowly: reparametrise"
            )
        return found


def diagnose(idata: az.InferenceData) -> Diagnostics:
    """Compute the diagnostics of a fit.

    Parameters
    ----------
    idata : arviz.InferenceData
        With groups posterior and sample_stats (energy, diverging, reached_max_treedepth).

    Returns
    -------
    Diagnostics
        The worst values, and where they were found.

    References
    ----------
    .. [1] Vehtari et al. (2021). Rank-normalization, folding, and localization: an improved R-hat.
       Bayesian Analysis 16, 667-718.
    .. [2] Betancourt (2016). Diagnosing suboptimal cotangent disintegrations in Hamiltonian Monte
       Carlo. arXiv:1604.00695.
    """
    measured = [_measure(idata.posterior[name]) for name in idata.posterior.data_vars]
    r_hat, r_hat_of = _worst([(one.name_of, one.numbers.r_hat) for one in measured], np.argmax)
    bulk, bulk_of = _worst([(one.name_of, one.numbers.ess_bulk) for one in measured], np.argmin)
    tail, tail_of = _worst([(one.name_of, one.numbers.ess_tail) for one in measured], np.argmin)
    stats = idata.sample_stats
    return Diagnostics(
        max_r_hat=r_hat,
        max_r_hat_of=r_hat_of,
        min_ess_bulk=bulk,
        min_ess_bulk_of=bulk_of,
        min_ess_tail=tail,
        min_ess_tail_of=tail_of,
        min_e_bfmi=float(np.min(e_bfmi(stats["energy"].to_numpy()))),
        n_divergences=int(stats["diverging"].sum()),
        n_max_treedepth=int(stats["reached_max_treedepth"].sum()),
        n_draws=int(stats["diverging"].size),
    )


def e_bfmi(energy: np.ndarray) -> np.ndarray:
    """Energy Bayesian fraction of missing information of each chain.

    Parameters
    ----------
    energy : ndarray, shape (chains, draws)
        The Hamiltonian's value at each draw.

    Returns
    -------
    ndarray, shape (chains,)
        Mean squared change of the energy over its variance; about 1 is good.

    Examples
    --------
    >>> round(float(e_bfmi(np.array([[1.0, 2.0, 1.0, 2.0]]))[0]), 2)
    3.0
    """
    change = np.diff(energy, axis=1)
    return np.asarray(np.sum(change**2, axis=1) / energy.shape[1] / np.var(energy, axis=1))


def check_diagnostics(
    diagnostics: Diagnostics, where: str, expect: str | Iterable[str] | None = None
) -> None:
    """Raise for a fit outside its limits, unless the caller said why that is expected.

    Parameters
    ----------
    diagnostics : Diagnostics
        Of the fit.
    where : str
        Model and backend, for the message.
    expect : str or iterable of str, optional
        Problems that are expected, each as ``"kind: reason"`` with a kind of ``PROBLEMS``, for
        example ``"divergences: the funnel is what this section shows"``.

    Raises
    ------
    DiagnosticsError
        For every problem that is not expected, all in one message.
    ValueError
        If `expect` names no known kind, or gives no reason.
    """
    expected = parse_expectations(expect)
    unexpected = {
        kind: text for kind, text in diagnostics.problems().items() if kind not in expected
    }
    if unexpected:
        listed = "\n".join(f"  {kind}: {text}" for kind, text in unexpected.items())
        raise DiagnosticsError(
            f"{where}: the draws cannot be trusted:\n{listed}\n"
            'For a lesson about failure, say why it is expected: expect="'
            f'{next(iter(unexpected))}: ...".'
        )


def times_to_extend(diagnostics: Diagnostics, expected: Container[str], most: int) -> int:
    """How many times as many draws a fit needs, where that is all it lacks.

    Parameters
    ----------
    diagnostics : Diagnostics
        Of the fit.
    expected : container of str
        Kinds of problems that are expected, of ``PROBLEMS``.
    most : int
        The largest answer that is wanted.

    Returns
    -------
    int
        1 where the fit passes, where more draws would not mend it, and where so few draws were
        asked for that they cannot have been meant to pass.

    Examples
    --------
    >>> slow = Diagnostics(1.004, "tau", 290.0, "tau", 510.0, "tau", 0.9, 0, 0, 4000)
    >>> times_to_extend(slow, expected=(), most=4)
    2
    """
    unexpected = {kind for kind in diagnostics.problems() if kind not in expected}
    if not unexpected or not unexpected <= {"ess", "rhat"}:
        return 1
    if diagnostics.n_draws < SHORTEST_TO_EXTEND:
        return 1
    worst = min(diagnostics.min_ess_bulk, diagnostics.min_ess_tail)
    if not worst > 0:
        return 1
    return int(min(most, max(2, np.ceil(SAFETY * MIN_ESS / worst))))


def parse_expectations(expect: str | Iterable[str] | None) -> dict[str, str]:
    """Read expectations of the form ``"kind: reason"``.

    Parameters
    ----------
    expect : str or iterable of str, optional
        One expectation or several.

    Returns
    -------
    dict of str to str
        The reason for each kind of problem.

    Raises
    ------
    ValueError
        If a kind is unknown or a reason is missing.

    Examples
    --------
    >>> parse_expectations("divergences: this section shows the funnel")
    {'divergences': 'this section shows the funnel'}
    """
    given = [expect] if isinstance(expect, str) else list(expect or ())
    reasons = {}
    for text in given:
        match = re.fullmatch(r"\s*(\w+)\s*:\s*(\S.*)", text, flags=re.DOTALL)
        if not match or match[1] not in PROBLEMS:
            raise ValueError(
                f'expect: found {text!r}, allowed "kind: reason" '
                f"with a kind of {', '.join(PROBLEMS)}"
            )
        reasons[match[1]] = match[2]
    return reasons


@dataclass(frozen=True)
class _Measured:
    """The elements of a variable that vary.

    Elements that are constant by construction (the diagonal of a correlation matrix) have no
    diagnostics and are passed over.
    """

    variable: xr.DataArray
    places: np.ndarray  # in the flat variable
    numbers: Convergence

    def name_of(self, index: int) -> str:
        """Name of an element."""
        return label_of(self.variable, int(self.places[index]))


def _measure(variable: xr.DataArray) -> _Measured:
    draws = as_columns(variable)
    # written so that an element with a draw that is not a number is not taken for a constant
    places = np.flatnonzero(~(draws.max(axis=(0, 1)) == draws.min(axis=(0, 1))))
    return _Measured(variable, places, measure_convergence(draws[..., places]))


def _worst(
    found: Iterable[tuple[Callable[[int], str], np.ndarray]],
    place_of_worst: Callable[[np.ndarray], np.intp],
) -> tuple[float, str]:
    """The worst value and its place; a value that is not a number is the worst of all."""
    candidates = []
    for name_of, numbers in found:
        if numbers.size:
            # NumPy's functions take what is not a number for the largest and for the smallest
            index = int(place_of_worst(numbers))
            candidates.append((float(numbers[index]), name_of(index)))
    if not candidates:
        return (-np.inf if place_of_worst is np.argmax else np.inf), ""
    return candidates[int(place_of_worst(np.array([value for value, _ in candidates])))]
