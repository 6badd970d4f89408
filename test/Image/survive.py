#!/usr/bin/env python3
"""Run other tools on rewritten images, and rewrite what they have changed.

Distributions strip, split and patch files after they are linked. So a program
with two libraries (utils/bench/testclass) is linked by each linker, all three images
are rewritten in several modes, another tool changes each of them, and the
program must still do what it did: bound lazily, at once, and with an empty
stderr. Then the same the other way round: the other tool first.

What is asked of a result besides:
  * the note is still there, and a second rewriting run changes nothing;
  * --undo refuses a file that another tool has changed, or gives back the one
    that was rewritten, but never makes something else of it;
  * where debug information is kept, gdb finds a function's line as it does in
    the image that was never rewritten (no address has moved).

By default the cases are the fewest in which each pair of values meets, as in
test/Run/matrix.py; --full takes the whole product.

A tool that breaks the images which were not rewritten proves nothing: such a
case is left out, and counted. With --may-refuse, so is a case in which the
rewriting is refused because of what the other tool did before; but not all of
them may be.
"""

import argparse
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from Run.matrix import LINKERS, pairwise

COUNT = 3
LIBRARY, WIDGET, PROGRAM = "testclass.so", "libWidget.so", "program"
IMAGES = [LIBRARY, WIDGET, PROGRAM]
# A function of the library whose line gdb is asked for.
FUNCTION = "testclass<2>::setSizeIncrement"

LIBC = """#include <unistd.h>
int process() { return getpid(); }
"""
# The word of an eager PLT entry is one that a relay can jump through.
CALLS = """#include "Widget.h"
void call(Widget &widget) { widget.Widget::resize(1, 2); }
"""

# A rewriting mode: the flags of the links that it is for, and the command.
MODES = {
    "relay": ("-Wl,-z,now", ["objprelink1"]),
    "relay+pack": (
        "-Wl,-z,now",
        ["objprelink1", "--pack-relative-relocs", "--shrink-file"],
    ),
    "lazy": ("-Wl,-z,lazy", ["objprelink2"]),
    "lazy+pack": ("-Wl,-z,lazy", ["objprelink2", "--pack-relative-relocs"]),
    "all+pack": (
        "-Wl,-z,now",
        ["objprelink2", "--override-bind-now", "--lazy=all"]
        + ["--pack-relative-relocs"],
    ),
}

# What the others do to a file F.
TOOLS = {
    "strip": ["strip F"],
    "strip-g": ["strip -g F"],
    "llvm-strip": ["llvm-strip F"],
    "llvm-strip-g": ["llvm-strip -g F"],
    "llvm-strip-sections": ["llvm-strip --strip-sections F"],
    "eu-strip": ["eu-strip F"],
    "eu-strip-f": ["eu-strip -f F.debug F"],
    "objcopy": [
        "objcopy --only-keep-debug F F.debug",
        "objcopy --strip-debug F",
        "objcopy --add-gnu-debuglink=F.debug F",
    ],
    "llvm-objcopy": [
        "llvm-objcopy --only-keep-debug F F.debug",
        "llvm-objcopy --strip-debug F",
        "llvm-objcopy --add-gnu-debuglink=F.debug F",
    ],
    "patchelf": ["patchelf --set-rpath $ORIGIN/nowhere:$ORIGIN F"],
    "patchelf-needed": ["patchelf --add-needed libm.so.6 F"],
    "dwz": ["dwz F"],
}
KEEP_DEBUG = {"eu-strip-f", "objcopy", "llvm-objcopy", "patchelf", "dwz"}


class Case(NamedTuple):
    linker: str
    mode: str
    tool: str
    order: str


class Failure(Exception):
    pass


class Refused(Exception):
    pass


class Survival:
    def __init__(self, args):
        self.args, self.root = args, args.folder
        self.testclass = Path(__file__).resolve().parents[2] / "utils/bench/testclass"
        self.script = []
        self.linked, self.controls = {}, {}
        self.skipped, self.refused = [], []

    def run(self, argv, where, env=None):
        argv = [str(part) for part in argv]
        self.script.append((where, shlex.join(argv)))
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LD_")}
        return subprocess.run(
            argv,
            cwd=where,
            env=clean | (env or {}),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=300,
        )

    def check(self, argv, where):
        """Runs a command that must succeed."""
        done = self.run(argv, where)
        if done.returncode:
            raise Failure(
                f"{shlex.join(map(str, argv))}: status {done.returncode}\n"
                f"{done.stdout}{done.stderr}"
            )
        return done.stdout

    def compile(self):
        where = self.root / "objects"
        where.mkdir(parents=True)
        text = self.check([self.testclass / "generate", str(COUNT)], where)
        (where / "testclass.cpp").write_text(text)
        # DT_RELR is only for libraries that need a version of libc's.
        (where / "libc.cpp").write_text(LIBC)
        (where / "calls.cpp").write_text(CALLS)
        flags = ["-O1", "-g", "-fPIC", "-I", self.testclass, "-c"]
        sources = ["testclass.cpp", "libc.cpp", "calls.cpp"]
        sources += [self.testclass / name for name in ("Widget.cpp", "main.cpp")]
        for source in sources:
            self.check([self.args.gxx, *flags, source], where)
        return where

    def link(self, linker, flags):
        """A folder with the three images as a linker makes them."""
        if (linker, flags) not in self.linked:
            where = self.root / f"linked-{linker}{flags.replace(',', '-')}"
            where.mkdir()
            cxx = [self.args.gxx, f"-fuse-ld={linker}", flags]
            cxx += ["-Wl,--build-id", "-Wl,-rpath,$ORIGIN"]
            shared = [*cxx, "-shared"]
            objects = self.objects
            for name, parts in (
                (WIDGET, [*shared, objects / "Widget.o", objects / "libc.o"]),
                (LIBRARY, [*shared, *(objects / f"{n}.o" for n in ("testclass", "libc", "calls")), WIDGET]),
                (PROGRAM, [*cxx, "-pie", objects / "main.o", LIBRARY, WIDGET]),
            ):
                soname = [f"-Wl,-soname,{name}"] if name != PROGRAM else []
                self.check([*parts, *soname, "-o", name], where)
            self.linked[linker, flags] = where
        return self.linked[linker, flags]

    def copy(self, source, name):
        where = self.root / name
        shutil.rmtree(where, ignore_errors=True)
        where.mkdir()
        for image in IMAGES:
            shutil.copy(source / image, where)
        return where

    def rewrite(self, mode, where):
        for image in IMAGES:
            command = [*MODES[mode][1], image, "-o", f"{image}.new"]
            done = self.run(command, where)
            if done.returncode:
                text = f"{shlex.join(command)}: {done.stderr.strip()}"
                is_refusal = done.returncode == 1 and "internal error" not in text
                raise (Refused if is_refusal else Failure)(text)
            os.replace(where / f"{image}.new", where / image)
        if "objprelink" not in self.check(["readelf", "-nW", LIBRARY], where):
            raise Failure("the library was not rewritten: it has no note")

    def change(self, tool, where):
        for image, line in itertools.product(IMAGES, TOOLS[tool]):
            # F and F.debug as words of their own, or behind a =.
            line = re.sub(r"(?<![^ =])F(?![^ .])", image, line)
            self.check(line.split(), where)

    def outputs(self, where):
        """What the program prints, which must be one thing."""
        found = set()
        for env in {}, {"LD_BIND_NOW": "1"}:
            done = self.run([f"./{PROGRAM}"], where, env)
            if done.returncode or done.stderr:
                raise Failure(
                    f"{env or 'lazily'}: status {done.returncode}: {done.stderr}"
                )
            found.add(done.stdout)
        if len(found) != 1:
            raise Failure(f"lazily and at once differ: {found}")
        return found.pop()

    def line(self, where):
        """What gdb finds of the function in the debug information."""
        argv = ["gdb", "-nx", "-batch", "-ex", f"info line {FUNCTION}", LIBRARY]
        said = self.check(argv, where)
        # gdb may have to tell of a PLT entry of that name besides.
        return "\n".join(re.findall(r"^Line \d+ of .*", said, re.M))

    def control(self, case):
        """The output and the line with images that were never rewritten, or
        nothing where the other tool alone breaks them."""
        flags = MODES[case.mode][0]
        key = case.linker, flags, case.tool
        if key not in self.controls:
            where = self.copy(self.link(case.linker, flags), "control")
            try:
                self.change(case.tool, where)
                output = self.outputs(where)
                line = self.line(where) if self.asks(case) else ""
                self.controls[key] = output, line
            except Failure as failure:
                self.controls[key] = None
                self.skipped.append(f"{' '.join(key)}: {failure}")
        return self.controls[key]

    def asks(self, case):
        return case.tool in KEEP_DEBUG and self.args.gdb

    def test(self, case):
        control = self.control(case)
        if not control:
            return
        output, line = control
        where = self.copy(self.link(case.linker, MODES[case.mode][0]), "case")
        if case.order == "after":
            self.rewrite(case.mode, where)
            rewritten = (where / LIBRARY).read_bytes()
            original = self.linked[case.linker, MODES[case.mode][0]] / LIBRARY
            self.change(case.tool, where)
            self.undo(case, where, original.read_bytes(), rewritten)
        else:
            self.change(case.tool, where)
            try:
                self.rewrite(case.mode, where)
            except Refused as refusal:
                if self.args.may_refuse:
                    self.refused.append(f"{' '.join(case)}: {refusal}")
                    return
                raise
        found = self.outputs(where)
        if found != output:
            raise Failure(f"the output is {found!r}, not {output!r}")
        if "objprelink" not in self.check(["readelf", "-nW", LIBRARY], where):
            raise Failure("the note is lost")
        if self.asks(case) and (found := self.line(where)) != line:
            raise Failure(f"gdb says '{found}', not '{line}'")
        self.second(case, where)

    def undo(self, case, where, original, rewritten):
        tool = MODES[case.mode][1][0]
        if (where / LIBRARY).read_bytes() == rewritten:
            return
        done = self.run([tool, "--undo", LIBRARY, "-o", "undone"], where)
        if done.returncode not in (0, 1):
            raise Failure(f"--undo: status {done.returncode}: {done.stderr}")
        if not done.returncode and (where / "undone").read_bytes() != original:
            raise Failure("--undo makes something that never was")
        if done.returncode and not done.stderr.startswith(f"{tool}: error: "):
            raise Failure(f"--undo does not say why it refuses: {done.stderr}")

    def second(self, case, where):
        self.check([*MODES[case.mode][1], LIBRARY, "-o", "second"], where)
        if (where / "second").read_bytes() != (where / LIBRARY).read_bytes():
            raise Failure("a second rewriting run changes the file")

    @staticmethod
    def can_be(linker, mode, _tool, _order):
        # lld leaves no room for DT_RELR in the dynamic table, and can pack itself.
        return linker != "lld" or "pack" not in mode

    def reproduce(self):
        """The commands of the last case."""
        last, lines = None, []
        for where, line in self.script:
            if where != last:
                lines.append(f"cd {where}")
            last = where
            lines.append(line)
        return "\n".join(lines)

    def test_all(self):
        self.objects = self.compile()
        args = self.args
        cases = itertools.product(args.linker, args.mode, args.tool, args.order)
        cases, failures = [Case(*values) for values in cases if self.can_be(*values)], 0
        if not args.full:
            cases = pairwise(cases, " ".join(args.tool))
        for case in cases:
            self.script = []
            try:
                self.test(case)
            except (Failure, Refused, OSError, subprocess.TimeoutExpired) as failure:
                failures += 1
                print(f"FAILED, {' '.join(case)}: {failure}")
                if failures == 1:
                    print(f"What was run:\n{self.reproduce()}")
        for text in self.skipped:
            print(f"left out, since not even the original survives: {text.strip()}")
        for text in self.refused:
            print(f"refused: {text}")
        print(f"{len(cases)} cases, {len(self.refused)} refused, {failures} failures")
        before = [case for case in cases if case.order == "before"]
        if before and len(self.refused) == len(before):
            print("no case is left in which an image changed before is rewritten")
            failures += 1
        if len(self.skipped) == len(self.controls):
            print("no case proves anything")
            failures += 1
        return failures > 0


def list_of(known):
    def parse(text):
        values = text.split(",")
        for value in values:
            if value not in known:
                raise argparse.ArgumentTypeError(f"{value} is none of {', '.join(known)}")
        return values

    return parse


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("folder", type=lambda text: Path(text).absolute(), help="is made anew")
    for name, known in (
        ("linker", LINKERS),
        ("mode", list(MODES)),
        ("tool", list(TOOLS)),
        ("order", ["after", "before"]),
    ):
        add(f"--{name}", type=list_of(known), default=known, metavar="LIST",
            help=f"of {','.join(known)} (all)")  # fmt: skip
    add("--may-refuse", action="store_true",
        help="an image that the tool changed before may be refused")  # fmt: skip
    add("--full", action="store_true", help="not only pairs")
    add("--gxx", default="g++", help="the compiler (g++)")
    add("--no-gdb", dest="gdb", action="store_false", help="do not ask gdb")
    args = parser.parse_args()
    args.linker = [name for name in args.linker if shutil.which(f"ld.{name}")]
    args.gdb = args.gdb and bool(shutil.which("gdb"))
    for name in {TOOLS[tool][0].split()[0] for tool in args.tool}:
        if not shutil.which(name):
            parser.error(f"{name} is missing: utils/install-dependencies")
    if not args.linker:
        parser.error("none of the linkers is here")
    shutil.rmtree(args.folder, ignore_errors=True)
    return Survival(args).test_all()


if __name__ == "__main__":
    sys.exit(main())
