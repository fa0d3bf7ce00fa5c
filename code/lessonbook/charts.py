"""Charts that readers can change: their still, what they say, and the program that draws them.

A chart is a Vega-Lite specification, which a cell gives as its result. Python packages that make
such charts, Altair for one, need no part in the build.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

MIME_TYPES = tuple(f"application/vnd.vegalite.v{version}+json" for version in range(4, 10))
"""What a Vega-Lite chart is called among the results of a cell."""

SAYS = "says"
"""Name of the layer whose text is not drawn: it says in words what the chart shows."""

STILL_WIDTH = 600
"""Width, in pixels, of a still of a chart that is as wide as its page."""

BUNDLE = "vega.js"

_SVG = "{http://www.w3.org/2000/svg}"
_SAYS_CLASS = f"{SAYS}_marks"
# Names, inside vl-convert-python, of Vega and of what evaluates its expressions without compiling
# them, which a policy without eval forbids. Nothing is asked of that host. Vega-Embed, which the
# package offers, would bring both, with another 300 kB that a compiled chart has no use for.
_PARTS = "https://cdn.jsdelivr.net/npm"
_INTERPRETERS = {"1.9": "2.0.0"}
"""Which version of the latter is in which of vl-convert-python; other names make it crash."""

_PROGRAM = """\
import {{ expressionInterpreter }} from "{parts}/vega-interpreter@{interpreter}/+esm";
import {{ parse, View }} from "{parts}/vega@{vega}/+esm";
window.lessonVega = {{ expressionInterpreter, parse, View }};
"""
_ODD_TYPE = re.compile(r"(application/vnd\.vegalite\.v\d+)\.json")
_VERSION_MARK = re.compile(r"\A/\* (?P<version>[\w.-]+) \*/\n")


class ChartError(ValueError):
    """A chart that cannot be drawn; the message says why."""


@dataclass(frozen=True)
class Still:
    """A chart as it is before anything is moved.

    Attributes
    ----------
    svg : str
        The picture.
    says : str
        The text of the layer `SAYS`; empty if the chart has none.
    """

    svg: str
    says: str


def is_chart(mime_type: str) -> bool:
    """Tell whether a result of this type is a chart.

    Examples
    --------
    >>> is_chart("application/vnd.vegalite.v6+json"), is_chart("image/png")
    (True, False)
    """
    return mime_type in MIME_TYPES


def mend_types(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give charts among the results of a cell a type that notebooks may contain.

    The format of notebooks allows structured data only under types that end in ``+json``; Altair
    from version 6 on ends them in ``.json``.

    Parameters
    ----------
    data : mapping of str to object
        Results by type.

    Returns
    -------
    dict of str to object

    Examples
    --------
    >>> mend_types({"application/vnd.vegalite.v6.json": {}, "text/plain": "a chart"})
    {'application/vnd.vegalite.v6+json': {}, 'text/plain': 'a chart'}
    """
    return {_ODD_TYPE.sub(r"\1+json", mime_type): value for mime_type, value in data.items()}


def find_controls(chart: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of the parameters that readers can change.

    Examples
    --------
    >>> find_controls({"params": [{"name": "tau", "bind": {"input": "range"}}, {"name": "k"}]})
    ('tau',)
    """
    params = chart.get("params") or ()
    return tuple(
        str(param.get("name"))
        for param in params
        if isinstance(param.get("bind"), Mapping) and "input" in param["bind"]
    )


def draw_still(chart: Mapping[str, Any]) -> Still:
    """Draw a chart with its parameters as they are at first.

    Parameters
    ----------
    chart : mapping
        A Vega-Lite specification with its data.

    Returns
    -------
    Still
        The same for the same chart, to the last byte.

    Raises
    ------
    ChartError
        If it is no specification that can be drawn.

    Examples
    --------
    >>> point = {"mark": "text", "name": "says", "encoding": {"text": {"value": "one"}}}
    >>> draw_still({"data": {"values": [{}]}, "layer": [point]}).says
    'one'
    """
    import vl_convert  # half a second to import, and for pages with charts alone

    wanted = dict(chart)
    if wanted.get("width") == "container":
        wanted["width"] = STILL_WIDTH
        wanted.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
    try:
        svg = vl_convert.vegalite_to_svg(wanted, allowed_base_urls=[])
    except ValueError as error:
        raise ChartError(_reason(error)) from error
    return _take_words(svg)


def _reason(error: ValueError) -> str:
    return str(error).strip().partition("\n")[0] or "the specification cannot be drawn"


def compile_chart(chart: Mapping[str, Any]) -> dict[str, Any]:
    """Translate a chart into Vega, which a browser draws with less than Vega-Lite takes.

    Parameters
    ----------
    chart : mapping
        A Vega-Lite specification with its data.

    Returns
    -------
    dict
        A Vega specification; parameters are signals of the same names.

    Raises
    ------
    ChartError
        If it is no specification that can be drawn.

    Examples
    --------
    >>> compiled = compile_chart({"data": {"values": [{"x": 1}]}, "mark": "point"})
    >>> [mark["type"] for mark in compiled["marks"]]
    ['symbol']
    """
    import vl_convert

    try:
        return dict(vl_convert.vegalite_to_vega(dict(chart)))
    except ValueError as error:
        raise ChartError(_reason(error)) from error


def draw_png(chart: Mapping[str, Any]) -> bytes:
    """Draw the same as `draw_still` as PNG, for programs that show no SVG file.

    Raises
    ------
    ChartError
        If it is no specification that can be drawn.
    """
    import vl_convert

    return bytes(vl_convert.svg_to_png(draw_still(chart).svg))


def _take_words(svg: str) -> Still:
    root = ElementTree.fromstring(svg)
    words: list[str] = []
    for parent in list(root.iter(f"{_SVG}g")):
        for group in list(parent):
            if _SAYS_CLASS in group.get("class", "").split():
                words += ["".join(text.itertext()) for text in group.iter(f"{_SVG}text")]
                parent.remove(group)
    if not words:
        return Still(svg, "")
    ElementTree.register_namespace("", _SVG.strip("{}"))
    return Still(ElementTree.tostring(root, encoding="unicode"), " ".join(words))


def bundle_version() -> str:
    """Return the version of the program that draws charts in a browser."""
    import vl_convert

    return str(vl_convert.get_vega_version())


def write_bundle(folder: Path) -> None:
    """Write the program that draws charts in a browser, unless it is there already.

    Parameters
    ----------
    folder : pathlib.Path
        The site's static files; the program is called `BUNDLE` there.

    Raises
    ------
    ChartError
        If the installed vl-convert-python is not known to have the parts.
    """
    import vl_convert

    path = folder / BUNDLE
    version = bundle_version()
    if path.is_file():
        with path.open(encoding="utf8") as file:
            mark = _VERSION_MARK.match(file.readline())
        if mark is not None and mark["version"] == version:
            return
    folder.mkdir(parents=True, exist_ok=True)
    program = vl_convert.javascript_bundle(
        _PROGRAM.format(
            parts=_PARTS, interpreter=_find_interpreter(), vega=vl_convert.get_vega_version()
        )
    )
    # its thousands of short names are to be no other script's business
    path.write_text(f"/* {version} */\n(() => {{\n{program}\n}})();\n", encoding="utf8")


def _find_interpreter() -> str:
    installed = version_of("vl-convert-python")
    interpreter = _INTERPRETERS.get(".".join(installed.split(".")[:2]))
    if interpreter is None:
        raise ChartError(
            f"vl-convert-python: found {installed}, allowed {', '.join(_INTERPRETERS)} to draw "
            "charts in a browser; install one of these"
        )
    return interpreter
