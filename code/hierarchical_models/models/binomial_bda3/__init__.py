"""Binomial outcomes, a learned Beta distribution with the improper hyperprior of BDA3."""

from hierarchical_models.models.fields import SUCCESSES, TRIALS
from hierarchical_models.models.fields_binomial import (
    BETA_SHAPES,
    GROUP_PROBABILITIES,
    MEAN_PROBABILITY,
)
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_bda3",
    title="Binomial, partial pooling, improper hyperprior",
    summary=(
        "Each group has its own probability, from one Beta distribution whose shapes have the "
        "noninformative density of Gelman et al. (2013), section 5.3. It is improper: nothing can "
        "be drawn from it, and the posterior is proper only if some group has both successes and "
        "failures."
    ),
    equation=r"""
    y_j &\sim \mathrm{Binomial}(n_j, \theta_j) \\
    \theta_j &\sim \mathrm{Beta}(\alpha, \beta) \\
    p(\alpha, \beta) &\propto (\alpha + \beta)^{-c}, \quad c = 5/2, \quad
    \text{uniform on } \phi = \alpha / (\alpha + \beta) \text{ and } (\alpha + \beta)^{2 - c}
    """,
    outcome="y",
    data=(SUCCESSES, TRIALS),
    parameters=(
        MEAN_PROBABILITY,
        Parameter(
            "spread",
            r"(\alpha + \beta)^{2 - c}",
            "what the prior is uniform on beside phi; with c = 5/2 about the standard deviation of "
            "the groups' Beta distribution, in units of the square root of phi (1 - phi)",
            support="above 0",
        ),
        Parameter(
            "kappa",
            r"\kappa = \alpha + \beta",
            "concentration of the groups' Beta distribution, in trials: "
            "how many trials' worth of pull it exerts on each group",
            support="above 0",
            is_derived=True,
        ),
        *GROUP_PROBABILITIES,
        *BETA_SHAPES,
    ),
    hyperparameters=(
        Hyperparameter(
            "exponent",
            2.5,
            "c in the equation; with 5/2 the prior is uniform on the mean and about so on the "
            "standard deviation of the probabilities; with 2 or less no posterior would be proper",
            above=2.0,
        ),
    ),
    package=__name__,
)
