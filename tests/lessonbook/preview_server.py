"""A running ``lessonbook serve``, for the tests that save files beside it."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import psutil

LONGEST_START = 120.0


class Preview:
    """The command, what it says, and every process that it has ever started."""

    def __init__(self, root, *options):
        command = [sys.executable, "-m", "lessonbook", "serve", "--root", str(root)]
        self.process = subprocess.Popen(
            [*command, "--port", "0", "--no-browser", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = []
        self.family = {}
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()
        self.wait_for(r"Serving at (http://\S+)")
        self.url = re.search(r"Serving at (http://\S+)", self.log)[1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.end()

    @property
    def log(self):
        return "".join(self.said)

    def _listen(self):
        with self.process.stdout as said:
            for line in said:
                self.said.append(line)

    def wait_for(self, pattern, *, since=0, seconds=LONGEST_START):
        """Wait until a line says it; returns how many lines there are then."""
        limit = time.monotonic() + seconds
        while not re.search(pattern, "".join(self.said[since:])):
            assert self.process.poll() is None, self.log
            assert time.monotonic() < limit, f"{pattern!r} was never said:\n{self.log}"
            self.note_family()
            time.sleep(0.05)
        return len(self.said)

    def note_family(self):
        try:
            for child in psutil.Process(self.process.pid).children(recursive=True):
                self.family[child.pid] = child
        except psutil.NoSuchProcess:
            pass

    def get(self, path, **headers):
        """Status, headers and text of what the server answers."""
        request = urllib.request.Request(self.url + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.headers, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.headers, error.read().decode()

    def end(self, number=signal.SIGINT):
        """Ask the command to end; returns its status."""
        self.note_family()
        self.process.send_signal(number)
        status = self.process.wait(30)
        psutil.wait_procs(self.family.values(), timeout=10)
        self.listener.join(10)
        return status

    def left_running(self):
        return [
            child
            for child in self.family.values()
            if child.is_running() and child.status() != psutil.STATUS_ZOMBIE
        ]
