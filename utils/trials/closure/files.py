"""The files of a program, their rewritten copies, and what is known of both."""

import collections
import concurrent.futures
import functools
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from closure.place import Failure
from common import image, ldso


class Rewritten(NamedTuple):
    path: str
    result: Path  # None when there is none
    reason: str


def is_elf(path):
    with open(path, "rb") as file:
        return file.read(4) == b"\x7fELF"


class Closure:
    """The files, their rewritten copies, and what is known of both."""

    def __init__(self, place, args, command):
        self.place, self.args, self.command = place, args, command
        self.names = {}  # how ld.so knows a path, for LD_LIBRARY_PATH
        self.paths = self.find()
        self.folder = place.folder / "closure"
        self.files = []

    def find(self):
        roots = [shutil.which(self.command[0])]
        if not roots[0]:
            raise Failure(f"there is no program {self.command[0]}")
        for path in map(Path, self.args.plugins):
            if not path.exists():
                raise Failure(f"{path}: no such file or folder")
            below = sorted(path.rglob("*")) if path.is_dir() else [path]
            roots += [str(p) for p in below if p.is_file()]
        if self.args.loaded:
            roots += self.loaded()
        found = {}
        for root in dict.fromkeys(os.path.realpath(path) for path in roots):
            if root in found or ldso.is_loader(root) or not is_elf(root):
                continue
            found[root] = True
            for name, path in ldso.ldd(root):
                real = os.path.realpath(path)
                self.names.setdefault(real, name or os.path.basename(path))
                if not ldso.is_loader(real):
                    found[real] = True
        skip = [re.compile(text) for text in self.args.skip]
        # An executable that is none of ours to rewrite has libraries that are.
        return sorted(
            path
            for path in found
            if image.read(path)
            and not any(pattern.search(path) for pattern in skip)
        )

    def loaded(self):
        """What ld.so loads while the program runs, and in its children."""
        logs = self.place.folder / "loaded"
        logs.mkdir()
        env = {"LD_DEBUG": "files", "LD_DEBUG_OUTPUT": f"{logs}/log"}
        seconds = self.args.seconds
        self.place.start(self.place.no_list, self.command, env, (), seconds)
        paths = set()
        for log in sorted(logs.iterdir()):
            text = log.read_text(errors="replace")
            paths |= set(re.findall(r"calling init: (/.*)$", text, re.M))
        shutil.rmtree(logs)
        outside = f"{self.place.folder}/"
        return sorted(path for path in paths if not path.startswith(outside))

    def rewrite_one(self, path):
        out = self.folder / path.lstrip("/")
        out.parent.mkdir(parents=True, exist_ok=True)
        command = [self.args.tool, *self.args.options, path, "-o", out]
        command = [str(part) for part in command]
        done = subprocess.run(command, capture_output=True, text=True)
        said = (done.stdout + done.stderr).strip()
        # Without the names of files, the same reason is the same line.
        reason = (said.splitlines() or [""])[-1]
        for name in (f"{self.args.tool.name}: ", f"{out}: ", f"{path}: ", "error: "):
            reason = reason.replace(name, "")
        reason = reason or "without a word"
        if done.returncode == 1 and "internal error" not in said:
            return Rewritten(path, None, f"refused: {reason}")
        if done.returncode:
            return Rewritten(path, None, f"failed: status {done.returncode}: {reason}")
        if out.read_bytes() == Path(path).read_bytes():
            return Rewritten(path, None, f"nothing to do: {reason}")
        out.chmod(os.stat(path).st_mode & 0o7777)
        return Rewritten(path, out, "")

    def rewrite(self):
        with concurrent.futures.ThreadPoolExecutor(self.args.jobs) as pool:
            self.files = list(pool.map(self.rewrite_one, self.paths))
        self.listing = self.place.b / "list"
        lines = (f"{file.result}\n{file.path}\n" for file in self.rewritten)
        self.listing.write_text("".join(lines))

    @property
    def rewritten(self):
        return [file for file in self.files if file.result]

    @functools.cached_property
    def library_path(self):
        """Where there are no mounts: a folder with the names ld.so looks for."""
        folder = self.place.folder / "library-path"
        folder.mkdir()
        for file in self.rewritten:
            name = self.names.get(file.path, os.path.basename(file.path))
            (folder / name).symlink_to(file.result)
        return folder

    def sizes(self):
        """Bytes of relocation tables and of files, before and after."""
        tables, bytes = [0, 0], [0, 0]
        for file in self.files:
            for i, path in enumerate((file.path, file.result or file.path)):
                bytes[i] += os.path.getsize(path)
                tables[i] += image.Image(path).table_bytes
        return tables, bytes

    def notes(self):
        """What the tool's notes say, summed."""
        total = collections.Counter()
        for file in self.rewritten:
            note = image.Image(file.result).note() or {"without a note": 1}
            for key, value in note.items():
                if isinstance(value, int):
                    total[key] += value
        return total
