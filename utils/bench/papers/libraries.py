"""Bastian's tables 3 and 4: what it costs to link an empty program against more
and more of KDE, in relocations, time and pages that become the process's own.

KDE's libraries have other names than in 2001. Each row has those that took over
the task, and all rows above it.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

import harness
from common import image, ldso
from common.testclass import Failure, run
from papers.measure import EMPTY, Case, loader_counts, rewritten

FOLDER = Path("/usr/lib/x86_64-linux-gnu")
STEPS = {
    "C++": ["stdc++.so.6"],
    "Qt": ["Qt5Widgets.so.5", "Qt5Gui.so.5", "Qt5Core.so.5"],
    "DCOP": ["Qt5DBus.so.5"],
    "kdecore": ["KF5CoreAddons.so.5", "KF5ConfigCore.so.5", "KF5I18n.so.5"],
    "kdeui": ["KF5WidgetsAddons.so.5", "KF5ConfigWidgets.so.5", "KF5XmlGui.so.5"],
    "kio": ["KF5KIOCore.so.5", "KF5KIOWidgets.so.5"],
    "kfile": ["KF5KIOFileWidgets.so.5"],
    "kspell": ["KF5SonnetUi.so.5"],
}
ARMS = {
    "default": (),
    "relay": ("objprelink1",),
    "lazy": ("objprelink2",),
    "lazy, all": ("objprelink2", "--override-bind-now", "--lazy=all"),
}
# Says when it has been started, and waits to be looked at.
WAITING = """
#include <unistd.h>
int main() { char c = 'r'; return write(1, &c, 1) + read(0, &c, 1) == 1 ? 0 : 1; }
"""
PAGE = 4096


def missing():
    return [n for names in STEPS.values() for n in names if not (FOLDER / f"lib{n}").exists()]


def closure(folder, tools, command):
    """Copies of all libraries of the last step, rewritten where they can be."""
    folder.mkdir()
    files = set()
    for names in STEPS.values():
        for name in names:
            path = FOLDER / f"lib{name}"
            files |= {(path.name, str(path)), *ldso.ldd(path)}
    counts = {"libraries": 0, "rewritten": 0, "BIND_NOW": 0}
    for name, path in sorted(files):
        if not name or ldso.is_loader(path):
            continue
        counts["libraries"] += 1
        counts["BIND_NOW"] += image.Image(path).is_bind_now
        shutil.copy(path, folder / name)
        if command:
            try:
                rewritten(tools, command, path, folder / name)
            except Failure:
                continue  # refused: used as it is
            new = (folder / name).read_bytes()
            counts["rewritten"] += new != Path(path).read_bytes()
    return counts


def dirty_pages(program, **variables):
    """Pages of files that the process has changed by the time main runs."""
    pipe = subprocess.PIPE
    env = os.environ | variables
    with subprocess.Popen([program], stdin=pipe, stdout=pipe, env=env) as process:
        process.stdout.read(1)
        text = Path(f"/proc/{process.pid}/smaps").read_text()
        process.stdin.write(b"r")
    parts = re.split(r"^[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ +(.*)$", text, flags=re.M)
    kilobytes = 0
    for name, fields in zip(parts[1::2], parts[2::2]):
        if name.startswith("/"):
            kilobytes += int(re.search(r"^Anonymous: +(\d+)", fields, re.M)[1])
    return kilobytes * 1024 // PAGE


def compile_program(source, folder, names, paths, out):
    text = folder / "main.c"
    text.write_text(source)
    link = ["-Wl,--no-as-needed", f"-Wl,--disable-new-dtags,-rpath,{paths}"]
    link += [f"-Wl,-rpath-link,{FOLDER}", *(FOLDER / f"lib{n}" for n in names)]
    run("gcc", "-O2", text, *link, "-o", out)
    return out


def cases(folder, tools):
    """A program for each step, arm and way of binding."""
    for arm, command in ARMS.items():
        place = folder / (arm.replace(", ", "-"))
        counts = closure(place, tools, command)
        names = []
        for step, added in STEPS.items():
            names += added
            program = compile_program(EMPTY, folder, names, place, place / f"run-{step}")
            waiting = compile_program(WAITING, folder, names, place, place / f"wait-{step}")
            for bind, env in ("lazy", {}), ("now", {"LD_BIND_NOW": "1"}):
                record = {"step": step, "arm": arm, "bind": bind, **counts}
                record |= loader_counts(program, **env)
                record["pages"] = dirty_pages(waiting, **env)
                yield Case(record, program, env)
