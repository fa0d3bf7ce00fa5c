"""Binomial outcomes in cells of two crossed or nested factors, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        sigma_a = pm.HalfNormal("sigma_a", hyper["sigma_a_scale"])
        sigma_b = pm.HalfNormal("sigma_b", hyper["sigma_b_scale"])
        a_raw = pm.Normal("a_raw", 0, 1, dims="a_level")
        b_raw = pm.Normal("b_raw", 0, 1, dims="b_level")
        a = pm.Deterministic("a", sigma_a * a_raw, dims="a_level")
        b = pm.Deterministic("b", sigma_b * b_raw, dims="b_level")

        # intercept ~ Normal(intercept_mean, intercept_scale), sampled as the
        # log-odds averaged over the levels, which is what the data determine
        average = a.mean() + b.mean()
        intercept_adj = pm.Normal(
            "intercept_adj",
            hyper["intercept_mean"] + average,
            hyper["intercept_scale"],
        )
        intercept = pm.Deterministic("intercept", intercept_adj - average)
        eta = intercept + a[data["factor_a"]] + b[data["factor_b"]]
        pm.Deterministic("theta", pm.math.invlogit(eta), dims="cell")
        pm.Binomial(
            "y", n=data["n"], logit_p=eta, observed=data["y"], dims="cell"
        )

        pm.Deterministic("a_adj", a - a.mean(), dims="a_level")
        pm.Deterministic("b_adj", b - b.mean(), dims="b_level")
    return model
