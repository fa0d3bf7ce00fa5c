"""Pages with code, for the examples of several rules."""

from __future__ import annotations

from collections.abc import Mapping

from lessonbook.check.rule import Example

FRONT = "---\nfile_format: mystnb\nkernelspec:\n  name: python3\ntitle: A page\n---\n\n"
"""Above it the first code-cell opens in line 8."""


def cell_page(
    *cells: str,
    line: int = 0,
    outputs: tuple[tuple[Mapping[str, object], ...], ...] = (),
    files: Mapping[str, str] | None = None,
) -> Example:
    """Make an example of a page that holds nothing but code cells."""
    text = "\n".join(f"```{{code-cell}} python\n{cell}\n```\n" for cell in cells)
    return Example(FRONT + text, line, files=files or {}, outputs=outputs)


def png() -> tuple[Mapping[str, object], ...]:
    """Output of a cell that drew a figure."""
    return ({"output_type": "display_data", "data": {"image/png": ""}, "metadata": {}},)


def stream(name: str, text: str) -> tuple[Mapping[str, object], ...]:
    """Output of a cell that wrote text."""
    return ({"output_type": "stream", "name": name, "text": text},)
