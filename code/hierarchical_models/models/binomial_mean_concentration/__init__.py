"""Binomial outcomes, a learned Beta distribution with priors on its mean and concentration."""

from hierarchical_models.models.fields import SUCCESSES, TRIALS
from hierarchical_models.models.fields_binomial import (
    BETA_SHAPES,
    GROUP_PROBABILITIES,
    MEAN_PROBABILITY,
)
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_mean_concentration",
    title="Binomial, partial pooling by mean and concentration",
    summary=(
        "Each group has its own probability, from one Beta distribution. The priors are on the "
        "mean of that distribution and on its concentration, which one can think about one at a "
        "time, as one cannot about its two shapes."
    ),
    equation=r"""
    y_j &\sim \mathrm{Binomial}(n_j, \theta_j) \\
    \theta_j &\sim \mathrm{Beta}(\phi\, \kappa,\ (1 - \phi)\, \kappa) \\
    \phi &\sim \mathrm{Beta}(a_\phi, b_\phi) \\
    \kappa &\sim \mathrm{Pareto}(\kappa_{\min}, a_\kappa)
    """,
    outcome="y",
    data=(SUCCESSES, TRIALS),
    parameters=(
        MEAN_PROBABILITY,
        Parameter(
            "kappa",
            r"\kappa",
            "concentration of the groups' Beta distribution, in trials: "
            "how many trials' worth of pull it exerts on each group",
            support="above kappa_min",
        ),
        *GROUP_PROBABILITIES,
        *BETA_SHAPES,
    ),
    hyperparameters=(
        Hyperparameter(
            "phi_alpha",
            1.0,
            "first shape of the Beta prior of phi; 1 and 1 are uniform",
            is_positive=True,
        ),
        Hyperparameter(
            "phi_beta",
            1.0,
            "second shape of the Beta prior of phi",
            is_positive=True,
        ),
        Hyperparameter(
            "kappa_min",
            1.0,
            "smallest concentration, in trials; 1 rules out distributions that pile up at both "
            "0 and 1",
            is_positive=True,
        ),
        Hyperparameter(
            "kappa_shape",
            1.5,
            "exponent of the Pareto prior of kappa; 1.5 lets kappa exceed 100 kappa_min once in "
            "1,000 times, the choice of the Stan case study of batting averages",
            is_positive=True,
        ),
    ),
    package=__name__,
)
