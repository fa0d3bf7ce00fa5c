"""From bytes to lines: what an editor may have done to a file."""

from __future__ import annotations

import codecs
from pathlib import Path

UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class UnreadableFileError(Exception):
    """A file whose text cannot be had.

    Parameters
    ----------
    line : int
        Line of the first trouble, from 1.
    message : str
        What was found, what is allowed, and how to mend it.
    """

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


def read_text(path: Path) -> str:
    """Read a text file, whatever its line ends.

    Parameters
    ----------
    path : pathlib.Path
        The file.

    Returns
    -------
    str
        Its text with line feeds only, without a byte order mark.

    Raises
    ------
    UnreadableFileError
        If it is missing, no text, or not in UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableFileError(
            1, f"the file cannot be read ({error.strerror}); check its name and its permissions."
        ) from error
    return decode_text(content)


def decode_text(content: bytes) -> str:
    r"""Decode the bytes of a text file.

    Parameters
    ----------
    content : bytes
        What stands in the file.

    Returns
    -------
    str
        The text with line feeds only, without a byte order mark.

    Raises
    ------
    UnreadableFileError
        If it is no text, or not in UTF-8.

    Examples
    --------
    >>> decode_text(b"one\r\ntwo\r")
    'one\ntwo\n'
    """
    if content.startswith(UTF16_MARKS):
        raise UnreadableFileError(1, "found text in UTF-16, allowed UTF-8; save the file as UTF-8.")
    at_nul = content.find(b"\0")
    if at_nul >= 0:
        line = _line_at(content, at_nul)
        raise UnreadableFileError(
            line,
            "found a zero byte, as binary files have, allowed text in UTF-8; replace the file.",
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line_at(content, error.start)
        raise UnreadableFileError(
            line,
            f"found the byte 0x{content[error.start]:02x}, which is not UTF-8; "
            "save the file as UTF-8.",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _line_at(content: bytes, position: int) -> int:
    before = content[:position].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1
