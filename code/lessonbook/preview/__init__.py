"""Live preview: edits are in the browser as soon as they are saved.

`worker` renders the pages in a process of its own, `builds` starts and ends such processes, `watch`
tells what was saved, `ledger` keeps what is wrong with each page, `session` brings these together,
and `server` shows the result.
"""
