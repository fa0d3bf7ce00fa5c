"""Binomial outcomes, a Beta distribution with the improper hyperprior of BDA3, in PyMC."""

import pymc as pm

from hierarchical_models.models.beta_log_odds import beta_log_odds


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        # (alpha + beta)^-exponent is uniform in phi and in spread = kappa^(2 - exponent)
        phi = pm.Uniform("phi", 0, 1)
        spread = pm.HalfFlat("spread")
        kappa = pm.Deterministic(
            "kappa", spread ** (1 / (2 - hyper["exponent"]))
        )
        # theta ~ Beta(alpha, beta), sampled as its standardised log-odds
        pm.Deterministic("alpha", phi * kappa)
        pm.Deterministic("beta", (1 - phi) * kappa)
        eta = beta_log_odds(
            "theta_raw", phi, kappa, data["y"], data["n"], dims="group"
        )
        pm.Deterministic("theta", pm.math.invlogit(eta), dims="group")
        pm.Binomial(
            "y", n=data["n"], logit_p=eta, observed=data["y"], dims="group"
        )
    return model
