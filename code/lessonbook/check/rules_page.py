"""The page that documents every rule, made from the rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import PurePosixPath

from lessonbook.check.rule import Example, Rule, SiteRule, all_rules, family_title

LONGEST_LINE = 160
_LANGUAGES = {".md": "md", ".yml": "yaml", ".html": "html", ".csv": "text"}
_WITHOUT = """\
A rule is silent where a comment says so and why. The comment stands on the line before, and covers
the paragraph, table or code cell below it:

```md
% lessonbook: ignore LB047: the price is printed on the box
It costs 2.50 a piece.
```

In code and in YAML it is written `# lessonbook: ignore LB047: reason`, on the same line or on the
line before. For a whole page it stands in the front matter, for the whole course under
`sphinx: config:` in `_config.yml`:

```yaml
lesson_ignore:
  LB047: a price list
```
"""


def rules_page() -> str:
    """Write the page.

    Returns
    -------
    str
        MyST Markdown; sections begin at level 2. Each rule has its id as its label.
    """
    rules = all_rules()
    parts = [
        f"There are {len(rules)} rules. `lessonbook check` asks those about the sources, with "
        "`--built` those about the built site as well. An error fails the check; a warning does so "
        "with `--strict` only.\n",
        f"## Doing without a rule\n\n{_WITHOUT}",
    ]
    for family, members in groupby(rules, key=lambda rule: rule.family):
        parts.append(f"## {family_title(family)}\n")
        parts += [part for rule in members for part in _document(rule)]
    return "\n".join(parts)


def _document(rule: Rule) -> Iterator[str]:
    yield f"({rule.id})=\n### {rule.id}: {rule.title}\n"
    yield f"*{rule.severity.capitalize()}.* {rule.why}\n"
    yield f"Not so{_place(rule.bad)}:\n"
    yield _show(rule.bad)
    yield f"But so{_place(rule.good)}:\n"
    yield _show(rule.good)
    yield f"To do without it: {_silence(rule)}\n"


def _place(example: Example) -> str:
    name = "" if example.path == "page.md" else f" in `{example.path}`"
    line = f" (found in line {example.line})" if example.line else ""
    return name + line


def _show(example: Example) -> str:
    text = example.text.encode("utf8", errors="replace").decode("utf8").replace("\0", "?")
    lines = [line if len(line) <= LONGEST_LINE else f"{line[:60]} …" for line in text.split("\n")]
    shown = "\n".join(lines).rstrip("\n")
    longest = max((len(mark) for mark in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    language = _LANGUAGES.get(PurePosixPath(example.path).suffix, "text")
    return f"{fence}{language}\n{shown}\n{fence}\n"


def _silence(rule: Rule) -> str:
    if rule.id in ("LB005", "LB006"):
        return "this one cannot be ignored."
    suffix = PurePosixPath(rule.bad.path).suffix
    if isinstance(rule, SiteRule) or suffix not in (".md", ".yml"):
        return f"`{rule.id}: reason` under `lesson_ignore` in `_config.yml`."
    mark = "%" if suffix == ".md" else "#"
    return f"`{mark} lessonbook: ignore {rule.id}: reason`."
