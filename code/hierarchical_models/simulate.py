"""Simulated data sets, with the truth kept beside them.

Each function makes one data set from a seed, the same for the same seed, and `SIMULATORS` has them
by the names that `datasets.load` takes. The truth has the names of the parameters of the models
that the data are meant for, so that it can be laid beside a posterior.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd

from hierarchical_models import wiener
from hierarchical_models.datasets import Provenance
from hierarchical_models.model_data import ModelData

MOST_SHOWN = 5
"""How many values of one parameter a card spells out."""


@dataclass(frozen=True, eq=False)
class SimulatedDataset:
    """A simulated table, the truth behind it, and how models read it.

    Parameters
    ----------
    name : str
        The name that `datasets.load` knows it by.
    frame : pandas.DataFrame
        The table; columns are described in ``provenance.columns``.
    truth : mapping of str to float or ndarray
        What the data were made from, by the models' names of the parameters.
    seed : int
        Seed of the random numbers.
    provenance : Provenance
        How it was made, and what its columns mean.
    model_data : ModelData
        The fields that models read, with the names of the dimensions.
    """

    name: str
    frame: pd.DataFrame
    truth: Mapping[str, Any]
    seed: int
    provenance: Provenance
    model_data: ModelData

    def __post_init__(self) -> None:
        truth = {name: np.array(value) for name, value in self.truth.items()}
        for value in truth.values():
            value.setflags(write=False)
        plain = {name: value.item() if value.ndim == 0 else value for name, value in truth.items()}
        object.__setattr__(self, "truth", MappingProxyType(plain))

    def to_model_data(self) -> ModelData:
        """Return the fields that models read, with the names of the dimensions.

        Returns
        -------
        ModelData
            Copies of the columns under the models' names; groups are counted from 0.

        Examples
        --------
        >>> task = two_choice_task().to_model_data()
        >>> task.coords["condition"]
        ('weak', 'strong')
        """
        values = {name: np.array(value) for name, value in self.model_data.values.items()}
        return ModelData(values, self.model_data.dims, self.model_data.coords)


def ab_tests(seed: int = 2) -> SimulatedDataset:
    """Sign-ups at five sites that show the same page, one of them with few visitors.

    Parameters
    ----------
    seed : int
        Seed of the random numbers.

    Returns
    -------
    SimulatedDataset
        One row for each site; truth ``theta``, the probability of a sign-up at each site.

    Examples
    --------
    >>> ab_tests().frame["visitors"].tolist()
    [1800, 400, 1200, 90, 250]
    """
    random = np.random.default_rng(seed)
    sites = ("Aarhus", "Bergen", "Cork", "Delft", "Espoo")
    visitors = np.array([1800, 400, 1200, 90, 250])
    theta = np.array([0.06, 0.08, 0.09, 0.10, 0.12])
    frame = pd.DataFrame(
        {"site": sites, "visitors": visitors, "sign_ups": random.binomial(visitors, theta)}
    )
    return _simulated(
        ab_tests,
        seed,
        frame,
        {"theta": theta},
        ModelData(
            {"y": frame["sign_ups"].to_numpy(), "n": visitors}, {"group": "site"}, {"site": sites}
        ),
        title="Sign-ups at five sites",
        description="Visitors of five sites, and how many of them signed up. The probabilities "
        "were chosen, not drawn; the best but one has 90 visitors. So was the seed: with it, that "
        "site and the best show the same share of sign-ups.",
        columns={
            "site": "name of the site",
            "visitors": "people who saw the page (count)",
            "sign_ups": "people who signed up (count)",
        },
    )


def advertisements(seed: int = 27) -> SimulatedDataset:
    """Clicks on 27 advertisements that were shown from a hundred to ten thousand times.

    Parameters
    ----------
    seed : int
        Seed of the random numbers.

    Returns
    -------
    SimulatedDataset
        One row for each advertisement; truth ``mu`` and ``sigma``, mean and standard deviation of
        the log odds of a click, and ``eta`` and ``theta``, log odds and probability for each.

    Examples
    --------
    >>> len(advertisements().frame)
    27
    """
    random = np.random.default_rng(seed)
    names = tuple(f"ad {number:02d}" for number in range(1, 28))
    mu, sigma = -3.0, 0.4
    eta = random.normal(mu, sigma, len(names))
    theta = 1 / (1 + np.exp(-eta))
    shown = np.round(10 ** random.uniform(2, 4, len(names))).astype(int)
    frame = pd.DataFrame(
        {"advertisement": names, "shown": shown, "clicks": random.binomial(shown, theta)}
    )
    return _simulated(
        advertisements,
        seed,
        frame,
        {"mu": mu, "sigma": sigma, "eta": eta, "theta": theta},
        ModelData(
            {"y": frame["clicks"].to_numpy(), "n": shown},
            {"group": "advertisement"},
            {"advertisement": names},
        ),
        title="Clicks on 27 advertisements",
        description="How often each of 27 advertisements was shown and clicked. The log odds of a "
        "click were drawn from one normal distribution.",
        columns={
            "advertisement": "label of the advertisement",
            "shown": "times it was shown (count)",
            "clicks": "times it was clicked (count)",
        },
    )


def reply_delays(seed: int = 12) -> SimulatedDataset:
    """Delays of replies of twelve people, more spread than a Poisson distribution allows.

    Parameters
    ----------
    seed : int
        Seed of the random numbers.

    Returns
    -------
    SimulatedDataset
        One row for each reply; truth ``mu`` and ``sigma``, mean and standard deviation of the
        persons' log rates, ``eta`` and ``rate``, log mean and mean delay of each person in
        minutes, and ``phi``: a delay's variance is ``rate + rate**2 / phi``.

    Examples
    --------
    >>> delays = reply_delays().frame["delay"]
    >>> bool(delays.var() > 5 * delays.mean())
    True
    """
    random = np.random.default_rng(seed)
    people = (
        "Ada", "Ben", "Cleo", "Dov", "Ema", "Finn", "Gita", "Hugo", "Ines", "Jun", "Kofi", "Lena",
    )  # fmt: skip
    n_replies = np.array([60, 45, 40, 35, 30, 25, 20, 15, 12, 8, 5, 3])
    mu, sigma, phi = 2.5, 0.5, 1.5
    eta = random.normal(mu, sigma, len(people))
    person = np.repeat(np.arange(len(people)), n_replies)
    rate = np.exp(eta)
    delay = random.poisson(rate[person] * random.gamma(phi, 1 / phi, len(person)))
    frame = pd.DataFrame({"person": np.array(people)[person], "delay": delay})
    return _simulated(
        reply_delays,
        seed,
        frame,
        {"mu": mu, "sigma": sigma, "eta": eta, "rate": rate, "phi": phi},
        ModelData(
            {"y": delay, "exposure": np.ones(len(delay)), "group": person},
            {"group": "person", "observation": "reply"},
            {"person": people},
        ),
        title="Delays of replies",
        description="Whole minutes until a reply to a message, for twelve people with 3 to 60 "
        "replies. Each person's delays are negative binomial, with log means from one normal "
        "distribution.",
        columns={"person": "first name", "delay": "minutes until the reply (count)"},
    )


def line_with_outliers(seed: int = 4) -> SimulatedDataset:
    """Forty points on a line with normal noise, four of which were moved far up at one end.

    Parameters
    ----------
    seed : int
        Seed of the random numbers.

    Returns
    -------
    SimulatedDataset
        One row for each point; truth ``alpha`` and ``beta``, intercept and slope, ``sigma_y``, the
        standard deviation of the noise, and ``is_outlier`` for each point.

    Examples
    --------
    >>> int(line_with_outliers().truth["is_outlier"].sum())
    4
    """
    random = np.random.default_rng(seed)
    alpha, beta, sigma_y = 1.0, 0.8, 0.3
    x = np.linspace(-2, 2, 40)
    y = alpha + beta * x + random.normal(0, sigma_y, len(x))
    is_outlier = np.zeros(len(x), dtype=bool)
    # at one end, where they have the largest pull on the slope of a normal regression
    is_outlier[random.choice(8, size=4, replace=False)] = True
    y[is_outlier] += random.uniform(3, 5, is_outlier.sum())
    frame = pd.DataFrame({"x": x, "y": y})
    return _simulated(
        line_with_outliers,
        seed,
        frame,
        {"alpha": alpha, "beta": beta, "sigma_y": sigma_y, "is_outlier": is_outlier},
        ModelData({"x": x, "y": y}, {"observation": "point"}),
        title="A line with outliers",
        description="Forty points on a line with normal noise. Four of the eight with the smallest "
        "x were moved up by 3 to 5.",
        columns={"x": "predictor (no unit)", "y": "outcome (no unit)"},
    )


def two_choice_task(seed: int = 8, n_persons: int = 8, n_trials: int = 60) -> SimulatedDataset:
    """Answers and response times in a task with weak and strong evidence for the upper boundary.

    Responses are drawn exactly, by `wiener.draw`.

    Parameters
    ----------
    seed : int
        Seed of the random numbers.
    n_persons : int
        How many people took part.
    n_trials : int
        How many trials each person had in each of the two conditions.

    Returns
    -------
    SimulatedDataset
        One row for each trial; truth by the names of the model ``ddm_hierarchical``.

    Examples
    --------
    >>> task = two_choice_task()
    >>> len(task.frame), task.truth["delta"].shape
    (960, (8, 2))
    """
    random = np.random.default_rng(seed)
    people = tuple(f"P{number}" for number in range(1, n_persons + 1))
    conditions = ("weak", "strong")
    population = {
        "mu_alpha": np.log(1.5),
        "sigma_alpha": 0.2,
        "mu_tau": np.log(0.3),
        "sigma_tau": 0.15,
        "beta": 0.55,
        "mu_delta": np.array([0.8, 2.0]),
        "sigma_delta": 0.4,
    }
    alpha = np.exp(random.normal(population["mu_alpha"], population["sigma_alpha"], n_persons))
    tau = np.exp(random.normal(population["mu_tau"], population["sigma_tau"], n_persons))
    delta = random.normal(population["mu_delta"], population["sigma_delta"], (n_persons, 2))
    person = np.repeat(np.arange(n_persons), 2 * n_trials)
    # the conditions of each person come in an order of their own
    one_person = np.repeat([0, 1], n_trials)
    condition = np.concatenate([random.permutation(one_person) for _ in people])
    response = wiener.draw(
        alpha[person], tau[person], population["beta"], delta[person, condition], random
    )
    frame = pd.DataFrame(
        {
            "person": np.array(people)[person],
            "trial": np.tile(np.arange(1, 2 * n_trials + 1), n_persons),
            "condition": np.array(conditions)[condition],
            "choice": (response > 0).astype(int),
            "rt": np.abs(response),
        }
    )
    return _simulated(
        two_choice_task,
        seed,
        frame,
        {**population, "alpha": alpha, "tau": tau, "delta": delta},
        ModelData(
            {
                "rt": frame["rt"].to_numpy(),
                "choice": frame["choice"].to_numpy(),
                "person": person,
                "condition": condition,
            },
            {"observation": "trial"},
            {"person": people, "condition": conditions},
        ),
        title="A task with two answers",
        description="Each person says whether a cloud of dots moves to the right, as it always "
        "does, with weak or strong evidence. Answers and times come from a drift diffusion with "
        "parameters of each person, drawn from one population, and a common bias to the right.",
        columns={
            "person": "label of the person",
            "trial": "number of the trial, counted from 1 for each person",
            "condition": "evidence: weak or strong",
            "choice": "answer (1 right, the upper boundary; 0 left, the lower)",
            "rt": "response time (s)",
        },
    )


def regional_series(seed: int = 13) -> SimulatedDataset:
    """Overnight stays in eight regions of two states, in each quarter of six years.

    Parameters
    ----------
    seed : int
        Seed of the random numbers.

    Returns
    -------
    SimulatedDataset
        One row for each region and quarter; truth by the names of ``series_trend_season``.

    Examples
    --------
    >>> series = regional_series().frame
    >>> series.groupby("state")["region"].nunique().tolist()
    [4, 4]
    """
    random = np.random.default_rng(seed)
    states = ("Coast", "Inland")
    regions = ("Bay", "Cape", "Dunes", "Isles", "Forest", "Hills", "Lakes", "Plains")
    quarters = ("Q1", "Q2", "Q3", "Q4")
    state = np.repeat([0, 1], 4)
    population = {
        "mu_level": np.array([30.0, 20.0]),
        "sigma_level": 5.0,
        "mu_slope": np.array([0.8, -0.3]),
        "sigma_slope": 0.4,
        "mu_seasonal": np.array([-4.0, 0.5, 4.5, -1.0]),
        "sigma_seasonal": 0.8,
        "sigma_y": 1.5,
    }
    level = random.normal(population["mu_level"][state], population["sigma_level"])
    slope = random.normal(population["mu_slope"][state], population["sigma_slope"])
    # a normal deviation for each season, less their mean, is one along each contrast
    deviation = random.normal(0, population["sigma_seasonal"], (len(regions), len(quarters)))
    seasonal = population["mu_seasonal"] + deviation - deviation.mean(axis=1, keepdims=True)
    region = np.repeat(np.arange(len(regions)), 24)
    season = np.tile(np.arange(24) % 4, len(regions))
    time = np.tile(2019 + np.arange(24) / 4, len(regions))
    mean = level[region] + slope[region] * (time - time.mean()) + seasonal[region, season]
    stays = random.normal(mean, population["sigma_y"])
    frame = pd.DataFrame(
        {
            "state": np.array(states)[state[region]],
            "region": np.array(regions)[region],
            "year": time.astype(int),
            "quarter": np.array(quarters)[season],
            "stays": stays,
        }
    )
    return _simulated(
        regional_series,
        seed,
        frame,
        {**population, "level": level, "slope": slope, "seasonal": seasonal},
        ModelData(
            {"y": stays, "time": time, "season": season, "region": region, "state": state},
            {"season": "quarter"},
            {"region": regions, "state": states, "quarter": quarters},
        ),
        title="Overnight stays in eight regions",
        description="Overnight stays in four regions of each of two states, in the 24 quarters "
        "from 2019 to 2024. Each region has a level, a linear trend and a season of its own; "
        "levels and trends were drawn around those of the state, seasons around one season.",
        columns={
            "state": "name of the state",
            "region": "name of the region",
            "year": "calendar year",
            "quarter": "quarter of the year: Q1 to Q4",
            "stays": "overnight stays (thousands)",
        },
    )


SIMULATORS: Mapping[str, Callable[..., SimulatedDataset]] = MappingProxyType(
    {
        simulator.__name__: simulator
        for simulator in (
            ab_tests,
            advertisements,
            line_with_outliers,
            regional_series,
            reply_delays,
            two_choice_task,
        )
    }
)


def _simulated(
    simulator: Callable[..., SimulatedDataset],
    seed: int,
    frame: pd.DataFrame,
    truth: Mapping[str, Any],
    model_data: ModelData,
    *,
    title: str,
    description: str,
    columns: Mapping[str, str],
) -> SimulatedDataset:
    """Put a data set together, with a card that says which function made it from which seed."""
    source = f"{simulator.__module__}.{simulator.__name__}(seed={seed})"
    known = ", ".join(f"{name} {_shown(value)}" for name, value in truth.items())
    provenance = Provenance(
        title=title,
        description=f"{description} The truth: {known}.",
        origin=f"Simulated by {source}.",
        collected_by="nobody: the numbers are random",
        licence="MIT, as the code that makes them",
        copied_from="no file: made anew whenever it is loaded, the same for the same seed",
        columns=columns,
        sha256=hashlib.sha256(frame.to_csv(index=False).encode()).hexdigest(),
    )
    return SimulatedDataset(simulator.__name__, frame, truth, seed, provenance, model_data)


def _shown(value: Any) -> str:
    numbers = np.ravel(value)
    if len(numbers) > MOST_SHOWN:
        return f"({len(numbers)} values)"
    return "= " + " and ".join(f"{number:.4g}" for number in numbers)
