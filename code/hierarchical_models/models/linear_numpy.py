"""Linear models with groups in NumPy: what their priors and outcomes share."""

from __future__ import annotations

import numpy as np
from scipy.stats import norm, t

from hierarchical_models.generative import GenerativeModel, draw_half_normal

# four groups, from one observation to five
DESIGN = {
    "x": [-1.0, -0.5, 0.0, 0.5, 1.0, -1.0, 0.0, 1.0, 0.0, 1.0, 0.5],
    "group": [0, 0, 0, 0, 0, 1, 1, 1, 2, 2, 3],
}
# four groups, each of which says much of its line
STRONG_DESIGN = {
    "x": np.tile([-1.0, -0.5, 0.0, 0.5, 1.0], 16),
    "group": np.repeat([0, 1, 2, 3], 20),
}


def draw_common(name, hyper, random, size=None):
    """One normal draw, or unrelated ones for each group.

    Parameters
    ----------
    name : str
        The parameter.
    hyper : mapping of str to float
        With ``<name>_mean`` and ``<name>_scale``.
    random : numpy.random.Generator
        Source of random numbers.
    size : int, optional
        Number of groups.

    Returns
    -------
    float or ndarray, shape (size,)
        In the unit of the parameter.
    """
    return random.normal(hyper[f"{name}_mean"], hyper[f"{name}_scale"], size)


def draw_varying(name, hyper, random, size):
    """One value for each group, from a normal distribution with its priors.

    Parameters
    ----------
    name : str
        The parameter.
    hyper : mapping of str to float
        With ``mu_<name>_mean``, ``mu_<name>_scale`` and ``sigma_<name>_scale``.
    random : numpy.random.Generator
        Source of random numbers.
    size : int
        Number of groups.

    Returns
    -------
    dict of str to float or ndarray
        ``mu_<name>``, ``sigma_<name>``, ``<name>_raw`` and ``<name>``.
    """
    mean = draw_common(f"mu_{name}", hyper, random)
    spread = draw_half_normal(hyper[f"sigma_{name}_scale"], random)
    raw = random.normal(size=size)
    return {
        f"mu_{name}": mean,
        f"sigma_{name}": spread,
        f"{name}_raw": raw,
        name: mean + spread * raw,
    }


def draw_residual_spread(hyper, random):
    """Standard deviation of the observations, as a parameter by its name.

    Parameters
    ----------
    hyper : mapping of str to float
        With ``sigma_y_scale``.
    random : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    dict of str to float
        ``sigma_y``.
    """
    return {"sigma_y": draw_half_normal(hyper["sigma_y_scale"], random)}


def draw_tails(hyper, random):
    """Degrees of freedom, as a parameter by its name.

    Parameters
    ----------
    hyper : mapping of str to float
        With ``nu_shape`` and ``nu_rate``.
    random : numpy.random.Generator
        Source of random numbers.

    Returns
    -------
    dict of str to float
        ``nu``.
    """
    return {"nu": 1 + random.gamma(hyper["nu_shape"]) / hyper["nu_rate"]}


def linear_model(draw_parameters, by_group=(), u=None, centred=()):
    """A linear model, normal or, where it has a ``nu``, with heavier tails.

    Parameters
    ----------
    draw_parameters : callable
        As in `GenerativeModel`.
    by_group : tuple of str
        Which of ``alpha`` and ``beta`` have a value for each group.
    u : list of float, optional
        Predictor of the groups, where the model has one.
    centred : tuple of str
        Which of those are sampled as they are, which needs data that say much
        of them: elsewhere the funnel is in the way, and calibration shows it.
        Beside a centred intercept, another slope gets data that say little.

    Returns
    -------
    GenerativeModel
        For a design of four groups.
    """

    def mean(parameters, data):
        alpha, beta = (
            parameters[name][..., data["group"]]
            if name in by_group
            else np.asarray(parameters[name])[..., None]
            for name in ("alpha", "beta")
        )
        return alpha + beta * data["x"]

    def draw_outcome(parameters, data, random):
        size = len(data["x"])
        deviation = (
            random.standard_t(parameters["nu"], size)
            if "nu" in parameters
            else random.normal(size=size)
        )
        scaled = parameters["sigma_y"] * deviation
        return {"y": mean(parameters, data) + scaled}

    def log_likelihood(parameters, data):
        spread = np.asarray(parameters["sigma_y"])[..., None]
        centre = mean(parameters, data)
        if "nu" not in parameters:
            return norm.logpdf(data["y"], centre, spread).sum(axis=-1)
        nu = np.asarray(parameters["nu"])[..., None]
        return t.logpdf(data["y"], nu, centre, spread).sum(axis=-1)

    # the models without groups ignore the field
    design = DESIGN if u is None else {**DESIGN, "u": u}
    hyper = {}
    if centred:
        design, hyper = STRONG_DESIGN, {"sigma_y_scale": 0.05}
        if "beta" not in centred:
            design = {**design, "x": design["x"] / 50}
    return GenerativeModel(
        draw_parameters, draw_outcome, log_likelihood, design, hyper
    )
