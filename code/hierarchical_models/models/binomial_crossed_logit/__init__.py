"""Binomial outcomes in cells, with effects of two factors that are crossed or nested."""

from hierarchical_models.models.fields_binomial import (
    CELL_PROBABILITY,
    CROSSED_DATA,
    CROSSED_PRIORS,
    EFFECTS,
    INTERCEPT,
    RAW_EFFECTS,
    SPREAD_A,
    SPREAD_B,
)
from hierarchical_models.registry import ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_crossed_logit",
    title="Binomial, two crossed factors",
    summary=(
        "The log-odds of a cell are an intercept plus an effect of its level of either factor; "
        "each factor's effects come from a normal distribution of their own. Cells may be missing, "
        "or share their levels; nested factors are the case where each level of the second occurs "
        "with one level of the first only. Only the priors tell the intercept from the average "
        "of a factor's effects: intercept_adj, a_adj and b_adj are what the data determine."
    ),
    equation=r"""
    y_i &\sim \mathrm{Binomial}(n_i, \theta_i) \\
    \mathrm{logit}(\theta_i) &= \gamma + a_{k[i]} + b_{l[i]} \\
    a_k &= \sigma_a\, a^{\mathrm{raw}}_k, \quad a^{\mathrm{raw}}_k \sim \mathrm{Normal}(0, 1) \\
    b_l &= \sigma_b\, b^{\mathrm{raw}}_l, \quad b^{\mathrm{raw}}_l \sim \mathrm{Normal}(0, 1) \\
    \gamma &\sim \mathrm{Normal}(m_\gamma, s_\gamma) \\
    \sigma_a &\sim \text{half-Normal}(s_a), \quad \sigma_b \sim \text{half-Normal}(s_b)
    """,
    outcome="y",
    data=CROSSED_DATA,
    parameters=(
        Parameter(
            "intercept_adj",
            r"\gamma + \bar{a} + \bar{b}",
            "log-odds of success, averaged over the levels of both factors that are in the data",
        ),
        SPREAD_A,
        SPREAD_B,
        *RAW_EFFECTS,
        *EFFECTS,
        INTERCEPT,
        CELL_PROBABILITY,
        Parameter(
            "a_adj",
            r"a_k - \bar{a}",
            "effect of level k of the first factor, in log-odds against the average of its levels",
            ("a_level",),
            is_derived=True,
        ),
        Parameter(
            "b_adj",
            r"b_l - \bar{b}",
            "effect of level l of the second factor, in log-odds against the average of its levels",
            ("b_level",),
            is_derived=True,
        ),
    ),
    hyperparameters=CROSSED_PRIORS,
    package=__name__,
)
