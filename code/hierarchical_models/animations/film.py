"""What an animation is made of."""

from __future__ import annotations

import hashlib
import pickle
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

P = ParamSpec("P")

WIDTH = 5.0
"""Inches; narrower than other figures, so that the type is larger on a phone."""


def stand_still(progress: float) -> None:
    """Leave the figure as it is."""


@dataclass(frozen=True)
class Scene:
    """A stretch of an animation.

    Parameters
    ----------
    caption : str
        A plain sentence about what there is to see.
    seconds : float
        How long it lasts.
    draw : callable
        Changes the figure to how it looks at a time between 0, the start, and 1, the end.
    n_pictures : int, optional
        Different pictures in it; by default as many as there is time for.
    """

    caption: str
    seconds: float
    draw: Callable[[float], object]
    n_pictures: int | None = None


@dataclass(frozen=True)
class Film:
    """An animation.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        With everything that does not change.
    scenes : sequence of Scene
        In order.
    still : int
        The scene whose end stands for all in print; by default the last.

    Attributes
    ----------
    made_from : str
        By what `from_arguments` tells one film from another; empty for a film made otherwise.
    """

    figure: Figure
    scenes: Sequence[Scene]
    still: int = -1
    # not a parameter: a film that is made of this one, with other scenes, is another
    made_from: str = field(default="", init=False)


def from_arguments(make: Callable[P, Film]) -> Callable[P, Film]:
    """Say of a function's films that they depend on nothing but its arguments and the code.

    Such a film need not be drawn again, see `lessonbook.video`. Arguments that cannot be told
    apart by their contents, such as functions of a notebook, give films that are drawn each time.
    """

    @wraps(make)
    def make_and_note(*args: P.args, **kwargs: P.kwargs) -> Film:
        # before they are used: the function might change them
        digest = _digest(f"{make.__module__}.{make.__qualname__}", args, kwargs)
        film = make(*args, **kwargs)
        object.__setattr__(film, "made_from", digest)
        return film

    return make_and_note


def _digest(name: str, args: tuple[object, ...], kwargs: dict[str, object]) -> str:
    try:
        content = pickle.dumps((name, args, kwargs), protocol=5)
    except (pickle.PicklingError, TypeError, AttributeError):
        return ""
    # what a notebook defines is pickled by its name alone
    return "" if b"__main__" in content else hashlib.sha256(content).hexdigest()


def new_panels(height: float, *grid: int, **options: object) -> tuple[Figure, np.ndarray]:
    """Return a figure for an animation, and its panels one after the other.

    Parameters
    ----------
    height : float
        Inches.
    *grid : int
        Rows and columns of panels; one panel by default.
    **options
        For ``plt.subplots``.

    Returns
    -------
    figure : matplotlib.figure.Figure
    panels : ndarray of matplotlib.axes.Axes, shape (n_panels,)
    """
    figure, panels = plt.subplots(
        *grid, figsize=(WIDTH, height), layout="constrained", squeeze=False, **options
    )
    return figure, panels.ravel()


def ease(progress: float) -> float:
    """Start and stop gently.

    Examples
    --------
    >>> ease(0.0), ease(0.5), ease(1.0)
    (0.0, 0.5, 1.0)
    """
    return progress * progress * (3 - 2 * progress)


def pick_evenly(n_all: int, n_wanted: int) -> np.ndarray:
    """Choose some of many draws, as far apart as possible.

    Examples
    --------
    >>> pick_evenly(1000, 4)
    array([  0, 333, 666, 999])
    """
    return np.linspace(0, n_all - 1, n_wanted).astype(int)
