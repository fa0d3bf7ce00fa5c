"""The data sets of the course: tables with their provenance, checked when they are read."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import yaml

from hierarchical_models.errors import HierarchicalModelsError
from hierarchical_models.model_data import ModelData
from hierarchical_models.names import unknown_name

if TYPE_CHECKING:
    from hierarchical_models.simulate import SimulatedDataset

DATA_FOLDER = Path(__file__).parent / "data"
TEXT_FIELDS = ("title", "description", "origin", "collected_by", "licence", "copied_from", "sha256")
CARD_FIELDS = (*TEXT_FIELDS, "columns", "model_data")


class DataError(HierarchicalModelsError, ValueError):
    """A data set and its card disagree, or the card is incomplete."""


@dataclass(frozen=True)
class Provenance:
    """Where a data set comes from and what its columns mean.

    Parameters
    ----------
    title, description : str
        What the data are, in a line and in a few sentences.
    origin : str
        Citation of the first publication.
    collected_by : str
        Who made the measurements or counts.
    licence : str
        What is known about the terms of use.
    copied_from : str
        Where this copy was taken from, and what was changed.
    columns : mapping of str to str
        Meaning of each column, with its unit.
    sha256 : str
        Checksum of the CSV file's bytes, in hexadecimal digits.
    """

    title: str
    description: str
    origin: str
    collected_by: str
    licence: str
    copied_from: str
    columns: Mapping[str, str]
    sha256: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", MappingProxyType(dict(self.columns)))


@dataclass(frozen=True, eq=False)
class Dataset:
    """A table, where it comes from, and how models read it.

    Parameters
    ----------
    name : str
        The name that `load` knows it by.
    frame : pandas.DataFrame
        The table; columns are described in ``provenance.columns``.
    provenance : Provenance
        Its origin, licence and columns.
    fields : mapping
        Which column stands for which field of the models, as in the data card.
    """

    name: str
    frame: pd.DataFrame
    provenance: Provenance
    fields: Mapping[str, Any]

    def to_model_data(self) -> ModelData:
        """Return the fields that models read, with the names of the dimensions.

        Returns
        -------
        ModelData
            Copies of the columns under the models' names. Where the rows are observations in
            groups, or cells of two factors, ``group``, or ``factor_a`` and ``factor_b``, hold each
            row's group or levels, counted from 0 in order of appearance.

        Raises
        ------
        DataError
            If a value that belongs to a group differs between the group's rows.

        Examples
        --------
        >>> baseball = load("baseball").to_model_data()
        >>> int(baseball.values["y"][0]), int(baseball.values["n"][0])
        (18, 45)
        >>> baseball.coords["player"][0]
        'Roberto Clemente'
        >>> herds = load("cattle_herds").to_model_data()
        >>> herds.values["factor_a"][:6], herds.coords["period"]
        (array([0, 0, 0, 0, 1, 1]), (1, 2, 3, 4))
        """
        dims: dict[str, str] = self.fields["dims"]
        values: dict[str, np.ndarray] = {
            field: self.frame[column].to_numpy(copy=True)
            for field, column in self.fields["values"].items()
        }
        coords = {}
        if "labels" in self.fields:
            coords[dims["group"]] = tuple(self.frame[self.fields["labels"]].tolist())
        for field, column in self.fields.get("indices", {}).items():
            codes, names = pd.factorize(self.frame[column])
            values[field], coords[column] = codes.astype(np.int64), tuple(names.tolist())
        for field, column in self.fields.get("group_values", {}).items():
            values[field] = self._one_value_per_group(column)
        return ModelData(values, dims, coords)

    def _one_value_per_group(self, column: str) -> np.ndarray:
        group = self.fields["indices"]["group"]
        by_group = self.frame.groupby(group, sort=False)[column]
        varying = by_group.nunique().loc[lambda counts: counts != 1]
        if not varying.empty:
            raise DataError(
                f"{self.name}.{column}: found {varying.iloc[0]} values in {varying.index[0]}, "
                f"allowed one for each {group}; correct the rows that differ"
            )
        values: np.ndarray = by_group.first().to_numpy(copy=True)
        return values


def list_datasets() -> tuple[str, ...]:
    """Return the names of the data sets, in alphabetical order.

    Returns
    -------
    tuple of str
        Every name that `load` takes.

    Examples
    --------
    >>> "radon" in list_datasets()
    True
    """
    return tuple(sorted((*(card.stem for card in DATA_FOLDER.glob("*.yml")), *_simulators())))


def load(name: str) -> Dataset | SimulatedDataset:
    """Read a data set and check it against its card, or simulate it with its own seed.

    Parameters
    ----------
    name : str
        One of `list_datasets`.

    Returns
    -------
    Dataset or SimulatedDataset
        With a frame of its own, which the caller may change.

    Raises
    ------
    UnknownNameError
        If there is no data set of that name.
    DataError
        If the file's bytes or columns are not those of the card, or the card is incomplete.

    Examples
    --------
    >>> schools = load("eight_schools")
    >>> schools.frame["effect"].tolist()
    [28, 8, -3, 7, -1, 1, 18, 12]
    >>> schools.provenance.columns["standard_error"]
    'standard error of the estimate (points of the SAT verbal score)'
    """
    if name in _simulators():
        return _simulators()[name]()
    # without a look at the other sets: what an episode reads is what it depends on
    card_file = DATA_FOLDER / f"{name}.yml"
    if not name.isidentifier() or not card_file.is_file():
        raise unknown_name("data set", name, list_datasets())
    card = _read_card(card_file)
    content = (DATA_FOLDER / f"{name}.csv").read_bytes()
    _check_checksum(name, content, card["sha256"])
    frame = pd.read_csv(io.BytesIO(content))
    _check_columns(name, list(frame.columns), list(card["columns"]))
    provenance = Provenance(
        columns=card["columns"], **{field: card[field].strip() for field in TEXT_FIELDS}
    )
    return Dataset(name, frame, provenance, MappingProxyType(card["model_data"]))


def _simulators() -> Mapping[str, Callable[..., SimulatedDataset]]:
    # not above: the simulators describe what they make by the Provenance of this module
    from hierarchical_models.simulate import SIMULATORS

    return SIMULATORS


def _read_card(path: Path) -> dict[str, Any]:
    card: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    missing = [field for field in CARD_FIELDS if not card.get(field)]
    if missing:
        raise DataError(
            f"data/{path.name}: found no {', '.join(missing)}, allowed a card with "
            f"{', '.join(CARD_FIELDS)}; fill in what is missing"
        )
    return card


def _check_checksum(name: str, content: bytes, expected: str) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        raise DataError(
            f"data/{name}.csv: found sha256 {found}, allowed {expected} (data/{name}.yml); "
            "restore the file, or, if the change is meant, say so in the card and update its sha256"
        )


def _check_columns(name: str, found: list[str], described: list[str]) -> None:
    if found != described:
        raise DataError(
            f"data/{name}.csv: found columns {', '.join(found)}, allowed {', '.join(described)} "
            f"(data/{name}.yml); describe each column in the card, in the file's order"
        )
