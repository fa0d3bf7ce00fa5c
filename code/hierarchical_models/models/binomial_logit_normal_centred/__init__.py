"""Binomial outcomes, log-odds from one normal distribution: centred."""

from hierarchical_models.models.fields import SUCCESSES, TRIALS
from hierarchical_models.models.fields_binomial import (
    LOG_ODDS_MEAN,
    LOG_ODDS_PRIORS,
    LOG_ODDS_SPREAD,
    PROBABILITY_FROM_LOG_ODDS,
)
from hierarchical_models.registry import ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_logit_normal_centred",
    title="Binomial, normal log-odds, centred",
    summary=(
        "Each group's log-odds come from one normal distribution whose mean and spread are "
        "learned. Centred: good when each group has many trials, troubled by a funnel when the "
        "groups have few or are much alike."
    ),
    equation=r"""
    y_j &\sim \mathrm{Binomial}(n_j, \mathrm{logit}^{-1}(\eta_j)) \\
    \eta_j &\sim \mathrm{Normal}(\mu, \sigma) \\
    \mu &\sim \mathrm{Normal}(m_\mu, s_\mu) \\
    \sigma &\sim \text{half-Normal}(s_\sigma)
    """,
    outcome="y",
    data=(SUCCESSES, TRIALS),
    parameters=(
        LOG_ODDS_MEAN,
        LOG_ODDS_SPREAD,
        Parameter(
            "eta", r"\eta_j", "log-odds of success in group j", ("group",)
        ),
        PROBABILITY_FROM_LOG_ODDS,
    ),
    hyperparameters=LOG_ODDS_PRIORS,
    package=__name__,
)
