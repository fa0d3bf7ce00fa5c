"""The data sets: what they hold, and that a file which is not the one described is refused."""

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from hierarchical_models import datasets
from hierarchical_models.errors import UnknownNameError

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


def test_the_four_data_sets_are_listed_in_order():
    assert datasets.list_datasets() == ("baseball", "eight_schools", "radon", "rat_tumours")


@pytest.mark.parametrize("name", datasets.list_datasets())
def test_card_describes_every_column_and_says_where_the_data_come_from(name):
    data = datasets.load(name)
    card = data.provenance
    assert list(card.columns) == list(data.frame.columns)
    for text in (card.title, card.description, card.origin, card.collected_by, card.licence):
        assert len(text) > 10
    content = (datasets.DATA_FOLDER / f"{name}.csv").read_bytes()
    assert card.sha256 == hashlib.sha256(content).hexdigest()


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
    assert str(error.value) == (
        "data set: found 'radn', allowed baseball, eight_schools, radon, rat_tumours; "
        "did you mean 'radon'?"
    )


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
