"""Ask for every link once: servers at the same time, each server one request after the other."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urldefrag

from lessonbook.links.ask import Answer, Asker
from lessonbook.links.collect import Link
from lessonbook.links.memory import Memory
from lessonbook.links.settings import LinkSettings

MOST_SERVERS = 8
"""How many servers to ask at a time."""


def check_links(
    links: Iterable[Link], settings: LinkSettings, memory: Memory, *, with_anchors: bool = False
) -> dict[str, Answer]:
    """Find out which links lead somewhere.

    Parameters
    ----------
    links : iterable of Link
        The links to ask for.
    settings : LinkSettings
        Patience and politeness.
    memory : Memory
        Answers of earlier runs, to which those of this one are added.
    with_anchors : bool
        Whether to look for the fragments in the pages.

    Returns
    -------
    dict of str to Answer
        By address; the fragment is part of the address only where it was looked for.
    """
    wanted = dict.fromkeys(address_asked(link, with_anchors=with_anchors) for link in links)
    hosts = {address_asked(link, with_anchors=with_anchors): link.host for link in links}
    answers = {url: known for url in wanted if (known := memory.recall(url)) is not None}
    queues: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for url in wanted:
        if url not in answers:
            page, anchor = urldefrag(url)
            queues[hosts[url]][page].add(anchor)
    with ThreadPoolExecutor(MOST_SERVERS) as pool:
        for found in pool.map(lambda queue: _ask_server(queue, settings), queues.values()):
            answers |= found
    answers = _doubt_when_offline(answers, set(queues))
    memory.keep(answers)
    return answers


def address_asked(link: Link, *, with_anchors: bool) -> str:
    """The address under which `check_links` gives the answer to a link."""
    return link.url if with_anchors else link.page


def _ask_server(pages: dict[str, set[str]], settings: LinkSettings) -> dict[str, Answer]:
    asker = Asker(settings)
    answers = {}
    for number, (page, anchors) in enumerate(pages.items()):
        if number:
            time.sleep(settings.delay)
        found = asker.ask(page, frozenset(filter(None, anchors)))
        for anchor in anchors:
            answers[f"{page}#{anchor}" if anchor else page] = found[anchor]
    return answers


def _doubt_when_offline(answers: dict[str, Answer], hosts: set[str]) -> dict[str, Answer]:
    """When no name at all could be resolved, the links say nothing: this machine has no network."""
    unnamed = [url for url, answer in answers.items() if answer.has_no_name]
    if len(hosts) < 2 or any(a.status == "ok" for a in answers.values()):
        return answers
    if len(unnamed) < len(answers):
        return answers
    offline = Answer("unchecked", "no host's name could be resolved; is this machine online?")
    return dict.fromkeys(answers, offline)
