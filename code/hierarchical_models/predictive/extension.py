"""A fit with new groups beside those that it has seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hierarchical_models.predictive.declaration import Outcome
from hierarchical_models.predictive.fitted import Fitted
from hierarchical_models.predictive.new_data import NewData


@dataclass(frozen=True, eq=False)
class Extended:
    """A fit with new groups, and new rows.

    Parameters
    ----------
    parameters : mapping of str to ndarray
        The fit's, with new groups after those that it has seen.
    expected : mapping of str to ndarray
        What is expected in each row, by name.
    data : mapping of str to ndarray
        The rows' fields, and what the model needs of the data that it was fitted to.
    outcome : Outcome
        The distribution of the rows' outcomes.
    """

    parameters: Mapping[str, np.ndarray]
    expected: Mapping[str, np.ndarray]
    data: Mapping[str, Any]
    outcome: Outcome


def extend(fitted: Fitted, new: NewData, random: np.random.Generator) -> Extended:
    """Draw the parameters of new groups, and put the distribution of new outcomes together.

    Parameters
    ----------
    fitted : Fitted
        The fit.
    new : NewData
        The new observations.
    random : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    Extended
        What predictions are made from.
    """
    parameters, predictive = dict(fitted.parameters), fitted.predictive
    for dim, labels in new.labels.items():
        n_new = len(labels) - len(fitted.labels[dim])
        if n_new == 0:
            continue
        population = predictive.populations[dim]
        drawn = population.draw(parameters, new.of_new[dim], n_new, random)
        for name in fitted.parameters_along(dim):
            axis = 1 + fitted.spec.dims_of(name).index(dim)
            parameters[name] = np.concatenate([parameters[name], drawn[name]], axis=axis)
    data = {**new.values, **fitted.constants}
    expected, outcome = predictive.rows(parameters, data)
    return Extended(parameters, expected, data, outcome)
