"""Note which files of a course a Python process reads; runs inside the kernels.

`lessonbook.kernel_hook` has every Python process of an episode execute this file while it starts,
the kernel's own children included. The file therefore imports nothing but the standard library.

An audit hook sees each file before it is opened, and writes down its contents' digest as they are
at that moment: whoever edits the file while the episode runs has not edited what was read. Files
that are not there are noted too, and the names in every folder that is listed, so that a new file
counts where it would have been found.

Not seen are files that compiled code opens by itself, past Python (HDF5 and Arrow data sets read
by name, for example), and questions whether a file exists that are not followed by opening it.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import sys
import threading
from importlib.machinery import SourceFileLoader

VARIABLE = "LESSONBOOK_RECORD"
"""Environment variable with what to record, as JSON: see `Recorder.from_json`."""

PASSED_OVER = {"__pycache__", ".ipynb_checkpoints"}
_CHUNK = 1 << 20
_IMPORT_MACHINERY = re.compile(r"^<frozen importlib|[/\\\\]importlib[/\\\\]")


def file_state(path: str) -> str:
    """Return the SHA-256 of a file, empty if there is no such file that can be read."""
    digest = hashlib.sha256()
    try:
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(_CHUNK), b""):
                digest.update(chunk)
    except OSError:
        return ""
    return digest.hexdigest()


def folder_state(path: str) -> list[str] | None:
    """Return the names in a folder, None if there is no such folder that can be read.

    Without those of hidden folders, which come and go with the tools that keep their state there.
    """
    try:
        names = os.listdir(path)
    except OSError:
        return None
    return sorted(
        name
        for name in names
        if name not in PASSED_OVER
        and not (name.startswith(".") and os.path.isdir(os.path.join(path, name)))
    )


def is_of_course(name: str) -> bool:
    """Tell whether a path from the course's root can belong to the course.

    Folders with a leading dot hold the state of tools, and byte code has a source of its own.

    Examples
    --------
    >>> is_of_course("code/model.py"), is_of_course(".git/HEAD"), is_of_course(".env")
    (True, False, True)
    """
    parts = name.split("/")
    hidden = any(part.startswith(".") for part in parts[:-1])
    return not hidden and not PASSED_OVER.intersection(parts)


class Recorder:
    """An audit hook that appends what it sees to a file, one JSON list a line.

    Parameters
    ----------
    root : str
        The course's folder.
    log : str
        File to append to: ``[kind, name, state]`` with the kinds ``file`` (name from the root,
        `file_state`), ``folder`` (name from the root, `folder_state`), ``written`` (a file that
        the process itself began to write) and ``uses`` (a key of `folders`).
    passed_over : list of str
        Folders below the root that are no part of the course.
    folders : dict of str to str
        Folders outside the course whose use is noted, by the name of what lives there.
    """

    def __init__(
        self, root: str, log: str, passed_over: list[str], folders: dict[str, str]
    ) -> None:
        self.root = os.path.realpath(root)
        self.prefix = os.path.join(self.root, "")
        self.log = log
        self.passed_over = tuple(os.path.join(path, "") for path in passed_over)
        self.folders = {name: os.path.join(path, "") for name, path in folders.items()}
        self.noted: dict[tuple[str, str], object] = {}
        self.real_folders: dict[str, str] = {}
        self.own = threading.local()
        self.handlers = {
            "open": self.on_open,
            "os.listdir": self.on_listing,
            "os.scandir": self.on_listing,
            "import": self.on_import,
            "sqlite3.connect": self.on_name,
            "ctypes.dlopen": self.on_name,
            "subprocess.Popen": self.on_command,
            "os.exec": self.on_command,
            "os.posix_spawn": self.on_command,
        }

    @classmethod
    def from_json(cls, text: str) -> Recorder:
        """Make a recorder from an object with its parameters."""
        return cls(**json.loads(text))

    def __call__(self, event: str, args: tuple[object, ...]) -> None:
        """See an event; called by Python for each, most of which are of no interest."""
        handler = self.handlers.get(event)
        if handler is None or getattr(self.own, "is_busy", False):
            return
        self.own.is_busy = True  # what the handler itself opens is not the episode's
        try:
            handler(args)
        finally:
            self.own.is_busy = False

    def on_open(self, args: tuple[object, ...]) -> None:
        """Note a file that is opened, by whether it is read or written first."""
        path, flags = args[0], args[2]
        is_only_written = isinstance(flags, int) and bool(flags & os.O_WRONLY)
        is_emptied = isinstance(flags, int) and bool(flags & os.O_TRUNC)
        self.note_file(path, is_read=not (is_only_written or is_emptied))

    def on_name(self, args: tuple[object, ...]) -> None:
        """Note a file that a library of compiled code is about to read."""
        self.note_file(args[0])

    def on_import(self, args: tuple[object, ...]) -> None:
        """Note a compiled module."""
        self.note_file(args[1])

    def on_listing(self, args: tuple[object, ...]) -> None:
        """Note the names in a folder, unless it is Python that looks for modules there."""
        # frames: this method, __call__, whoever lists
        caller = sys._getframe(2).f_code.co_filename
        if _IMPORT_MACHINERY.search(caller):
            return
        path = self.absolute("." if args[0] is None else args[0])
        name = self.name_in_course(path) if path else None
        if path and name is not None and os.path.isdir(path):
            self.note("folder", name, folder_state(path))

    def on_command(self, args: tuple[object, ...]) -> None:
        """Note the files that a command names: its program, its scripts, its data."""
        program, words = args[0], args[1]
        if isinstance(words, (str, bytes)):
            words = [words]
        folder = args[2] if len(args) == 4 else None
        for word in [program, *(words or ())]:  # type: ignore[misc]
            text = os.fsdecode(word) if isinstance(word, (str, bytes, os.PathLike)) else ""
            for part in {text, *text.split(), text.partition("=")[2]}:
                path = self.absolute(part, folder)
                if path and os.path.isfile(path):
                    self.note_file(path)

    def absolute(self, path: object, folder: object = None) -> str | None:
        """Return an absolute path with its folder's links resolved, None for what is no path."""
        if not isinstance(path, (str, bytes, os.PathLike)) or not path:
            return None
        text = os.fsdecode(path)
        if isinstance(folder, (str, bytes, os.PathLike)):
            text = os.path.join(os.fsdecode(folder), text)
        if "\0" in text:
            return None
        try:
            text = os.path.abspath(text)
        except OSError:  # the working directory is gone
            return None
        if text.startswith(self.prefix):
            return text
        folder, name = os.path.split(text)
        if folder not in self.real_folders:
            self.real_folders[folder] = os.path.realpath(folder)
        return os.path.join(self.real_folders[folder], name)

    def name_in_course(self, path: str) -> str | None:
        """Return a path as seen from the course's root, None for what is not of the course."""
        if path == self.root:
            return "."
        if not path.startswith(self.prefix):
            return None
        if os.path.join(path, "").startswith(self.passed_over):
            return None
        name = os.path.relpath(path, self.root).replace(os.sep, "/")
        return name if is_of_course(name) else None

    def note_file(self, path: object, is_read: bool = True) -> None:
        """Note a file of the course, or the use of a folder outside it."""
        full = self.absolute(path)
        if full is None:
            return
        name = self.name_in_course(full)
        if name is None:
            for use, folder in self.folders.items():
                if full.startswith(folder):
                    self.note("uses", use, None)
        elif not is_read:
            self.note("written", name, None)
        elif not os.path.lexists(full) or os.path.isfile(full):
            self.note_state(name, full)

    def note_state(self, name: str, path: str) -> None:
        """Note what a file holds, again if it may have changed since."""
        try:
            status = os.stat(path)
            stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
        except OSError:
            stamp = None
        if self.noted.get(("stamp", name), self) == stamp:
            return
        self.noted["stamp", name] = stamp
        self.note("file", name, file_state(path))

    def note(self, kind: str, name: str, state: object) -> None:
        """Write a line, unless this process has written the same before."""
        if self.noted.get((kind, name), self) == state:
            return
        self.noted[kind, name] = state
        line = json.dumps([kind, name, state]) + "\n"
        # Opened each time: a descriptor kept open could be closed, and reused, by the episode.
        # One short write that appends is never mixed with those of other processes.
        log = os.open(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            if os.write(log, line.encode()) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), self.log)
        finally:
            os.close(log)


def compile_afresh(recorder: Recorder) -> None:
    """Have Python read the sources of the course's modules, never their stored byte code.

    Byte code counts as current while size and date, in whole seconds, are those of the source. An
    edit that keeps both would not be seen.
    """
    path_stats = SourceFileLoader.path_stats

    def no_stats_in_course(self: SourceFileLoader, path: str) -> object:
        full = recorder.absolute(path)
        if full is not None and recorder.name_in_course(full) is not None:
            raise OSError("compiled afresh")  # as from a loader that knows no byte code
        return path_stats(self, path)

    SourceFileLoader.path_stats = no_stats_in_course  # type: ignore[method-assign, assignment]


def start() -> None:
    """Record from now on, if the environment asks for it."""
    text = os.environ.get(VARIABLE)
    if text:
        recorder = Recorder.from_json(text)
        compile_afresh(recorder)
        sys.addaudithook(recorder)
        # says that there was a recorder at all
        recorder.note("started", "", None)


if __name__ == "lessonbook_recorder":
    start()
