"""Digests of what a fit is made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np


def digest(content: bytes) -> str:
    """SHA-256 of some bytes, 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest_array(values: np.ndarray) -> str:
    """Digest of an array's kind, shape and contents.

    Parameters
    ----------
    values : ndarray
        Numbers, byte for byte, or anything whose text is its contents.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    if values.dtype.kind in "OUT":
        content = json.dumps([str(value) for value in np.ravel(values)]).encode()
    else:
        content = np.ascontiguousarray(values).tobytes()
    return digest(f"{values.dtype.kind}{values.shape}".encode() + content)


def digest_ingredients(ingredients: Mapping[str, Any]) -> str:
    """The key of a fit that is made from these, 64 hexadecimal digits."""
    return digest(json.dumps(ingredients, sort_keys=True).encode())


def digest_files(files: Iterable[Path]) -> dict[str, str]:
    """Digests of files' contents, by their names."""
    return {path.name: digest(path.read_bytes()) for path in files}
