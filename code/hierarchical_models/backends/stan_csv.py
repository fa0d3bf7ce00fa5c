"""Reading the draws that CmdStan wrote.

CmdStanPy reads them with one thread and without polars slowly; a regression on a thousand houses
has more than ten million numbers. Arrow, which nutpie brings along, takes all cores and gives the
same numbers to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterable
from os import PathLike
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv


def read_draws(paths: Iterable[str | PathLike[str]]) -> np.ndarray:
    """Read the kept draws of every chain.

    Parameters
    ----------
    paths : iterable of path
        CmdStan's files, one for each chain, with kept draws only.

    Returns
    -------
    ndarray of float, shape (n_chains, n_draws, n_columns)
        In the order of the files and of their columns.
    """
    return np.stack([_read_chain(path) for path in paths])


def _read_chain(path: str | PathLike[str]) -> np.ndarray:
    with Path(path).open("rb") as lines:
        rows = [line for line in lines if not line.startswith(b"#")]
    names = rows[0].decode().strip().split(",")
    content = b"".join(rows)
    table = csv.read_csv(
        pa.py_buffer(content),
        # one block, because a row of a large model is longer than the usual one
        read_options=csv.ReadOptions(block_size=len(content) + 1),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(names, pa.float64())),
    )
    return np.column_stack([column.to_numpy() for column in table.columns])
