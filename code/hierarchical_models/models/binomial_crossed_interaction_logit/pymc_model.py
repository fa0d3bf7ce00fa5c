"""Binomial outcomes in cells of two crossed factors that interact, in PyMC."""

import pymc as pm


def build_model(data, hyper, coords):
    """Build the model; arguments as in `ModelSpec.build_pymc`."""
    with pm.Model(coords=coords) as model:
        sigma_a = pm.HalfNormal("sigma_a", hyper["sigma_a_scale"])
        sigma_b = pm.HalfNormal("sigma_b", hyper["sigma_b_scale"])
        sigma_ab = pm.HalfNormal("sigma_ab", hyper["sigma_ab_scale"])
        a_raw = pm.Normal("a_raw", 0, 1, dims="a_level")
        b_raw = pm.Normal("b_raw", 0, 1, dims="b_level")
        ab_raw = pm.Normal("ab_raw", 0, 1, dims=("a_level", "b_level"))
        a = pm.Deterministic("a", sigma_a * a_raw, dims="a_level")
        b = pm.Deterministic("b", sigma_b * b_raw, dims="b_level")
        ab = pm.Deterministic(
            "ab", sigma_ab * ab_raw, dims=("a_level", "b_level")
        )

        # intercept ~ Normal(intercept_mean, intercept_scale), sampled as the
        # log-odds averaged over the levels, which is what the data determine
        average = a.mean() + b.mean() + ab.mean()
        intercept_adj = pm.Normal(
            "intercept_adj",
            hyper["intercept_mean"] + average,
            hyper["intercept_scale"],
        )
        intercept = pm.Deterministic("intercept", intercept_adj - average)
        eta = pm.Deterministic(
            "eta",
            intercept + a[:, None] + b[None, :] + ab,
            dims=("a_level", "b_level"),
        )
        cell_eta = eta[data["factor_a"], data["factor_b"]]
        pm.Deterministic("theta", pm.math.invlogit(cell_eta), dims="cell")
        pm.Binomial(
            "y", n=data["n"], logit_p=cell_eta, observed=data["y"], dims="cell"
        )

        a_adj = pm.Deterministic(
            "a_adj", eta.mean(axis=1) - intercept_adj, dims="a_level"
        )
        b_adj = pm.Deterministic(
            "b_adj", eta.mean(axis=0) - intercept_adj, dims="b_level"
        )
        pm.Deterministic(
            "ab_adj",
            eta - intercept_adj - a_adj[:, None] - b_adj[None, :],
            dims=("a_level", "b_level"),
        )
    return model
