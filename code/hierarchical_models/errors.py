"""The errors that callers can catch.

Each message says where, what was found, what is allowed and how to fix it.
"""

from __future__ import annotations


class HierarchicalModelsError(Exception):
    """Base of every error that this package raises on purpose."""


class UnknownNameError(HierarchicalModelsError, KeyError):
    """A model, data set or hyperparameter that does not exist was asked for."""

    def __str__(self) -> str:
        # KeyError shows the repr of its argument, which would quote the whole sentence
        return str(self.args[0])


class ModelDataError(HierarchicalModelsError, ValueError):
    """The data do not fit the model: a field is missing, too short or long, or out of range."""


class HyperparameterError(HierarchicalModelsError, ValueError):
    """A hyperparameter has a value that its prior does not allow."""


class DiagnosticsError(HierarchicalModelsError, RuntimeError):
    """A fit whose diagnostics say that its draws cannot be trusted."""


class SamplingError(HierarchicalModelsError, RuntimeError):
    """A sampler stopped before it had drawn what was asked for."""
