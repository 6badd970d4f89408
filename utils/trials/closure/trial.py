"""Runs of a program with its own files and with the rewritten ones, compared."""

import collections
import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from closure.place import Failure
from common import ldso

# What ld.so, or a program for it, says of something that it cannot bind.
LOADER = re.compile(
    r"symbol lookup error|relocation error|undefined symbol|cannot open shared"
    r"|error while loading shared libraries|nconsistency detected by ld\.so"
    r"|symbol not found|cannot apply|cannot enable executable|version `"
    r"|audit interface|unexpected (?:reloc|PLT)|ELF (?:file|load command)"
)


class Result(NamedTuple):
    """What a run is judged by."""

    status: str
    stdout: str
    stderr: str
    loader: tuple
    files: tuple


class Trial:
    """Runs of both arms: 0 is the original, 1 the rewritten closure."""

    def __init__(self, closure):
        self.closure, self.place = closure, closure.place
        self.args, self.command = closure.args, closure.command
        self.ignore = [re.compile(text) for text in self.args.ignore]

    def start(self, arm, env=None, prefix=(), seconds=None):
        env, command = dict(env or {}), self.command
        listing = self.closure.listing if arm else self.place.no_list
        if arm and not self.place.mounts:
            env["LD_LIBRARY_PATH"] = str(self.closure.library_path)
            real = os.path.realpath(shutil.which(command[0]))
            for file in self.closure.rewritten:
                if file.path == real:
                    command = [str(file.result), *command[1:]]
        seconds = seconds or self.args.seconds
        return self.place.start(listing, command, env, prefix, seconds)

    def steady(self, text):
        """A text without what may differ."""
        text = text.replace(str(self.closure.folder), "")
        if not self.ignore:
            return text
        return "\n".join(
            line
            for line in text.split("\n")
            if not any(pattern.search(line) for pattern in self.ignore)
        )

    def result(self, arm, how):
        env, prefix = {}, ()
        log = self.place.folder / "log"
        if how == "now":
            env = {"LD_BIND_NOW": "1"}
        elif how == "audit":
            env = {"LD_AUDIT": str(self.place.audit)}
        elif how == "valgrind":
            prefix = ["valgrind", "-q", f"--log-file={log}", "--error-limit=no"]
        elif how == "trace":
            # What "ldd -r" does: bind everything, say what is missing.
            env = {"LD_TRACE_LOADED_OBJECTS": "1", "LD_BIND_NOW": "1"}
        elif how == "gdb":
            options = "-nx -q -batch -ex".split()
            prefix = ["gdb", *options, "set breakpoint pending on"]
            prefix += ["-ex", "set debuginfod enabled off"]
            prefix += ["-ex", f"break {self.args.gdb}", "-ex", "run"]
            prefix += ["-ex", "bt", "-ex", "finish", "-ex", "kill", "--args"]
        status, out, err = self.start(arm, env, prefix)
        if how == "trace":
            out = re.sub(r" \(0x[0-9a-f]+\)", "", out)
        elif how == "gdb":
            # Backtraces, whose addresses are not those of another process.
            lines = re.findall(r"^(?:#\d|Run till exit|Breakpoint \d,).*", out, re.M)
            out = "\n".join(re.sub(r"\b0x[0-9a-f]+\b", "0x", x) for x in lines)
            err = ""
            if "#0 " not in out:
                raise Failure(f"gdb: nothing stops at {self.args.gdb}")
        elif how == "valgrind":
            text = log.read_text(errors="replace")
            log.unlink()
            heads = re.findall(r"^==\d+== ([A-Z][^:]*?)(?: at address.*)?$", text, re.M)
            known = re.compile(r"Invalid|Conditional|Use of|Syscall|Jump|Process|Mism|Source")
            errors = collections.Counter(h for h in heads if known.match(h))
            out += "".join(f"\n{n} x {h}" for h, n in sorted(errors.items()))
        if how in ("trace", "gdb") and not self.place.mounts:
            # There, rewritten files have other paths.
            out = re.sub(r"/\S+/", "", out)
        messages = {x for x in (out + err).splitlines() if LOADER.search(x)}
        if self.args.seconds and how != "gdb":
            out = err = ""
        files = []
        if how not in ("trace", "gdb"):
            for name, exact in self.args.outputs:
                try:
                    data = Path(self.place.fill(name)).read_bytes()
                    text = self.steady(data.decode("latin-1"))
                    files.append(text.encode("latin-1") if exact else bool(data))
                except OSError as e:
                    files.append(e.strerror)
        return Result(
            status,
            self.steady(out),
            self.steady(err),
            tuple(sorted(map(self.steady, messages))),
            tuple(files),
        )

    def compare(self, how):
        """A row of the table, and whether it is a regression."""
        old = self.result(0, how)
        if how == self.args.how[0]:
            again = self.result(0, how)
            for field, before, after in zip(Result._fields, old, again):
                if before != after:
                    raise Failure(
                        f"the original program's {field} differs from run to run"
                        f" ({brief(before)}, then {brief(after)}): leave it out"
                        " by --ignore or --output-exists"
                    )
        new = self.result(1, how)
        cells, details = [], []
        for field in Result._fields:
            before, after = getattr(old, field), getattr(new, field)
            same = before == after
            if field == "loader":
                same = set(after) <= set(before)
            shown = str(before) if field == "status" else describe(before)
            if not same:
                shown = f"{shown} -> {after}" if field == "status" else "DIFFERS"
                details.append(f"{how}: {field}: {brief(before)}, rewritten: {brief(after)}")
            cells.append(shown)
        return [how, *cells], details

    def statistics(self, arm):
        logs = self.place.folder / "statistics"
        logs.mkdir()
        env = {"LD_DEBUG": "statistics", "LD_DEBUG_OUTPUT": f"{logs}/log"}
        self.start(arm, env)
        total = ldso.statistics(logs.iterdir())
        shutil.rmtree(logs)
        return total

    def callgrind(self, arm):
        """Instructions in ld.so and in all, over all processes."""
        logs = self.place.folder / "callgrind"
        logs.mkdir()
        prefix = ["valgrind", "--tool=callgrind", "-q", "--trace-children=yes"]
        prefix += [f"--callgrind-out-file={logs}/%p"]
        # Valgrind is slow: what is asked of the program takes that longer.
        seconds = self.args.seconds and self.args.seconds * 8
        self.start(arm, {}, prefix, seconds)
        loader, total = ldso.instructions(logs.iterdir())
        shutil.rmtree(logs)
        if not total:
            raise Failure("callgrind wrote nothing")
        return loader, total


def describe(value):
    if isinstance(value, str):
        return f"{len(value.splitlines())} lines" if value else "none"
    return str(len(value)) if value else "none"


def brief(value):
    """For a message; of files a digest says enough."""
    if isinstance(value, tuple):
        value = [
            f"{len(x)} bytes, {hashlib.blake2b(x, digest_size=4).hexdigest()}"
            if isinstance(x, bytes)
            else x
            for x in value
        ]
    text = value if isinstance(value, str) else repr(value)
    return repr(text if len(text) < 600 else text[:280] + " ... " + text[-280:])
