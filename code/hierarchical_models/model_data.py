"""Data in the form that the models read: named arrays, with names for their dimensions."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class ModelData:
    """The fields that models read, and what the dimensions are called here.

    Parameters
    ----------
    values : mapping of str to number or ndarray
        The fields by the name that the models give them, for example
        ``{"y": hits, "n": at_bats}``. A field that a model does not use is ignored by it.
    dims : mapping of str to str, optional
        The reader's name for each of the models' dimensions, for example
        ``{"group": "player"}``; a dimension that is not named keeps the model's name.
    coords : mapping of str to sequence, optional
        Labels along a dimension, by the reader's name of it, for example
        ``{"player": ["Clemente", ...]}``; without labels, 0, 1, 2, ...
    """

    values: Mapping[str, Any]
    dims: Mapping[str, str] = field(default_factory=dict)
    coords: Mapping[str, tuple[Hashable, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", MappingProxyType(dict(self.values)))
        object.__setattr__(self, "dims", MappingProxyType(dict(self.dims)))
        labels = {dim: tuple(values) for dim, values in self.coords.items()}
        object.__setattr__(self, "coords", MappingProxyType(labels))
