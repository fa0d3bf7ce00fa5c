"""External links are asked for politely, and what is said of them can be relied on."""

from __future__ import annotations

import json
import re
import socket
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

import pytest
from click.testing import CliRunner

from lessonbook.commands.linkcheck import linkcheck

CONFIG = """\
title: Tides
sphinx:
  config:
    lesson_linkcheck:
      timeout: 0.4
      retries: 2
      delay: 0.01
"""


class Site(ThreadingHTTPServer):
    """A server with a page for every way in which a link can go wrong."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = defaultdict(list)
        self.times = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def count(self, path, method=None):
        return len([m for m in self.asked[path] if method in (None, m)])


class Handler(BaseHTTPRequestHandler):
    def do_HEAD(self):
        self.answer()

    def do_GET(self):
        self.answer()

    def answer(self):
        path = self.path
        self.server.asked[path].append(self.command)
        self.server.times.append((time.monotonic(), self.headers["User-Agent"]))
        n_gets = self.server.count(path, "GET")
        if path in ("/fine", "/other"):
            self.send_page(200, '<p id="there">fine</p><a name="old">x</a>')
        elif path == "/no-head":
            self.send_page(405 if self.command == "HEAD" else 200)
        elif path == "/flaky":
            self.send_page(503 if self.command == "HEAD" or n_gets < 3 else 200)
        elif path == "/busy":
            self.send_page(429, headers={"Retry-After": "0"})
        elif path == "/slow":
            time.sleep(1.5)
        elif path == "/moved":
            self.send_page(301, headers={"Location": "/fine"})
        elif path == "/found":
            self.send_page(302, headers={"Location": "/fine"})
        elif path == "/loop":
            self.send_page(302, headers={"Location": "/loop"})
        elif path == "/cut":
            self.connection.shutdown(socket.SHUT_RDWR)
        else:
            codes = {"/gone": 410, "/error": 500, "/private": 403}
            self.send_page(codes.get(path, 404))

    def send_page(self, code, text="", headers=None):
        body = text.encode()
        self.send_response(code)
        for name, value in {"Content-Type": "text/html", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def site():
    server = Site()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def course(tmp_path):
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: index\n")
    (tmp_path / "_config.yml").write_text(CONFIG)
    return tmp_path


def run(course, text, *options, config=CONFIG):
    (course / "_config.yml").write_text(config)
    (course / "index.md").write_text(text)
    return CliRunner().invoke(linkcheck, ["--root", str(course), *options])


def lines_of(result):
    """The findings, without the lines that count."""
    return [line for line in result.output.splitlines() if re.match(r"(\S+:\d+|::\w+)", line)]


def test_course_whose_links_work_is_clean_and_servers_are_told_who_asks(course, site):
    result = run(course, f"# Tides\n\n[The sea]({site.url}/fine) and <{site.url}/other>.\n")
    assert result.exit_code == 0
    assert result.output.startswith("no findings\n2 addresses in 2 links: 0 broken links, 0 addr")
    assert all(agent.startswith("lessonbook-linkcheck/") for _, agent in site.times)
    assert site.asked["/fine"] == ["HEAD"]


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/nowhere", "404 Not Found"),
        ("/gone", "410 Gone"),
        ("/loop", "redirects more than 10 times"),
    ],
)
def test_broken_link_is_an_error_at_its_line(course, site, path, said):
    result = run(course, f"# Tides\n\n:::{{note}}\n[The sea]({site.url}{path})\n:::\n")
    assert result.exit_code == 1
    (line,) = lines_of(result)
    assert line.startswith(f"index.md:4: {site.url}{path} is broken: the server")
    assert said in line and line.endswith("mend or remove the link. [LK001]")


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/busy", "the server answered 429 Too Many Requests"),
        ("/error", "the server answered 500 Internal Server Error"),
        ("/private", "the server answered 403 Forbidden"),
        ("/slow", "the server did not answer in time"),
        ("/cut", "the server could not be asked"),
    ],
)
def test_link_that_could_not_be_checked_is_a_warning_only(course, site, path, said):
    result = run(course, f"# Tides\n\n[The sea]({site.url}{path})\n")
    assert result.exit_code == 0
    (line,) = lines_of(result)
    assert line.startswith(f"index.md:3: warning: {site.url}{path} could not be checked: {said}")


def test_server_that_refuses_a_connection_could_not_be_checked(course):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/"
    result = run(course, f"# Tides\n\n[The sea]({url})\n")
    assert result.exit_code == 0 and "could not be checked" in result.output


def test_host_without_an_address_is_broken(course, site, monkeypatch):
    resolve(monkeypatch, unknown="no-such-host.invalid")
    text = f"# Tides\n\n[a](http://no-such-host.invalid/x) [b]({site.url}/fine)\n"
    result = run(course, text)
    assert result.exit_code == 1
    assert lines_of(result) == [
        "index.md:3: http://no-such-host.invalid/x is broken: its host has no address; "
        "mend or remove the link. [LK001]"
    ]


def test_machine_without_a_network_calls_no_link_broken(course, monkeypatch):
    resolve(monkeypatch, unknown=".invalid")
    result = run(course, "# Tides\n\n[a](http://one.invalid) [b](http://two.invalid)\n")
    assert result.exit_code == 0
    assert result.output.count("is this machine online?") == 2


def resolve(monkeypatch, unknown):
    real = socket.getaddrinfo

    def look_up(host, *rest, **options):
        if host.endswith(unknown):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def test_overloaded_server_is_asked_again(course, site):
    result = run(course, f"# Tides\n\n[The sea]({site.url}/flaky)\n")
    assert result.exit_code == 0 and lines_of(result) == []
    assert site.count("/flaky", "GET") == 3


def test_number_of_repetitions_is_as_configured(course, site):
    run(course, f"# Tides\n\n[The sea]({site.url}/error)\n")
    assert site.count("/error", "GET") == 3


def test_server_that_refuses_the_brief_question_is_asked_in_full(course, site):
    result = run(course, f"# Tides\n\n[The sea]({site.url}/no-head)\n")
    assert result.exit_code == 0 and lines_of(result) == []
    assert site.asked["/no-head"] == ["HEAD", "GET"]


def test_page_that_moved_for_good_is_named_and_one_that_moved_for_now_is_not(course, site):
    result = run(course, f"# Tides\n\n[a]({site.url}/moved)\n[b]({site.url}/found)\n")
    assert result.exit_code == 0
    assert lines_of(result) == [
        f"index.md:3: warning: {site.url}/moved has moved for good; link to {site.url}/fine. [LK003]"
    ]


def test_one_server_is_asked_for_one_page_after_the_other(course, site):
    config = CONFIG.replace("delay: 0.01", "delay: 0.2")
    links = " ".join(f"[x{i}]({site.url}/fine?{i})" for i in range(3))
    run(course, f"# Tides\n\n{links}\n", config=config)
    times = [moment for moment, _ in site.times if moment]
    assert len(times) >= 3
    assert min(b - a for a, b in pairwise(times)) >= 0.19


def test_link_that_worked_is_not_asked_for_again_until_it_is_old(course, site):
    text = f"# Tides\n\n[a]({site.url}/fine) [b]({site.url}/nowhere)\n"
    run(course, text)
    run(course, text)
    assert site.count("/fine") == 1
    assert site.count("/nowhere", "GET") == 2
    run(course, text, "--max-age", "0")
    assert site.count("/fine") == 2


def test_age_counts_from_the_time_when_the_link_was_asked_for(course, site):
    text = f"# Tides\n\n[a]({site.url}/fine)\n"
    run(course, text)
    memory = course / "_build" / ".lesson" / "links.json"
    content = json.loads(memory.read_text())
    entry = content["links"][f"{site.url}/fine"]
    entry["checked"] -= 6 * 86400
    memory.write_text(json.dumps(content))
    run(course, text)
    assert site.count("/fine") == 1
    assert json.loads(memory.read_text())["links"][f"{site.url}/fine"] == entry
    entry["checked"] -= 2 * 86400
    memory.write_text(json.dumps(content))
    run(course, text)
    assert site.count("/fine") == 2


@pytest.mark.parametrize("content", ["", "[]", "{not json", '{"version": 99}', '{"version": 1}'])
def test_damaged_memory_counts_as_empty(course, site, content):
    (course / "_build" / ".lesson").mkdir(parents=True)
    (course / "_build" / ".lesson" / "links.json").write_text(content)
    assert run(course, f"# Tides\n\n[a]({site.url}/fine)\n").exit_code == 0
    assert site.count("/fine") == 1


def test_anchors_are_looked_for_where_that_is_wanted(course, site):
    text = "# Tides\n\n" + "\n".join(
        f"[x]({site.url}/fine#{name})" for name in ("there", "old", "missing")
    )
    assert run(course, text).exit_code == 0
    result = run(course, text, "--anchors")
    assert result.exit_code == 1
    assert lines_of(result) == [
        f"index.md:5: {site.url}/fine#missing is broken: the page has no anchor 'missing'; "
        "mend or remove the link. [LK001]"
    ]
    assert site.count("/fine", "GET") == 1


IGNORE = CONFIG + "      ignore:\n"


def test_ignored_link_is_not_asked_for(course, site):
    config = IGNORE + f"        - url: {site.url}/nowhere*\n          reason: a joke of the text\n"
    result = run(course, f"# Tides\n\n[a]({site.url}/nowhere?x=[1])\n", config=config)
    assert result.exit_code == 0 and "1 ignored links" in result.output
    assert not site.asked


def test_link_is_not_ignored_without_a_reason(course, site):
    config = IGNORE + f"        - url: {site.url}/nowhere\n"
    result = run(course, f"# Tides\n\n[a]({site.url}/nowhere)\n", config=config)
    assert result.exit_code == 1
    assert lines_of(result) == [
        f"_config.yml:9: lesson_linkcheck: ignore: {site.url}/nowhere is ignored without a reason; "
        "add `reason:` and say why it cannot be checked",
    ]
    assert result.output.endswith("No link was checked.\n")
    assert not site.asked


def test_entry_that_matches_no_link_any_more_is_named(course):
    config = IGNORE + "        - url: http://127.0.0.1/old\n          reason: slow\n"
    result = run(course, "# Tides\n", config=config)
    assert result.exit_code == 0
    assert lines_of(result) == [
        "_config.yml:9: warning: http://127.0.0.1/old is ignored, but no link matches it; "
        "remove the entry. [LK004]"
    ]


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        (
            "timeout: soon",
            "_config.yml:5: lesson_linkcheck: timeout: found 'soon', allowed numbers",
        ),
        (
            "retries: 1.5",
            "_config.yml:5: lesson_linkcheck: retries: found 1.5, allowed whole numbers",
        ),
        ("delay: -1", "_config.yml:5: lesson_linkcheck: delay: found -1, allowed numbers from 0"),
        (
            "pace: 1",
            "_config.yml:5: lesson_linkcheck: found 'pace', allowed ignore, timeout, retries",
        ),
        ("ignore: all", "_config.yml:5: lesson_linkcheck: ignore: found 'all', allowed a list"),
        ("ignore: [all]", "_config.yml:5: lesson_linkcheck: ignore: found 'all', allowed a list"),
    ],
)
def test_setting_that_cannot_be_used_is_refused_at_its_line(course, setting, said):
    config = f"title: Tides\nsphinx:\n  config:\n    lesson_linkcheck:\n      {setting}\n"
    result = run(course, "# Tides\n", config=config)
    assert result.exit_code == 1
    assert result.output.startswith(said)


def test_settings_of_another_kind_are_refused(course):
    config = "title: Tides\nsphinx:\n  config:\n    lesson_linkcheck: [fast]\n"
    result = run(course, "# Tides\n", config=config)
    assert result.exit_code == 1
    assert result.output.startswith("_config.yml:4: lesson_linkcheck: found ['fast'], allowed")


def test_links_of_bibliography_and_configuration_are_asked_for(course, site):
    (course / "books.bib").write_text(
        f"@book{{One,\n  title = {{One}},\n  url = {{{site.url}/nowhere}},\n}}\n"
    )
    config = f'{CONFIG}bibtex_bibfiles: [books.bib]\nhtml:\n  extra_footer: <a href="{site.url}/gone">x</a>\n'
    result = run(course, "# Tides\n", config=config)
    assert [line.split(" is ")[0] for line in lines_of(result)] == [
        f"books.bib:3: {site.url}/nowhere",
        f"_config.yml:10: {site.url}/gone",
    ]


def test_links_of_a_notebook_are_asked_for(course, site):
    cell = {"cell_type": "markdown", "metadata": {}, "source": [f"See [it]({site.url}/gone)."]}
    notebook = {"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (course / "tides.ipynb").write_text(json.dumps(notebook, indent=1))
    with (course / "_toc.yml").open("a") as toc:
        toc.write("chapters:\n- file: tides\n")
    (line,) = lines_of(run(course, "# Tides\n"))
    assert line.startswith(f"tides.ipynb:7: {site.url}/gone is broken")


def test_links_that_are_not_to_other_sites_are_left_alone(course):
    text = (
        "# Tides\n\n[a](other.md) [b](#tides) [c](mailto:a@b.org) [d](http://example.com/x)\n"
        "[e](http://localhost:8888) [f](https://www.example.org)\n\n"
        "```python\nurl = 'http://127.0.0.1:1/'\n```\n"
    )
    result = run(course, text)
    assert result.exit_code == 0 and "0 addresses in 0 links" in result.output


def test_json_tells_of_every_link(course, site):
    result = run(
        course, f"# Tides\n\n[a]({site.url}/fine)\n[b]({site.url}/gone)\n", "--format=json"
    )
    content = json.loads(result.output)
    assert [(link["line"], link["status"]) for link in content["links"]] == [
        (3, "ok"),
        (4, "broken"),
    ]
    assert content["errors"] == 1
    (finding,) = content["findings"]
    assert (finding["file"], finding["line"], finding["rule"]) == ("index.md", 4, "LK001")


def test_annotations_are_of_the_form_that_ci_reads(course, site):
    result = run(course, f"# Tides\n\n[a]({site.url}/gone?a%20b)\n", "--format=github")
    (line,) = lines_of(result)
    assert line.startswith("::error file=index.md,line=3,title=LK001::http://127.0.0.1:")
    assert "/gone?a%2520b is broken" in line


def test_course_that_cannot_be_read_is_misuse(tmp_path):
    result = CliRunner().invoke(linkcheck, ["--root", str(tmp_path)])
    assert result.exit_code == 2 and "_config.yml: found no such file" in result.output
