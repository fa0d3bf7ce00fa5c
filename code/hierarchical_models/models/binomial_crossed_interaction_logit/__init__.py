"""Binomial outcomes in cells, with effects of two crossed factors and of their interaction."""

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
from hierarchical_models.registry import Hyperparameter, ModelSpec, Parameter

SPEC = ModelSpec(
    name="binomial_crossed_interaction_logit",
    title="Binomial, two crossed factors and their interaction",
    summary=(
        "As the model of two crossed factors, with an effect for each pair of levels on top. Pairs "
        "without data have one too, known only by its distribution: that is how sure one can be of "
        "an empty cell. The data determine the table's log-odds; intercept_adj, a_adj, b_adj and "
        "ab_adj split them into averages, free of the split that the priors make."
    ),
    equation=r"""
    y_i &\sim \mathrm{Binomial}(n_i, \theta_i) \\
    \mathrm{logit}(\theta_i) &= \gamma + a_{k[i]} + b_{l[i]} + (ab)_{k[i]\, l[i]} \\
    a_k &= \sigma_a\, a^{\mathrm{raw}}_k, \quad a^{\mathrm{raw}}_k \sim \mathrm{Normal}(0, 1) \\
    b_l &= \sigma_b\, b^{\mathrm{raw}}_l, \quad b^{\mathrm{raw}}_l \sim \mathrm{Normal}(0, 1) \\
    (ab)_{kl} &= \sigma_{ab}\, (ab)^{\mathrm{raw}}_{kl}, \quad
    (ab)^{\mathrm{raw}}_{kl} \sim \mathrm{Normal}(0, 1) \\
    \gamma &\sim \mathrm{Normal}(m_\gamma, s_\gamma) \\
    \sigma_a &\sim \text{half-Normal}(s_a), \quad \sigma_b \sim \text{half-Normal}(s_b), \quad
    \sigma_{ab} \sim \text{half-Normal}(s_{ab})
    """,
    outcome="y",
    data=CROSSED_DATA,
    parameters=(
        Parameter(
            "intercept_adj",
            r"\bar{\eta}",
            "log-odds of success, averaged over all pairs of levels",
        ),
        SPREAD_A,
        SPREAD_B,
        Parameter(
            "sigma_ab",
            r"\sigma_{ab}",
            "standard deviation of the effects of pairs of levels, in log-odds",
            support="above 0",
        ),
        *RAW_EFFECTS,
        Parameter(
            "ab_raw",
            r"(ab)^{\mathrm{raw}}_{kl}",
            "effect of the pair of levels k and l, in units of sigma_ab",
            ("a_level", "b_level"),
        ),
        *EFFECTS,
        INTERCEPT,
        Parameter(
            "ab",
            r"(ab)_{kl} = \sigma_{ab}\, (ab)^{\mathrm{raw}}_{kl}",
            "effect of the pair of levels k and l, in log-odds, beyond those of the levels",
            ("a_level", "b_level"),
            is_derived=True,
        ),
        CELL_PROBABILITY,
        Parameter(
            "eta",
            r"\eta_{kl} = \gamma + a_k + b_l + (ab)_{kl}",
            "log-odds of success at levels k and l, with or without data",
            ("a_level", "b_level"),
            is_derived=True,
        ),
        Parameter(
            "a_adj",
            r"\bar{\eta}_{k\cdot} - \bar{\eta}",
            "effect of level k of the first factor, averaged over the levels of the second, in "
            "log-odds against the average of all pairs",
            ("a_level",),
            is_derived=True,
        ),
        Parameter(
            "b_adj",
            r"\bar{\eta}_{\cdot l} - \bar{\eta}",
            "effect of level l of the second factor, averaged over the levels of the first, in "
            "log-odds against the average of all pairs",
            ("b_level",),
            is_derived=True,
        ),
        Parameter(
            "ab_adj",
            r"\eta_{kl} - \bar{\eta}_{k\cdot} - \bar{\eta}_{\cdot l} + \bar{\eta}",
            "how far the pair of levels k and l departs from the sum of the averages, in log-odds",
            ("a_level", "b_level"),
            is_derived=True,
        ),
    ),
    hyperparameters=(
        *CROSSED_PRIORS,
        Hyperparameter(
            "sigma_ab_scale",
            0.5,
            "scale of the half-normal prior of sigma_ab, in log-odds; half that of the factors, "
            "because interactions are as a rule smaller than main effects",
            is_positive=True,
        ),
    ),
    package=__name__,
)
