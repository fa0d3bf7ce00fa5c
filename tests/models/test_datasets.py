"""The data sets: what they hold, and that a file which is not the one described is refused."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import binom, norm

from hierarchical_models import datasets, get_model
from hierarchical_models.errors import UnknownNameError
from hierarchical_models.inputs import prepare_inputs
from hierarchical_models.simulate import SIMULATORS

REFERENCE = json.loads(
    (Path(__file__).parent / "reference" / "posteriors.json").read_text(encoding="utf-8")
)


@pytest.fixture
def data_folder(tmp_path, monkeypatch):
    folder = tmp_path / "data"
    shutil.copytree(datasets.DATA_FOLDER, folder)
    monkeypatch.setattr(datasets, "DATA_FOLDER", folder)
    return folder


def least_squares(columns, y):
    design = np.column_stack(columns)
    coefficients, residual, _, _ = np.linalg.lstsq(design, y, rcond=None)
    return coefficients, np.sqrt(residual[0] / (len(y) - design.shape[1]))


# the models that each table is meant for
MEANT_FOR = {
    "baseball": ("binomial_pooled", "binomial_partial", "binomial_logit_normal_noncentred"),
    "cattle_herds": ("binomial_crossed_logit", "binomial_crossed_interaction_logit"),
    "eight_schools": ("normal_pooled", "normal_partial_noncentred"),
    "radon": ("radon_pooled", "radon_varying_intercept_uranium", "radon_varying_slope_correlated"),
    "rat_tumours": ("binomial_bda3",),
    "surgical_deaths": ("binomial_unpooled", "binomial_logit_normal_noncentred"),
    "tadpoles": ("binomial_logit_normal_noncentred", "binomial_crossed_logit"),
}
TABLES = tuple(MEANT_FOR)


def test_tables_and_simulated_data_sets_are_listed_in_order():
    listed = datasets.list_datasets()
    assert tuple(name for name in listed if name not in SIMULATORS) == TABLES
    assert set(SIMULATORS) < set(listed)
    assert list(listed) == sorted(listed)


@pytest.mark.parametrize("name", TABLES)
def test_card_describes_every_column_and_says_where_the_data_come_from(name):
    data = datasets.load(name)
    card = data.provenance
    assert list(card.columns) == list(data.frame.columns)
    for text in (card.title, card.description, card.origin, card.collected_by, card.licence):
        assert len(text) > 10
    content = (datasets.DATA_FOLDER / f"{name}.csv").read_bytes()
    assert card.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    ("name", "model"), [(name, model) for name, models in MEANT_FOR.items() for model in models]
)
def test_table_has_the_fields_of_the_models_it_is_meant_for(name, model):
    data = datasets.load(name)
    inputs = prepare_inputs(get_model(model), data)
    for dim, size in inputs.sizes.items():
        assert len(inputs.coords[dim]) == size
    # every dimension that the card names has labels, or its length from the number of rows
    for dim, given in data.fields["dims"].items():
        if dim in inputs.sizes:
            assert given in data.to_model_data().coords or inputs.sizes[dim] == len(data.frame)


def test_provenance_cannot_be_changed():
    card = datasets.load("radon").provenance
    with pytest.raises(TypeError):
        card.columns["floor"] = "something else"
    with pytest.raises(AttributeError):
        card.licence = "mine"


def test_changing_a_frame_does_not_change_the_next_one():
    first = datasets.load("eight_schools")
    first.frame.loc[0, "effect"] = 99
    fields = first.to_model_data()
    fields.values["y"][1] = 77
    assert first.frame.loc[1, "effect"] == 8
    assert datasets.load("eight_schools").frame.loc[0, "effect"] == 28


def test_unknown_name_lists_the_allowed_ones_and_suggests_the_nearest():
    with pytest.raises(UnknownNameError) as error:
        datasets.load("radn")
    allowed = ", ".join(datasets.list_datasets())
    assert str(error.value) == f"data set: found 'radn', allowed {allowed}; did you mean 'radon'?"


def test_a_changed_byte_is_refused(data_folder):
    path = data_folder / "radon.csv"
    path.write_bytes(path.read_bytes().replace(b"2.2,", b"2.3,", 1))
    with pytest.raises(
        datasets.DataError, match=r"data/radon\.csv: found sha256 .* allowed .*radon\.yml"
    ):
        datasets.load("radon")


def test_a_card_without_licence_is_refused(data_folder):
    path = data_folder / "baseball.yml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("licence:", "license:"), encoding="utf-8"
    )
    with pytest.raises(datasets.DataError, match=r"data/baseball\.yml: found no licence"):
        datasets.load("baseball")


def test_a_column_that_the_card_does_not_describe_is_refused(data_folder):
    path = data_folder / "baseball.yml"
    text = path.read_text(encoding="utf-8").replace("  at_bats: the first", "  bats: the first")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(datasets.DataError, match="found columns player, hits, at_bats"):
        datasets.load("baseball")


def test_baseball_has_the_counts_of_efron_and_morris():
    frame = datasets.load("baseball").frame
    facts = REFERENCE["baseball"]["james_stein"]["data"]
    assert frame["hits"].tolist() == facts["y"]
    assert set(frame["at_bats"]) == {45}
    assert frame["remaining_at_bats"].tolist() == facts["remaining_AB_EM(pscl)"]
    assert frame["remaining_hits"].tolist() == facts["remaining_hits"]
    for full, short in zip(frame["player"], facts["names"], strict=True):
        assert full.split()[-1] == short.split()[-1]


def test_baseball_keeps_efron_and_morris_row_of_billy_williams():
    frame = datasets.load("baseball").frame.set_index("player")
    row = frame.loc["Billy Williams"]
    assert (row["remaining_hits"], row["remaining_at_bats"]) == (69, 270)


def test_remaining_averages_are_the_published_ones_but_for_kessinger():
    frame = datasets.load("baseball").frame
    averages = frame["remaining_hits"] / frame["remaining_at_bats"]
    published = REFERENCE["baseball"]["james_stein"]["data"]["remaining_avg_EM"]
    differs = np.abs(averages - published) > 0.0005001
    assert frame["player"][differs].tolist() == ["Don Kessinger"]


def test_baseball_for_models_has_hits_at_bats_and_players():
    data = datasets.load("baseball").to_model_data()
    assert sorted(data.values) == ["n", "y"]
    assert data.values["y"].sum() == 215 and data.values["n"].tolist() == [45] * 18
    assert data.dims == {"group": "player"}
    assert data.coords["player"][:2] == ("Roberto Clemente", "Frank Robinson")


def test_eight_schools_for_models_has_effects_and_standard_errors():
    data = datasets.load("eight_schools").to_model_data()
    facts = REFERENCE["eight_schools"]["data"]
    assert data.values["y"].tolist() == facts["y"]
    assert data.values["sigma"].tolist() == facts["sigma"]
    assert data.dims == {"group": "school"} and data.coords == {"school": tuple("ABCDEFGH")}


def test_rat_tumours_for_models_has_71_experiments():
    data = datasets.load("rat_tumours").to_model_data()
    facts = REFERENCE["rat_tumours"]["data"]
    assert data.values["y"].tolist() == facts["y"]
    assert data.values["n"].tolist() == facts["n"]
    assert data.coords["experiment"] == tuple(range(1, 72))


def test_radon_has_the_known_summaries():
    frame = datasets.load("radon").frame
    assert len(frame) == 919 and frame["county"].nunique() == 85
    assert frame["floor"].value_counts().to_dict() == {0: 766, 1: 153}
    assert frame["log_radon"].mean() == pytest.approx(1.2246, abs=5e-5)
    assert frame["log_radon"].std() == pytest.approx(0.8533, abs=5e-5)


def test_radon_is_the_logarithm_of_its_activity():
    frame = datasets.load("radon").frame
    assert np.log(frame["activity"]).to_numpy() == pytest.approx(frame["log_radon"], abs=1e-12)
    assert (frame["activity"] == 0.1).sum() == 4 and frame["activity"].min() == 0.1


def test_least_squares_on_radon_gives_the_reference_fits():
    frame = datasets.load("radon").frame
    y, floor = frame["log_radon"].to_numpy(), frame["floor"].to_numpy()
    fits = REFERENCE["radon_minnesota"]["reml_fits"]
    coefficients, sigma = least_squares([np.ones_like(y), floor], y)
    assert coefficients == pytest.approx(fits["complete pooling lm(y~x)"]["coef"], abs=5e-5)
    assert sigma == pytest.approx(fits["complete pooling lm(y~x)"]["sigma"], abs=5e-5)
    codes = datasets.load("radon").to_model_data().values["group"]
    counties = codes[:, None] == np.arange(85)
    coefficients, sigma = least_squares([floor, counties], y)
    no_pooling = fits["no pooling lm(y~x+county-1)"]
    assert coefficients[0] == pytest.approx(no_pooling["slope"], abs=5e-5)
    assert sigma == pytest.approx(no_pooling["sigma"], abs=5e-5)
    ends = [coefficients[1:].min(), coefficients[1:].max()]
    assert ends == pytest.approx(no_pooling["range alpha"], abs=5e-4)


def test_uranium_is_the_same_in_all_houses_of_a_county():
    frame = datasets.load("radon").frame
    assert (frame.groupby("county")["log_uranium"].nunique() == 1).all()


def test_radon_for_models_matches_counties_to_houses():
    data = datasets.load("radon")
    fields, frame = data.to_model_data(), data.frame
    names = np.array(fields.coords["county"])
    assert names[fields.values["group"]].tolist() == frame["county"].tolist()
    assert fields.values["u"].shape == (85,)
    assert fields.values["u"][fields.values["group"]].tolist() == frame["log_uranium"].tolist()
    assert fields.values["y"].tolist() == frame["log_radon"].tolist()
    assert fields.values["x"].tolist() == frame["floor"].tolist()
    assert fields.dims == {"group": "county", "observation": "house"}


def test_a_group_value_that_varies_within_its_group_is_refused():
    data = datasets.load("radon")
    data.frame.loc[0, "log_uranium"] = 0.0
    with pytest.raises(datasets.DataError, match=r"radon\.log_uranium: found 2 values in AITKIN"):
        data.to_model_data()


def test_surgical_deaths_have_the_published_death_rates():
    """Means of p[1] to p[10] under Beta(1, 1), with their Monte Carlo errors, from the manual."""
    frame = datasets.load("surgical_deaths").frame
    assert len(frame) == 12 and frame["hospital"].tolist() == list("ABCDEFGHIJKL")
    assert (frame["deaths"].sum(), frame["operations"].sum()) == (208, 2814)
    published = np.array(
        [0.02032, 0.1267, 0.07441, 0.0579, 0.0421, 0.07082, 0.06681, 0.1475, 0.07181, 0.09129]
    )
    errors = 1e-4 * np.array([1.95, 2.634, 2.263, 0.9032, 1.434, 1.862, 2.058, 2.136, 1.89, 2.638])
    means = ((frame["deaths"] + 1) / (frame["operations"] + 2)).to_numpy()
    np.testing.assert_array_less(np.abs(means[:10] - published), 4 * errors + 5e-5)


def test_tadpoles_are_four_tanks_for_each_of_twelve_treatments():
    frame = datasets.load("tadpoles").frame
    assert frame["tank"].tolist() == list(range(1, 49))
    assert frame.groupby(["tadpoles", "predators", "size"]).size().tolist() == [4] * 12
    words = frame["predators"].map({"absent": "no predators", "present": "predators"})
    labels = frame["size"] + ", " + frame["tadpoles"].astype(str) + ", " + words
    assert frame["treatment"].tolist() == labels.tolist()
    assert (frame["surviving"] <= frame["tadpoles"]).all()


def test_tadpoles_survive_as_published():
    """Proportions of the file in the R package emdbook, a column of its own there."""
    frame = datasets.load("tadpoles").frame.set_index("tank")
    share = frame["surviving"] / frame["tadpoles"]
    published = {3: 0.7, 9: 0.4, 27: 0.16, 33: 0.971428571428571, 38: 1.0, 48: 0.485714285714286}
    for tank, proportion in published.items():
        assert share[tank] == pytest.approx(proportion, abs=1e-12)
    assert (frame["tadpoles"].sum(), frame["surviving"].sum()) == (1120, 783)


def test_tadpoles_for_models_are_nested_in_treatments():
    data = datasets.load("tadpoles").to_model_data()
    assert data.values["factor_b"].tolist() == list(range(48))
    treatments = np.array(data.coords["treatment"])
    assert treatments[data.values["factor_a"]].tolist() == (
        datasets.load("tadpoles").frame["treatment"].tolist()
    )
    assert np.bincount(data.values["factor_a"]).tolist() == [4] * 12


def test_cattle_herds_have_four_empty_cells():
    frame = datasets.load("cattle_herds").frame
    table = frame.pivot(index="herd", columns="period", values="cattle")
    assert table.shape == (15, 4) and len(frame) == 56
    empty = table.isna().stack()
    assert empty[empty].index.tolist() == [(2, 4), (8, 2), (8, 3), (8, 4)]
    assert (frame["cattle"].sum(), frame["new_cases"].sum()) == (842, 99)


def test_cattle_herds_for_models_match_herds_and_periods_to_cells():
    data, frame = datasets.load("cattle_herds").to_model_data(), datasets.load("cattle_herds").frame
    herds, periods = (np.array(data.coords[name]) for name in ("herd", "period"))
    assert herds[data.values["factor_a"]].tolist() == frame["herd"].tolist()
    assert periods[data.values["factor_b"]].tolist() == frame["period"].tolist()
    assert data.values["y"].tolist() == frame["new_cases"].tolist()


def laplace_log_likelihood(beta, sigma):
    """Log likelihood of periods' effects `beta` with normal herds, by Laplace's approximation."""
    frame = datasets.load("cattle_herds").frame
    total = 0.0
    for _, herd in frame.groupby("herd"):
        y, n, fixed = herd["new_cases"], herd["cattle"], beta[herd["period"] - 1]

        def minus_log_joint(effect, y=y, n=n, fixed=fixed):
            likelihood = binom.logpmf(y, n, expit(fixed + effect)).sum()
            return -likelihood - norm.logpdf(float(effect[0]), 0, sigma)

        mode = minimize(minus_log_joint, [0.0], method="BFGS", options={"gtol": 1e-7})
        p = expit(fixed + mode.x)
        curvature = (n * p * (1 - p)).sum() + sigma**-2
        total += -mode.fun + 0.5 * np.log(2 * np.pi / curvature)
    return total


def test_cattle_herds_have_the_published_likelihood_at_the_published_estimates():
    """Herd as a normal effect, periods as fixed ones: the example of the R package lme4.

    Its help page fits glmer(cbind(incidence, size - incidence) ~ period + (1 | herd)); the output,
    printed in many places: standard deviation of herds 0.6421, intercept -1.3983, periods -0.9919,
    -1.1282 and -1.5797, log likelihood -92.0.
    """
    beta = -1.3983 + np.array([0, -0.9919, -1.1282, -1.5797])
    best = laplace_log_likelihood(beta, 0.6421)
    assert best == pytest.approx(-92.0, abs=0.05)
    for other in (0.55, 0.75):
        assert laplace_log_likelihood(beta, other) < best
    for step in 0.1 * np.eye(4):
        assert laplace_log_likelihood(beta + step, 0.6421) < best
        assert laplace_log_likelihood(beta - step, 0.6421) < best
