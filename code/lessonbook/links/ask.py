"""Ask one server for one page, and say what became of it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal
from urllib.parse import unquote

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NameResolutionError
from urllib3.util import Retry

from lessonbook import __version__
from lessonbook.links.settings import LinkSettings

Status = Literal["ok", "broken", "unchecked"]

AGENT = f"lessonbook-linkcheck/{__version__}"
OVERLOADED = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Answers that say nothing about the page, and may be others in a moment."""

WITHHELD = frozenset({401, 402, 403, 405, 406, 407, 451, 999})
"""Answers of servers that serve people and turn programs away."""

PERMANENT = frozenset({301, 308})
LONGEST_WAIT = 60
"""Seconds that a server may ask us to wait before we leave it for another day."""

MOST_REDIRECTS = 10
MOST_BYTES = 4_000_000
"""Part of a page in which an anchor is looked for."""


@dataclass(frozen=True)
class Answer:
    """What became of a link.

    Parameters
    ----------
    status : {"ok", "broken", "unchecked"}
        Whether it leads somewhere; "unchecked" where that could not be found out.
    detail : str
        What was found.
    moved_to : str
        Where the page has moved for good; empty if it has not.
    has_no_name : bool
        Whether the host's name could not be resolved, which may be this machine's fault.
    """

    status: Status
    detail: str
    moved_to: str = ""
    has_no_name: bool = False


class Asker:
    """Asks servers; every request of a run goes through one of these per thread.

    Parameters
    ----------
    settings : LinkSettings
        Patience and politeness.
    """

    def __init__(self, settings: LinkSettings) -> None:
        self._settings = settings
        self._quick = _session(Retry(0, raise_on_status=False))
        self._patient = _session(
            Retry(
                settings.retries,
                redirect=0,
                status_forcelist=OVERLOADED,
                allowed_methods={"GET"},
                backoff_factor=settings.delay,
                backoff_max=LONGEST_WAIT,
                retry_after_max=LONGEST_WAIT,
                raise_on_status=False,
            )
        )

    def ask(self, url: str, anchors: frozenset[str] = frozenset()) -> dict[str, Answer]:
        """Ask for a page.

        Parameters
        ----------
        url : str
            Its address, without fragment.
        anchors : frozenset of str
            Fragments to look for in it.

        Returns
        -------
        dict of str to Answer
            For the page itself, under the empty name, and for every fragment.
        """
        if not anchors:
            quick = self._ask_briefly(url)
            if quick is not None:
                return {"": quick}
            time.sleep(self._settings.delay)
        try:
            return self._ask_fully(url, anchors)
        except requests.RequestException as error:
            return dict.fromkeys(["", *anchors], _describe_failure(error))

    def _ask_briefly(self, url: str) -> Answer | None:
        """A request for the page's head alone; None where only a whole request can tell."""
        try:
            response = self._quick.head(url, timeout=self._settings.timeout, allow_redirects=True)
        except requests.RequestException as error:
            failure = _describe_failure(error)
            return failure if failure.has_no_name or failure.status == "broken" else None
        return _describe(response) if response.ok else None

    def _ask_fully(self, url: str, anchors: frozenset[str]) -> dict[str, Answer]:
        with self._patient.get(url, timeout=self._settings.timeout, stream=True) as response:
            answer = _describe(response)
            answers = {"": answer, **dict.fromkeys(anchors, answer)}
            is_html = "html" in response.headers.get("Content-Type", "")
            if answer.status == "ok" and anchors and is_html:
                there = _anchors_of(response)
                for anchor in anchors:
                    if unquote(anchor) not in there and anchor not in there:
                        answers[anchor] = Answer("broken", f"the page has no anchor {anchor!r}")
            return answers


def _session(retry: Retry) -> requests.Session:
    session = requests.Session()
    session.max_redirects = MOST_REDIRECTS
    session.headers["User-Agent"] = AGENT
    session.headers["Accept"] = "text/html,*/*;q=0.8"
    for scheme in ("http://", "https://"):
        session.mount(scheme, HTTPAdapter(max_retries=retry))
    return session


def _describe(response: requests.Response) -> Answer:
    code = response.status_code
    said = f"{code} {response.reason}".strip()
    if response.ok:
        return Answer("ok", said, _moved_to(response))
    if code in OVERLOADED or code in WITHHELD or code >= 500:
        return Answer("unchecked", f"the server answered {said}")
    return Answer("broken", f"the server answered {said}")


def _moved_to(response: requests.Response) -> str:
    if not response.history or any(r.status_code not in PERMANENT for r in response.history):
        return ""
    first = response.history[0].url
    return response.url if response.url.rstrip("/") != first.rstrip("/") else ""


def _describe_failure(error: requests.RequestException) -> Answer:
    if isinstance(error, requests.TooManyRedirects):
        return Answer("broken", f"the server redirects more than {MOST_REDIRECTS} times")
    if isinstance(error, requests.exceptions.SSLError):
        return Answer("broken", f"the server's certificate cannot be trusted ({_cause(error)})")
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema)):
        return Answer("broken", f"the address cannot be used ({error})")
    cause = _cause(error)
    if isinstance(cause, NameResolutionError):
        return Answer("broken", "its host has no address", has_no_name=True)
    if isinstance(error, requests.Timeout) or "timed out" in str(cause):
        return Answer("unchecked", "the server did not answer in time")
    return Answer("unchecked", f"the server could not be asked ({type(cause).__name__}: {cause})")


def _cause(error: requests.RequestException) -> BaseException:
    cause = error.args[0] if error.args and isinstance(error.args[0], Exception) else error
    if isinstance(cause, MaxRetryError) and cause.reason is not None:
        return cause.reason
    return cause


class _AnchorParser(HTMLParser):
    """Collects what can be linked to."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attrs if name in ("id", "name") and value}


def _anchors_of(response: requests.Response) -> set[str]:
    parser = _AnchorParser()
    size = 0
    for chunk in response.iter_content(65536):
        parser.feed(chunk.decode(response.encoding or "utf8", errors="replace"))
        size += len(chunk)
        if size > MOST_BYTES:
            break
    return parser.found
