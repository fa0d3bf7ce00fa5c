"""How a model predicts: declared beside each model, in its module ``predictive``.

Everywhere here parameters are arrays with the posterior's draws, of all chains together, in front
of the dimensions of the specification, and data are arrays by the names of the model's fields;
index fields hold positions along the parameters' dimensions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

import numpy as np

from hierarchical_models.names import unknown_name
from hierarchical_models.registry import ModelSpec, get_model, list_models

Values = Mapping[str, Any]


class Outcome(Protocol):
    """The distribution of new outcomes, at each posterior draw."""

    def mean(self) -> np.ndarray:
        """Expected outcomes, shape (n_draws, n_rows)."""
        ...

    def draw(self, random: np.random.Generator) -> dict[str, np.ndarray]:
        """Outcomes by the names of their fields, each of shape (n_draws, n_rows)."""
        ...

    def log_density(self, data: Values) -> np.ndarray:
        """Log density or mass of the outcomes in `data`, shape (n_draws, n_rows)."""
        ...


@dataclass(frozen=True)
class Population:
    """The distribution that a model's groups come from.

    Parameters
    ----------
    draw : callable
        Takes parameters, data with the fields that belong to each new group, the number of new
        groups and a random generator; gives the new groups' parameters, at each posterior draw, in
        the shapes of the specification with the draws in front. They need no data of the groups.
    log_marginal : callable, optional
        Takes parameters and the data of one group; gives the log likelihood of all of the group's
        outcomes together, with its parameters integrated out over the population, shape
        (n_draws,). Fields that belong to the group have one value. None where there is no such
        integral that is both quick and accurate.
    """

    draw: Callable[[Values, Values, int, np.random.Generator], dict[str, np.ndarray]]
    log_marginal: Callable[[Values, Values], np.ndarray] | None = None


@dataclass(frozen=True)
class Predictive:
    """How a model predicts.

    Parameters
    ----------
    outcome : callable
        Takes parameters, with what `expected` gives among them, and data; gives the outcomes'
        distribution.
    by_group : tuple of str
        The parameters of groups that predictions rest on; those that the model has once for all
        groups, or not at all, are passed over.
    populations : mapping of str to Population
        For each dimension of groups, by the model's name, the population that new ones come from;
        a dimension that is not here has none, and its members cannot be new.
    expected : callable, optional
        Takes parameters and data; gives what is expected in each row, by name, shape (n_draws,
        n_rows), where that is not a parameter of its group.
    constants : callable, optional
        Takes the fields of the data that the model was fitted to; gives what predictions need of
        them, by names that no field has.
    """

    outcome: Callable[[Values, Values], Outcome]
    by_group: tuple[str, ...] = ()
    populations: Mapping[str, Population] = field(default_factory=dict)
    expected: Callable[[Values, Values], dict[str, np.ndarray]] | None = None
    constants: Callable[[Values], dict[str, Any]] | None = None

    def rows(self, parameters: Values, data: Values) -> tuple[dict[str, np.ndarray], Outcome]:
        """What is expected in each row, and the distribution of the rows' outcomes.

        Parameters
        ----------
        parameters, data : mapping of str to ndarray
            As `expected` and `outcome` take them.

        Returns
        -------
        expected : dict of str to ndarray
            By name; empty for a model without `expected`.
        outcome : Outcome
            The outcomes' distribution.
        """
        expected = {} if self.expected is None else self.expected(parameters, data)
        return expected, self.outcome({**parameters, **expected}, data)


def get_predictive(spec: ModelSpec) -> Predictive:
    """How a model predicts.

    Parameters
    ----------
    spec : ModelSpec
        The model.

    Returns
    -------
    Predictive
        The constant ``PREDICTIVE`` of the module ``predictive`` beside the model's two programs.

    Raises
    ------
    UnknownNameError
        If the model has no such module.

    Examples
    --------
    >>> sorted(get_predictive(get_model("radon_varying_slope")).populations)
    ['group']
    """
    if find_spec(f"{spec.package}.predictive") is None:
        able = [
            name
            for name in list_models()
            if find_spec(f"{get_model(name).package}.predictive") is not None
        ]
        raise unknown_name("model that can predict", spec.name, able)
    found: Predictive = import_module(f"{spec.package}.predictive").PREDICTIVE
    return found
