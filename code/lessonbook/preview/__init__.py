"""Live preview: edits are in the browser as soon as they are saved.

`session` brings the parts together: `watch` tells what was saved; `builds` starts and ends the
processes of `worker`, which are copies of one that `warm` has prepared; in these `render` makes the
pages (with Sphinx, as `lessonbook.render` does) and `execution` runs stale episodes, when `runs`
says so; `ledger` keeps what is wrong with each page, `display` the pages that nothing is wrong
with, and `server` shows them.
"""
