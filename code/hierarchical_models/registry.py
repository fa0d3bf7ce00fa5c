"""What a model is, and which models there are. Importing this loads neither PyMC nor CmdStanPy."""

from __future__ import annotations

import math
import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from numbers import Real
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hierarchical_models.errors import HyperparameterError
from hierarchical_models.names import unknown_name

if TYPE_CHECKING:
    import pymc as pm

MODELS_PACKAGE = "hierarchical_models.models"


@dataclass(frozen=True)
class Parameter:
    """An unknown of a model, by the one name it has in PyMC, in Stan, in equations and in prose.

    Parameters
    ----------
    name : str
        Its name in both programs and in the posterior.
    symbol : str
        How equations write it, in LaTeX.
    description : str
        What it means, with its unit.
    dims : tuple of str
        The model's names for its dimensions; empty for a scalar.
    support : str
        The values it can take, in words.
    is_derived : bool
        Whether it is computed from other parameters rather than sampled.
    """

    name: str
    symbol: str
    description: str
    dims: tuple[str, ...] = ()
    support: str = "real"
    is_derived: bool = False


@dataclass(frozen=True)
class DataField:
    """A field of data that a model reads.

    Parameters
    ----------
    name : str
        Its name in both programs.
    kind : {"real", "count", "index"}
        Real numbers, whole numbers, or 0-based positions along the dimension `indexes`.
    description : str
        What it is, with its unit.
    dims : tuple of str
        Its dimensions, by the model's names; a single number is repeated along them.
    lower, upper : float or str, optional
        The smallest and largest value allowed, or the name of the field that holds them.
    is_above_lower : bool
        Whether `lower` itself is not allowed.
    indexes : str, optional
        The dimension that an index points into.
    """

    name: str
    kind: str
    description: str
    dims: tuple[str, ...]
    lower: float | str | None = None
    upper: float | str | None = None
    is_above_lower: bool = False
    indexes: str | None = None


@dataclass(frozen=True)
class Hyperparameter:
    """A constant of a prior that the caller may change.

    Parameters
    ----------
    name : str
        Its name in both programs.
    default : float or str
        The value used when the caller says nothing.
    description : str
        What it sets, and why the default is what it is.
    is_positive : bool
        Whether it must be above 0.
    above : float, optional
        Another number that it must be above.
    may_be_infinite : bool
        Whether ``inf`` is allowed, for a flat prior.
    choices : tuple of str
        For a named choice, the names; Stan receives the 1-based position.
    """

    name: str
    default: float | str
    description: str
    is_positive: bool = False
    above: float | None = None
    may_be_infinite: bool = False
    choices: tuple[str, ...] = ()

    def check(self, value: Any) -> float | str:
        """Return `value` in the form the programs read, or say what is wrong with it.

        Parameters
        ----------
        value : object
            What the caller gave.

        Returns
        -------
        float or str
            The checked value.

        Raises
        ------
        HyperparameterError
            If the value is of the wrong kind or outside what the prior allows.
        """
        if self.choices:
            if value not in self.choices:
                raise HyperparameterError(
                    f"{self.name}: found {value!r}, allowed {', '.join(self.choices)}"
                )
            return str(value)
        if isinstance(value, bool) or not isinstance(value, Real):
            raise HyperparameterError(
                f"{self.name}: found {value!r}, allowed one number; its default is {self.default}"
            )
        number = float(value)
        if math.isnan(number) or (math.isinf(number) and not (self.may_be_infinite and number > 0)):
            allowed = (
                "a number, or inf for a flat prior" if self.may_be_infinite else "a finite number"
            )
            raise HyperparameterError(f"{self.name}: found {number}, allowed {allowed}")
        least = 0.0 if self.is_positive else self.above
        if least is not None and number <= least:
            raise HyperparameterError(
                f"{self.name}: found {number:g}, allowed numbers above {least:g}"
            )
        return number


@dataclass(frozen=True)
class ModelSpec:
    """One model, written once in PyMC and once in Stan.

    Parameters
    ----------
    name : str
        The name it is asked for by.
    title : str
        A few words for headings.
    summary : str
        One or two sentences: what it assumes, and what it is for.
    equation : str
        The model in LaTeX, as an ``aligned`` body.
    outcome : str
        The data field that is modelled.
    data : tuple of DataField
        What it reads.
    parameters : tuple of Parameter
        What it returns.
    hyperparameters : tuple of Hyperparameter
        The constants of its priors.
    package : str
        The package that holds ``pymc_model.py``, with its function
        ``build_model(data, hyper, coords)``, and ``model.stan``.
    further_outcomes : tuple of str
        Data fields that are modelled jointly with the outcome, such as the choice that comes with
        a response time; the log likelihood is that of all together.
    contrasts : mapping of str to str
        Dimensions that are one shorter than another, by that other's name: contrasts between
        effects that sum to 0.
    """

    name: str
    title: str
    summary: str
    equation: str
    outcome: str
    data: tuple[DataField, ...]
    parameters: tuple[Parameter, ...]
    hyperparameters: tuple[Hyperparameter, ...]
    package: str
    further_outcomes: tuple[str, ...] = ()
    contrasts: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """The folder with the two programs."""
        found = find_spec(self.package)
        if found is None or found.origin is None:
            raise ModuleNotFoundError(f"{self.name}: no package {self.package!r} with its programs")
        return Path(found.origin).parent

    @property
    def stan_file(self) -> Path:
        """The Stan program."""
        return self.folder / "model.stan"

    @property
    def pymc_file(self) -> Path:
        """The Python module with the PyMC model."""
        return self.folder / "pymc_model.py"

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The names of all data fields that are modelled, and so predicted."""
        return (self.outcome, *self.further_outcomes)

    @property
    def parameter_names(self) -> tuple[str, ...]:
        """Every parameter's name, sampled and derived, in the order of the specification."""
        return tuple(parameter.name for parameter in self.parameters)

    @property
    def sampled_names(self) -> tuple[str, ...]:
        """The names of the parameters that are sampled rather than derived."""
        return tuple(parameter.name for parameter in self.parameters if not parameter.is_derived)

    def dims_of(self, name: str) -> tuple[str, ...]:
        """The model's names for the dimensions of a parameter or data field.

        Parameters
        ----------
        name : str
            A parameter or data field of this model.

        Returns
        -------
        tuple of str
            Empty for a scalar.
        """
        for item in (*self.parameters, *self.data):
            if item.name == name:
                return item.dims
        raise unknown_name(
            f"parameter of {self.name}",
            name,
            [item.name for item in (*self.parameters, *self.data)],
        )

    def resolve_hyperparameters(self, given: Mapping[str, Any] | None) -> dict[str, float | str]:
        """Fill in the defaults and check what the caller gave.

        Parameters
        ----------
        given : mapping of str to number or str, optional
            The hyperparameters that differ from their defaults.

        Returns
        -------
        dict of str to float or str
            Every hyperparameter of the model.

        Raises
        ------
        UnknownNameError
            If the model has no hyperparameter of that name.
        HyperparameterError
            If a value is outside what its prior allows.
        """
        given = dict(given or {})
        known = {item.name: item for item in self.hyperparameters}
        for name in given:
            if name not in known:
                raise unknown_name(f"hyperparameter of {self.name}", name, known)
        return {name: item.check(given.get(name, item.default)) for name, item in known.items()}

    def build_pymc(
        self, data: Mapping[str, Any], hyper: Mapping[str, Any], coords: Mapping[str, Any]
    ) -> pm.Model:
        """Build the PyMC model for checked data.

        Parameters
        ----------
        data : mapping of str to number or ndarray
            The fields of the specification, and the counts such as ``n_groups``.
        hyper : mapping of str to float or str
            Every hyperparameter, as from `resolve_hyperparameters`.
        coords : mapping of str to sequence
            Labels along each of the model's dimensions.

        Returns
        -------
        pymc.Model
            A new model at each call.
        """
        # NumPy's floats: PyTensor takes a Python one that single precision holds exactly, such as
        # 3.0, for one in single precision, and rounds its reciprocal
        exact = {
            name: np.float64(value) if isinstance(value, float) else value
            for name, value in hyper.items()
        }
        model: pm.Model = import_module(f"{self.package}.pymc_model").build_model(
            data, exact, coords
        )
        return model


def list_models() -> tuple[str, ...]:
    """The names of all models, in alphabetical order.

    Returns
    -------
    tuple of str
        Names that `get_model` accepts.

    Examples
    --------
    >>> "binomial_partial" in list_models()
    True
    """
    package = import_module(MODELS_PACKAGE)
    return tuple(
        sorted(found.name for found in pkgutil.iter_modules(package.__path__) if found.ispkg)
    )


def get_model(name: str) -> ModelSpec:
    """Find a model by its name.

    Parameters
    ----------
    name : str
        One of `list_models`.

    Returns
    -------
    ModelSpec
        Its specification, with the way to both programs.

    Raises
    ------
    UnknownNameError
        If there is no such model; the message lists them.

    Examples
    --------
    >>> get_model("binomial_pooled").parameter_names
    ('theta',)
    """
    # by its folder, without a look at the others: what an episode reads is what it depends on
    package = f"{MODELS_PACKAGE}.{name}"
    if not name.isidentifier() or find_spec(package) is None:
        raise unknown_name("model", name, list_models())
    spec: ModelSpec | None = getattr(import_module(package), "SPEC", None)
    if spec is None:
        raise unknown_name("model", name, list_models())
    return spec
