"""Keeps other libraries off paths that fail or that speak to the wrong person.

Import this package before ArviZ where a page shows what is written to standard error.
"""

import warnings

with warnings.catch_warnings():
    # once a day, ArviZ 0.23 announces its successor to whoever imports it first
    warnings.filterwarnings("ignore", message=r"\s*ArviZ is undergoing", category=FutureWarning)
    from arviz.utils import Numba

# With numba installed, ArviZ 0.23 computes the Monte Carlo error of a standard deviation by `float`
# of an array of one element, which NumPy 2.4 refuses. Without, it gives the same numbers.
Numba.disable_numba()

# In a notebook without widgets, tqdm tells the reader of the page to install them.
warnings.filterwarnings("ignore", message="IProgress not found")
