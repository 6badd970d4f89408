"""What a build has linked: which files, by which linker, and what became of
their vtables. Read from the files and from the linker's log, which must agree."""

import collections
import json
import os
import re
import struct
from pathlib import Path
from typing import NamedTuple

ET_EXEC, ET_DYN = 2, 3
# Code of ours there is only where no entry for the function was there before.
NOTE = ".note.objprelink"
# LLD and mold write their names into .comment, gold has a note, and GNU ld nothing.
NAMED = r"Linker: ([^\0]*)|(mold [^\0]*?) \(compatible with GNU ld\)"
GOLD = ".note.gnu.gold-version"


class Output(NamedTuple):
    path: Path
    linker: str  # the linkers that are named in it, or nothing
    rewritten: bool


def sections(data):
    """(name, contents) of each section of an ELF file of either class."""
    wide = data[4] == 2
    at = struct.unpack_from("<Q" if wide else "<I", data, 40 if wide else 32)[0]
    size, count, names = struct.unpack_from("<HHH", data, 58 if wide else 46)
    if not at:
        return
    headers = []
    for i in range(count):
        if wide:
            name, _, _, _, offset, length = struct.unpack_from(
                "<IIQQQQ", data, at + i * size
            )
        else:
            name, _, _, _, offset, length = struct.unpack_from(
                "<IIIIII", data, at + i * size
            )
        headers.append((name, offset, length))
    _, offset, length = headers[names]
    table = data[offset : offset + length]
    for name, offset, length in headers:
        text = table[name : table.index(b"\0", name)].decode(errors="replace")
        yield text, data[offset : offset + length]


def read(path):
    """The output in a file, or None when there is none."""
    try:
        with open(path, "rb") as file:
            head = file.read(20)
            if head[:4] != b"\x7fELF" or head[5] != 1:
                return None
            if struct.unpack_from("<H", head, 16)[0] not in (ET_EXEC, ET_DYN):
                return None
            data = head + file.read()
        found = dict(sections(data))
    except (OSError, struct.error, IndexError, ValueError):
        return None
    comment = found.get(".comment", b"").decode(errors="replace")
    linkers = ["".join(names) for names in re.findall(NAMED, comment)]
    if GOLD in found:
        # Behind the note's header and its owner, "GNU".
        linkers.append(found[GOLD][16:].rstrip(b"\0").decode(errors="replace"))
    return Output(path, ", ".join(linkers), NOTE in found)


def find(folder):
    """All linked outputs below a folder."""
    for place, folders, names in os.walk(folder):
        # What cmake tries its compilers with is none of the project's.
        folders[:] = sorted(x for x in folders if x not in ("CMakeFiles", "CMakeTmp"))
        for name in sorted(names):
            path = Path(place, name)
            if not path.is_symlink() and path.is_file():
                if output := read(path):
                    yield output


def remove(folder):
    """Removes all that the build links, so that it links it again.

    libtool's .la files are what its make rules know; and a program with
    libraries from the same build is a script beside .libs with the true one."""
    for output in list(find(folder)):
        output.path.unlink()
        if output.path.parent.name == ".libs":
            script = output.path.parents[1] / output.path.name
            script.unlink(missing_ok=True)
    for path in list(Path(folder).rglob("*.la")):
        path.unlink(missing_ok=True)
    # The names of versions of a library are links to it.
    for path in list(Path(folder).rglob("*.so*")):
        if path.is_symlink() and not path.exists():
            path.unlink()


class Links(NamedTuple):
    """The linker's log and the files together."""

    links: int  # lines of the log, those of configure scripts too
    outputs: int
    rewritten: int
    slots: int
    functions: int
    modes: dict
    outcomes: dict  # how many outputs had which
    refused: dict  # reasons, and the outputs
    foreign: list  # outputs that another linker made
    problems: list


def read_log(log):
    try:
        text = log.read_text()
    except FileNotFoundError:
        return []
    return [json.loads(line) for line in text.splitlines() if line.strip()]


def runs(entry, under):
    """Whether a line of the log is of a link that the linker underneath has made."""
    path = re.search(r" \((/.*)\)$", entry.get("linker", ""))
    return path is not None and Path(path[1]) == under


def account(folder, linker, log, under=None):
    """What the build in a folder has linked by now, by the linker that outputs name
    so; under is the path of the linker that ours has run. The control has no log."""
    entries = read_log(log) if log else []
    by_name = {}
    for entry in entries:
        by_name[os.path.basename(entry["output"])] = entry
    counts, outcomes = collections.Counter(), collections.Counter()
    modes = collections.Counter()
    refused = collections.defaultdict(list)
    foreign, problems = [], []
    for output in find(folder):
        name = str(output.path.relative_to(folder))
        counts["outputs"] += 1
        counts["rewritten"] += output.rewritten
        if linker not in output.linker.split(", "):
            foreign.append(f"{name} ({output.linker or 'no linker named'})")
            continue
        if not log:
            if output.rewritten:
                problems.append(f"{name}: rewritten by the control")
            continue
        # libtool links a library under its version's name and a program as it is.
        entry = by_name.get(output.path.name)
        if not entry:
            outcomes["not logged"] += 1
            problems.append(f"{name}: the linker's log does not have it")
            continue
        if under and not runs(entry, under):
            text = f"{name}: the log says '{entry.get('linker')}', not {under}"
            problems.append(text)
        outcome = entry["outcome"]
        outcomes[outcome] += 1
        if (outcome == "rewritten") != output.rewritten:
            but = "has" if output.rewritten else "lacks"
            text = f"{name}: the log says '{outcome}', but it {but} our note"
            problems.append(text)
        if outcome == "rewritten":
            modes[entry.get("mode", "?")] += 1
            # Not all slots that were found can be redirected.
            counts["slots"] += entry.get("redirected", entry.get("slots", 0))
            counts["functions"] += entry.get("functions", 0)
        elif outcome == "refused":
            refused[entry.get("reason", "?")].append(name)
    return Links(
        len(entries),
        counts["outputs"],
        counts["rewritten"],
        counts["slots"],
        counts["functions"],
        dict(modes),
        dict(outcomes),
        dict(refused),
        foreign,
        problems,
    )
