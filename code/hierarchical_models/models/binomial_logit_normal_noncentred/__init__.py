"""Binomial outcomes, log-odds from one normal distribution: non-centred."""

from hierarchical_models.models.fields import SUCCESSES, TRIALS
from hierarchical_models.models.fields_binomial import (
    LOG_ODDS_MEAN,
    LOG_ODDS_PRIORS,
    LOG_ODDS_SPREAD,
    PROBABILITY_FROM_LOG_ODDS,
)
from hierarchical_models.registry import ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_logit_normal_noncentred",
    title="Binomial, normal log-odds, non-centred",
    summary=(
        "Each group's log-odds come from one normal distribution whose mean and spread are "
        "learned. Non-centred: the sampler sees standard normal deviations, which suits groups "
        "with few trials."
    ),
    equation=r"""
    y_j &\sim \mathrm{Binomial}(n_j, \mathrm{logit}^{-1}(\eta_j)) \\
    \eta_j &= \mu + \sigma\, \eta^{\mathrm{raw}}_j, \quad
    \eta^{\mathrm{raw}}_j \sim \mathrm{Normal}(0, 1) \\
    \mu &\sim \mathrm{Normal}(m_\mu, s_\mu) \\
    \sigma &\sim \text{half-Normal}(s_\sigma)
    """,
    outcome="y",
    data=(SUCCESSES, TRIALS),
    parameters=(
        LOG_ODDS_MEAN,
        LOG_ODDS_SPREAD,
        Parameter(
            "eta_raw",
            r"\eta^{\mathrm{raw}}_j",
            "deviation of group j's log-odds from mu, in units of sigma",
            ("group",),
        ),
        Parameter(
            "eta",
            r"\eta_j",
            "log-odds of success in group j",
            ("group",),
            is_derived=True,
        ),
        PROBABILITY_FROM_LOG_ODDS,
    ),
    hyperparameters=LOG_ODDS_PRIORS,
    package=__name__,
)
