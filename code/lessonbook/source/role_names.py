"""The roles that authors can write: names in braces before a piece of text in backticks."""

from __future__ import annotations

import re

from lessonbook.source.names import DOMAINS, EXTENSION_BLOCKS

_DOCUTILS = """
    ab abbreviation ac acronym code emphasis i index literal math pep pep-reference raw rfc
    rfc-reference strong sub subscript sup superscript t title title-reference
"""
_SPHINX = """
    abbr any attr class command confval data dfn dir doc download envvar eq exc file func guilabel
    kbd keyword mailheader makevar manpage menuselection meth mimetype mod newsgroup numref obj
    option program ref regexp role samp term token
"""
_DESIGN = """
    fa fa-brands fa-regular fa-solid fab far fas material-outlined material-regular material-round
    material-sharp material-twotone octicon
"""
_MYST = "cite cited eval external footcite glue mermaid nb-download sub-ref"
KNOWN_ROLES = frozenset((_DOCUTILS + _SPHINX + _DESIGN + _MYST).split())

ROLE_DOMAINS = DOMAINS | {"cite", "footcite"}
"""What may stand before a colon in such a name."""

_BADGE = re.compile(
    r"bdg(-link|-ref)?"
    r"(-(primary|secondary|success|info|warning|danger|light|muted|dark|black|white)(-line)?)?"
)
_BRINGS_NO_OTHERS = frozenset({"lessonbook", "sphinxcontrib.bibtex", *EXTENSION_BLOCKS})


def is_known_role(name: str) -> bool:
    """Tell whether there is a role of this name in every course.

    Examples
    --------
    >>> is_known_role("eval"), is_known_role("bdg-info"), is_known_role("evla")
    (True, True, False)
    """
    domain, colon, _ = name.partition(":")
    if colon:
        # of another site, if need be by the name that its inventory has here
        return domain in ROLE_DOMAINS or domain.partition("+")[0] == "external"
    return name in KNOWN_ROLES or _BADGE.fullmatch(name) is not None


def may_bring_roles(extension: str) -> bool:
    """Tell whether an extension of Sphinx may have roles that are not among those known here.

    Examples
    --------
    >>> may_bring_roles("sphinxcontrib.bibtex"), may_bring_roles("our_own")
    (False, True)
    """
    if extension.startswith("sphinx.ext."):
        return extension == "sphinx.ext.extlinks"
    return extension not in _BRINGS_NO_OTHERS
