"""Binomial outcomes, probabilities drawn from a Beta distribution that is itself learned."""

from hierarchical_models.models.fields import SUCCESSES, TRIALS
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_partial",
    title="Binomial, partial pooling",
    summary=(
        "Each group has its own probability, and the probabilities come from one Beta distribution "
        "whose shapes are learned: groups inform each other as far as they are alike."
    ),
    equation=r"""
    y_j &\sim \mathrm{Binomial}(n_j, \theta_j) \\
    \theta_j &\sim \mathrm{Beta}(\alpha, \beta) \\
    \alpha &\sim \mathrm{Gamma}(a_\alpha, b_\alpha) \\
    \beta &\sim \mathrm{Gamma}(a_\beta, b_\beta)
    """,
    outcome="y",
    data=(SUCCESSES, TRIALS),
    parameters=(
        Parameter(
            "alpha",
            r"\alpha",
            "first shape of the groups' Beta distribution",
            support="above 0",
        ),
        Parameter(
            "beta",
            r"\beta",
            "second shape of the groups' Beta distribution",
            support="above 0",
        ),
        Parameter(
            "theta",
            r"\theta_j",
            "probability of success in group j",
            ("group",),
            support="0 to 1",
        ),
        Parameter(
            "phi",
            r"\phi = \alpha / (\alpha + \beta)",
            "mean of the groups' Beta distribution",
            support="0 to 1",
            is_derived=True,
        ),
        Parameter(
            "kappa",
            r"\kappa = \alpha + \beta",
            "concentration of the groups' Beta distribution, in trials: "
            "how many trials' worth of pull it exerts on each group",
            support="above 0",
            is_derived=True,
        ),
    ),
    hyperparameters=(
        Hyperparameter(
            "alpha_shape",
            2.0,
            "shape of the Gamma prior of alpha; Gamma(2, 1) is the choice of the lesson that this "
            "course grew from, and episode 4 shows what is wrong with it",
            is_positive=True,
        ),
        Hyperparameter(
            "alpha_rate",
            1.0,
            "rate of the Gamma prior of alpha",
            is_positive=True,
        ),
        Hyperparameter(
            "beta_shape",
            2.0,
            "shape of the Gamma prior of beta, as for alpha",
            is_positive=True,
        ),
        Hyperparameter(
            "beta_rate",
            1.0,
            "rate of the Gamma prior of beta",
            is_positive=True,
        ),
    ),
    package=__name__,
)
