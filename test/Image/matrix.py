#!/usr/bin/env python3
"""Link a small C++ program in many ways, rewrite its images, and run it.

The sources in DIR are base.cpp (base.so), derived.cpp (derived.so) and main.cpp
(the program). Each link is made and run plainly once; then all its images are
rewritten in each mode and the program runs lazily and under LD_BIND_NOW=1, must
print the same, and nothing on stderr. The images must show fewer symbolic
relocations (a tool that does nothing fails), the hardening of the plain ones
but for what the mode says, and the mode in their notes; a second run must
change nothing, and --undo give the old bytes.

By default the links are the fewest, nearly, in which each pair of values
occurs; --full takes the whole product.
"""

import argparse
import itertools
import multiprocessing
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from common.image import Image

IMAGES = ["base.so", "derived.so", "main"]
OPTIONS = {
    "now": [[], ["-z", "now"]],
    "code": [["-z", "separate-code"], ["-z", "noseparate-code"]],
    "hash": [["--hash-style=" + style] for style in ("gnu", "sysv", "both")],
    "page": [[]] + [["-z", "max-page-size=" + size] for size in ("0x1000", "0x4000", "0x10000", "0x200000")],
    "relro": [[], ["-z", "norelro"]],
    "strip": [[], ["-s"]],
}
# gold has no such option, and an older mold not this one.
UNKNOWN = {"gold": {"separate-code", "noseparate-code"}, "mold": {"norelro"}}


class Mode(NamedTuple):
    tool: int
    flags: tuple = ()
    now: bool | None = None  # only links with or without -z now
    arch: str | None = None


MODES = [
    Mode(1),
    Mode(2),
    Mode(2, ("--plt=pic",), arch="i386"),
    Mode(2, ("--plt=pic", "--i386-scratch=eax"), arch="i386"),
    Mode(1, ("--i386-scratch=eax",), arch="i386"),
    Mode(1, ("--pack-relative-relocs",)),
    Mode(2, ("--pack-relative-relocs",)),
    Mode(2, ("--pack-relative-relocs", "--shrink-file")),
    Mode(2, ("--override-bind-now",), now=True),
    Mode(2, ("--override-bind-now", "--pack-relative-relocs"), now=True),
    Mode(2, ("--override-bind-now", "--lazy=all"), now=True),
    Mode(2, ("--override-bind-now", "--lazy=all", "--pack-relative-relocs"), now=True),
    Mode(1, ("--slots=undefined",)),
    Mode(2, ("--slots=undefined", "--no-undo-record")),
]


class Link(NamedTuple):
    arch: str
    linker: str
    now: int
    code: int
    hash: int
    page: int
    relro: int
    strip: int

    def flags(self):
        words = [w for name in OPTIONS for w in OPTIONS[name][getattr(self, name)]]
        unknown = UNKNOWN.get(self.linker, set())
        pairs = list(zip(words, words[1:] + [""]))
        skip = {i + d for i, (_, w) in enumerate(pairs) if w in unknown for d in (0, 1)}
        return [w for i, w in enumerate(words) if i not in skip]


class Failure(Exception):
    pass


def pairwise(links):
    """The fewest links, nearly, in which each pair of values occurs."""

    def pairs(link):
        return set(itertools.combinations(enumerate(link), 2))

    left, chosen = set().union(*map(pairs, links)), []
    while left:
        chosen.append(max(links, key=lambda link: len(pairs(link) & left)))
        left -= pairs(chosen[-1])
    return chosen


class Job:
    """One link and its modes, in a folder of its own."""

    def __init__(self, args, link, modes):
        self.args, self.link, self.modes = args, link, modes
        self.where = args.dir / "build" / "-".join(map(str, link))
        self.script = []

    def run(self, argv, env=None, allowed=0):
        env = env or {}
        self.script.append(shlex.join([*(f"{k}={v}" for k, v in env.items()), *argv]))
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LD_")}
        done = subprocess.run(
            argv, cwd=self.where, env=clean | env, text=True, capture_output=True, timeout=120
        )
        if done.returncode != allowed:
            raise Failure(f"status {done.returncode}\n{done.stdout}{done.stderr}")
        return done

    def make(self):
        objects = self.args.dir / "build" / self.link.arch
        driver = ["g++", "-m64" if self.link.arch == "x86-64" else "-m32"]
        driver += [f"-fuse-ld={self.link.linker}", "-Wl,-rpath,$ORIGIN"]
        driver += ["-Wl," + ",".join(self.link.flags())]
        shutil.rmtree(self.where, ignore_errors=True)
        self.where.mkdir()
        for i, image in enumerate(IMAGES):
            kind = ["-shared", f"-Wl,-soname,{image}"] if image.endswith(".so") else ["-pie"]
            source = objects / (image.split(".")[0] + ".o")
            self.run([*driver, *kind, "-o", image, str(source), *IMAGES[:i][::-1]])

    def runProgram(self, folder):
        outputs = []
        for bind in ({}, {"LD_BIND_NOW": "1"}):
            done = self.run([f"{folder}/main"], bind | {"LD_WARN": "1"})
            if done.stderr:
                raise Failure(f"stderr is not empty: {done.stderr}")
            outputs.append(done.stdout)
        return outputs

    def rewrite(self, mode, image, new):
        """Rewrites one image. What lld links has no spare entry in its dynamic
        table, so it may be refused where more entries are asked for."""
        packs = "--pack-relative-relocs" in mode.flags and self.link.linker == "lld"
        try:
            self.run([self.args.tools[mode.tool - 1], "-q", *mode.flags, image, "-o", new])
        except Failure as failure:
            if not packs or "no room in the dynamic table" not in str(failure):
                raise
            if (self.where / new).exists():
                raise Failure(f"{new} was refused, and is there") from failure
            shutil.copy(self.where / image, self.where / new)
            return False
        return True

    def check(self, mode, image, folder):
        """What must be true of one rewritten image. Returns what it has less."""
        old, new = Image(self.where / image), Image(self.where / folder / image)
        overrides = "--override-bind-now" in mode.flags
        lazy = mode.tool == 2 and (overrides or not old.is_bind_now)
        note = new.note()
        if note and (note["mode"] == "lazy") != lazy:
            raise Failure(f"{image}: the note is {note}")
        if old.hardening != new.hardening:
            raise Failure(f"{image}: {old.hardening} became {new.hardening}")
        overridden = "override-bind-now" in str(note)
        if new.is_bind_now != (old.is_bind_now and not overridden):
            raise Failure(f"{image}: BIND_NOW is {new.is_bind_now}")
        # gold makes a PLT entry for each function; the words of these, bound
        # when the image is loaded, are as good as lazy ones.
        relays = self.link.linker == "gold" and "--lazy=all" not in mode.flags
        if overrides and not overridden and image == "derived.so" and not relays:
            raise Failure(f"{image}: BIND_NOW is not overridden: {note}")
        absolute = lazy and self.link.arch == "i386" and "--plt=pic" not in mode.flags
        if new.has_text_relocations and not absolute:
            raise Failure(f"{image}: text relocations")
        packs = note and "--pack-relative-relocs" in mode.flags
        # Absolute addresses in code are not packed: DT_RELR is for data.
        if packs and sum(map(new.is_writable, new.relatives())) > 5:
            raise Failure(f"{image}: {new.unpacked_counts()} are not packed")
        return old.unpacked_counts() - new.unpacked_counts()

    def test(self, number, mode, expected):
        folder = f"mode{number}"
        (self.where / folder).mkdir()
        tool = self.args.tools[mode.tool - 1]
        less, refused = 0, False
        for image in IMAGES:
            new = f"{folder}/{image}"
            if not self.rewrite(mode, image, new):
                refused = True
                continue
            less += self.check(mode, image, folder)["symbolic"]
            self.run([tool, "-q", *mode.flags, new, "-o", f"{folder}/again"])
            self.same(new, f"{folder}/again")
            if not Image(self.where / new).note():
                self.same(image, new)
            elif "--no-undo-record" not in mode.flags:
                self.run([tool, "-q", "--undo", new, "-o", f"{folder}/undone"])
                self.same(image, f"{folder}/undone")
        # Relays want words that are bound when the image is loaded, which few
        # functions have where nothing is BIND_NOW, and padding of RELRO.
        isNow = Image(self.where / "derived.so").is_bind_now
        lazy = mode.tool == 2 and ("--override-bind-now" in mode.flags or not isNow)
        if less < (10 if lazy else 0) and not refused:
            raise Failure(f"only {less} symbolic relocations less")
        if self.runProgram(folder) != expected:
            raise Failure("the output differs")

    def same(self, a, b):
        if (self.where / a).read_bytes() != (self.where / b).read_bytes():
            raise Failure(f"{a} and {b} differ")

    def testAll(self):
        try:
            self.make()
            expected = self.runProgram(".")
            for number, mode in enumerate(self.modes):
                self.test(number, mode, expected)
        except (Failure, KeyError, subprocess.TimeoutExpired) as failure:
            script = "\n".join(self.script)
            return f"FAILED, {self.link}: {failure}\nReproduce with:\ncd {self.where}\n{script}\n"
        shutil.rmtree(self.where)
        return ""


def modesFor(link):
    return [
        mode
        for mode in MODES
        if mode.arch in (None, link.arch) and mode.now in (None, bool(link.now))
    ]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tools", nargs=2)
    parser.add_argument("dir", type=lambda text: Path(text).absolute())
    parser.add_argument("--have-arches", default="x86-64,i386")
    parser.add_argument("--have-linkers", default="bfd,gold,lld,mold")
    parser.add_argument("--full", action="store_true")
    args = parser.parse_args()

    shutil.rmtree(args.dir / "build", ignore_errors=True)
    arches = args.have_arches.split(",")
    for arch in arches:
        (args.dir / "build" / arch).mkdir(parents=True)
        for image in IMAGES:
            name = image.split(".")[0]
            flags = ["-m64" if arch == "x86-64" else "-m32", "-fPIC" if "." in image else "-fPIE"]
            command = ["g++", "-O2", *flags, "-c", f"{name}.cpp", "-o", f"build/{arch}/{name}.o"]
            subprocess.run(command, cwd=args.dir, check=True)
    values = [range(len(OPTIONS[name])) for name in OPTIONS]
    links = [Link(*link) for link in itertools.product(arches, args.have_linkers.split(","), *values)]
    if not args.full:
        links = pairwise(links)
    jobs = [Job(args, link, modesFor(link)) for link in links]
    failures = 0
    with multiprocessing.Pool(2) as pool:
        for failure in pool.imap_unordered(Job.testAll, jobs):
            if failure:
                print(failure, flush=True)
                failures += 1
    if failures:
        return 1
    print(f"{len(jobs)} links, {sum(len(job.modes) for job in jobs)} rewrites")
    return 0


if __name__ == "__main__":
    sys.exit(main())
