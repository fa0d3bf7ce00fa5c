"""Models are found by name, and say what they are."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest

from hierarchical_models import HyperparameterError, UnknownNameError, get_model, list_models
from hierarchical_models.datasets import list_datasets


@pytest.mark.parametrize("name", list_models())
def test_specification_and_programs_name_the_same_things(name):
    spec = get_model(name)
    stan = spec.stan_file.read_text()
    pymc = spec.pymc_file.read_text()
    for parameter in spec.parameters:
        assert f" {parameter.name}" in stan
        assert f'"{parameter.name}"' in pymc
        assert parameter.description and parameter.symbol
    for item in (*spec.data, *spec.hyperparameters):
        assert f" {item.name};" in stan
        assert item.description
    assert spec.name == spec.folder.name


def test_unknown_model_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownNameError, match="did you mean 'binomial_pooled'"):
        get_model("binomial_poled")


def test_unknown_hyperparameter_is_refused_with_those_there_are():
    with pytest.raises(UnknownNameError, match="found 'tau_skale'.*did you mean 'tau_scale'"):
        get_model("normal_partial_centred").resolve_hyperparameters({"tau_skale": 5})


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("tau_scale", 0, "tau_scale: found 0, allowed numbers above 0"),
        ("tau_scale", -1, "tau_scale: found -1, allowed numbers above 0"),
        ("tau_scale", math.inf, "tau_scale: found inf, allowed a finite number"),
        ("mu_scale", math.nan, "mu_scale: found nan, allowed a number, or inf for a flat prior"),
        ("mu_scale", -math.inf, "mu_scale: found -inf"),
        ("mu_mean", "zero", "mu_mean: found 'zero', allowed one number; its default is 0.0"),
        ("mu_mean", [1, 2], r"mu_mean: found \[1, 2\], allowed one number"),
        ("tau_prior", "cauchy", "tau_prior: found 'cauchy', allowed half_normal, half_cauchy"),
    ],
)
def test_hyperparameter_out_of_range_is_refused(name, value, message):
    with pytest.raises(HyperparameterError, match=message):
        get_model("normal_partial_centred").resolve_hyperparameters({name: value})


def test_hyperparameters_not_given_take_their_defaults():
    resolved = get_model("binomial_partial").resolve_hyperparameters({"beta_rate": 0.5})
    assert resolved == {"alpha_shape": 2.0, "alpha_rate": 1.0, "beta_shape": 2.0, "beta_rate": 0.5}


def test_specifications_load_without_the_samplers():
    script = (
        "import sys; from hierarchical_models.registry import list_models; list_models();"
        "from hierarchical_models import fit;"
        "print(sorted({'pymc', 'nutpie', 'cmdstanpy'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_the_first_data_sets_are_there():
    assert {"baseball", "eight_schools"} <= set(list_datasets())


def test_both_forms_of_partial_pooling_hold_the_same_prior_of_the_spread():
    blocks = {
        name: get_model(name).stan_file.read_text().split("functions {")[1].split("\ndata {")[0]
        for name in ("normal_partial_centred", "normal_partial_noncentred")
    }
    assert len(set(blocks.values())) == 1
