"""Keeps ArviZ off a path of its own that fails.

With numba installed, ArviZ 0.23 computes the Monte Carlo error of a standard deviation by
``float`` of an array of one element, which NumPy 2.4 refuses. Without numba it takes a path that
gives the same numbers.
"""

from arviz.utils import Numba

Numba.disable_numba()
