"""Make the process that all others are copies of as experienced as one that has built a course.

A first build spends most of its time on importing, on compiling patterns and on reading styles.
Here that is done once, on a course of one page, before the first copy is made.
"""

from __future__ import annotations

import gc
import os
import tempfile
import warnings
from importlib import import_module
from pathlib import Path

from lessonbook.plan import plan
from lessonbook.preview import execution
from lessonbook.preview.messages import Build, Setting
from lessonbook.preview.render import render_once
from lessonbook.project import CONFIG_NAME, TOC_NAME, load_project

VARIABLE = "LESSONBOOK_PREVIEW"
"""Environment variable by which the preview has this module do its work when it is imported."""

OFTEN_USED = ("sphinxcontrib.bibtex", "sqlalchemy.dialects.sqlite", "pybtex.backends.plaintext")
"""Modules that most courses need and the small one does not."""

CONFIG = """\
title: Warm
author: ""
execute: {execute_notebooks: "off"}
parse:
  myst_enable_extensions: [amsmath, attrs_inline, colon_fence, deflist, dollarmath, tasklist]
sphinx: {extra_extensions: [lessonbook]}
"""
PAGE = """\
---
file_format: mystnb
kernelspec: {name: python3}
title: Warm
teaching: 1
exercises: 1
---

:::{questions}
- Which?
:::

```{code-cell} python
x = [i**2 for i in range(3)]  # squares
print(f"{x}")
```

::::{challenge} Write it $a^2$
:minutes: 1

:::{solution}
| a | b |
| - | - |
| 1 | 2 |
:::
::::

:::{quiz} Which?
- [x] *this*
  : Right.
- [ ] that
  : No.
:::

```python
class A: ...
```

```stan
data { int N; }
```

```shell
ls -l
```

$$ \\theta_j \\sim \\mathcal{N}(\\mu, \\tau) $$
"""


def warm_up() -> None:
    """Build a course of one page in a folder that is then removed."""
    for name in OFTEN_USED:
        import_module(name)
    with tempfile.TemporaryDirectory(prefix="lessonbook-") as folder:
        root = Path(folder).resolve()
        for name, text in (
            (CONFIG_NAME, CONFIG),
            (TOC_NAME, "format: jb-book\nroot: index\n"),
            ("index.md", PAGE),
        ):
            (root / name).write_text(text, encoding="utf8")
        plan(load_project(root))
        setting = Setting(root, root / "_build", "learner", 1)
        setting.pages.mkdir(parents=True)
        render_once(setting, Build, lambda message: None)
    gc.collect()
    gc.freeze()


if VARIABLE in os.environ:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        warm_up()

__all__ = ["VARIABLE", "execution", "warm_up"]
