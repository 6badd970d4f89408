#!/usr/bin/env python3
"""Build a small C++ program plainly and rewritten, and run both.

A test of test/Run names its files, and this program makes them for a choice of
architectures, compilers, linkers, tools and slot modes, so that no test spells
out the product. Each combination runs lazily and under LD_BIND_NOW=1 and must
print exactly DIR/expected and nothing on stderr, as the plain build of the
same compiler and linker must. Rewriting must also show: fewer symbolic word
relocations than in the plain build (a tool that does nothing fails every
test), the same warnings from the linker, and nothing lost in hardening.

By default the combinations are the fewest, chosen greedily, in which each pair
of values meets; where the choice starts depends on the test's name, so
together the tests cover more than pairs. --full takes the whole product.

Files are named OUT=PART+PART..., in the order in which they are made. OUT is a
shared library (*.so), an archive (*.a), a partial link (*.o) or else the
program, which comes last; PART is a source of DIR or an earlier OUT. The
program finds in RUN_MATRIX the tool that rewrote it, or "plain".
"""

import argparse
import difflib
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import zlib
from pathlib import Path
from typing import NamedTuple

SYMBOLIC = {"x86-64": "R_X86_64_64", "i386": "R_386_32"}
STUB = r"\S+\.(relay|lazy)"
MACHINE = {"x86-64": "-m64", "i386": "-m32"}
LINKERS = ["bfd", "gold", "lld", "mold"]
# Lines of llvm-readelf that a rewrite must leave as they are.
KEPT = re.compile(r"TEXTREL|BIND_NOW|GNU_STACK| RWE |x86 feature")
READELF = ["llvm-readelf", "-d", "-l", "-n", "--dyn-relocations"]


class Case(NamedTuple):
    arch: str
    cxx: str
    linker: str
    tool: str
    slots: str


class Failure(Exception):
    pass


def pairwise(cases, name):
    """The fewest cases, nearly, in which each pair of values occurs."""

    def pairs(case):
        return set(itertools.combinations(enumerate(case), 2))

    start = zlib.crc32(name.encode()) % len(cases)
    cases = cases[start:] + cases[:start]
    left = set().union(*map(pairs, cases))
    chosen = []
    while left:
        chosen.append(max(cases, key=lambda case: len(pairs(case) & left)))
        left -= pairs(chosen[-1])
    return chosen


def difference(expected, found):
    lines = difflib.unified_diff(
        expected.splitlines(), found.splitlines(), "expected", "found", lineterm=""
    )
    return "\n".join(lines)


class Matrix:
    def __init__(self, args):
        self.args = args
        self.expected = (args.dir / "expected").read_text()
        self.build = args.dir / "build"
        self.outputs = [
            (out, parts.split("+"))
            for out, parts in (line.split("=", 1) for line in args.output)
        ]
        made = {out for out, _ in self.outputs}
        used = [part for _, parts in self.outputs for part in parts]
        self.sources = [part for part in dict.fromkeys(used) if part not in made]
        self.program = self.outputs[-1][0]
        if args.rewrite is None:
            args.rewrite = [part for part in self.sources if part not in args.other]
        named = {*args.rewrite, *args.other, *args.compile, *args.link}
        if not named <= made | set(self.sources):
            raise SystemExit(f"matrix.py: no such file: {named - made - set(used)}")
        self.images = [out for out, _ in self.outputs if out[-2:] not in (".a", ".o")]
        self.cxx = {"g++": args.gxx, "clang++": args.clangxx}
        self.tools = {"objprelink1": args.objprelink1, "objprelink2": args.objprelink2}
        self.compiled = {}  # folder of the objects -> commands that made them
        self.plain = {}  # arch, cxx, linker -> warnings and facts of the build
        self.script = []

    def run(self, argv, cwd, env=None):
        env = env or {}
        prefix = ["env", *(f"{name}={value}" for name, value in env.items())]
        if f"cd {cwd}" not in self.script:
            self.script.append(f"cd {cwd}")
        self.script.append(shlex.join((prefix if env else []) + argv))
        clean = {k: v for k, v in os.environ.items() if not k.startswith("LD_")}
        return subprocess.run(
            argv, cwd=cwd, env=clean | env, text=True, capture_output=True, timeout=300
        )

    def check(self, argv, cwd):
        """Runs a command that must succeed and returns what it said."""
        done = self.run(argv, cwd)
        if done.returncode:
            raise Failure(
                f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done.stdout + done.stderr

    def driver(self, case):
        return [*shlex.split(self.cxx[case.cxx]), MACHINE[case.arch]]

    def compile(self, case):
        """Compiles the sources once for an architecture and a compiler."""
        where = self.build / f"{case.arch}-{case.cxx}"
        if where not in self.compiled:
            where.mkdir(parents=True)
            shared = {p for out, ps in self.outputs if out != self.program for p in ps}
            for source in self.sources:
                argv = [*self.driver(case), "-O2"]
                argv += ["-fPIC"] if source in shared else []
                argv += self.args.cflags + self.args.compile.get(source, [])
                argv += ["-c", str(self.args.dir / source), "-o", source + ".o"]
                self.check(argv, where)
            self.compiled[where] = self.script[:]
        else:
            self.script = self.compiled[where][:]
        return where

    def rewrite(self, case, where, names):
        """Rewrites in place those of the files that the test wants so."""
        for tool in self.tools:
            wanted = self.args.rewrite if tool == case.tool else self.args.other
            files = [
                name if name in dict(self.outputs) else name + ".o"
                for name in names
                if name in wanted
            ]
            if case.tool and files:
                argv = [self.tools[tool], "-q", f"--slots={case.slots}"]
                said = self.check(argv + self.args.tool_flags + files, where)
                if said:
                    raise Failure(f"the tool is not silent: {said}")

    def link(self, case, where, out, parts):
        files = [part + ".o" if part in self.sources else part for part in parts]
        if out.endswith(".a"):
            return self.check(["ar", "rcs", out, *files], where)
        argv = [*self.driver(case), f"-fuse-ld={case.linker}", "-o", out, *files]
        if out.endswith(".o"):
            argv += ["-r", "-nostdlib"]
        elif out.endswith(".so"):
            argv += ["-shared", f"-Wl,-soname,{out},-rpath,$ORIGIN"]
        else:
            argv += ["-static"] if self.args.static else ["-Wl,-rpath,$ORIGIN"]
        return self.check(argv + self.args.ldflags + self.args.link.get(out, []), where)

    def make(self, case):
        """Builds one case and returns its folder and the linker's warnings."""
        objects = self.compile(case)
        where = self.build / "-".join(filter(None, case))
        where.mkdir()
        copies = [source + ".o" for source in self.sources]
        self.check(["cp", *(str(objects / copy) for copy in copies), "."], where)
        self.rewrite(case, where, self.sources)
        warnings = ""
        for out, parts in self.outputs:
            warnings += self.link(case, where, out, parts)
            self.rewrite(case, where, [out])
        return where, warnings

    def runProgram(self, case, where):
        for bind in ({}, {"LD_BIND_NOW": "1"}):
            env = {"RUN_MATRIX": case.tool or "plain"} | self.args.env | bind
            done = self.run([f"./{self.program}"], where, env)
            if done.returncode:
                raise Failure(
                    f"exit status {done.returncode}\n{done.stdout}{done.stderr}"
                )
            if done.stderr:
                raise Failure(f"stderr is not empty:\n{done.stderr}")
            if done.stdout != self.expected:
                raise Failure(
                    f"wrong output\n{difference(self.expected, done.stdout)}"
                )

    def test(self, case):
        """Builds and runs a case; the plain one when it has no tool."""
        self.script = []
        where, warnings = self.make(case)
        facts = self.check([*READELF, *self.images], where)
        kept = [line.strip() for line in facts.splitlines() if KEPT.search(line)]
        kept = "\n".join([warnings, *kept])
        symbolic = len(re.findall(rf"\b{SYMBOLIC[case.arch]}\b", facts))
        if self.args.contains not in facts:
            raise Failure(f"no '{self.args.contains}' in the output")
        if not case.tool:
            self.plain[case[:3]] = symbolic, kept
        else:
            before, keptBefore = self.plain[case[:3]]
            if kept != keptBefore:
                raise Failure(
                    f"warnings or hardening differ\n{difference(keptBefore, kept)}"
                )
            if self.args.static:
                symbols = self.check(["llvm-readelf", "-s", self.program], where)
                if not re.search(rf"{STUB}$", symbols, re.M):
                    raise Failure("nothing was rewritten: no stub in the program")
            elif symbolic >= before:
                raise Failure(
                    f"nothing was rewritten: {symbolic} {SYMBOLIC[case.arch]} "
                    f"relocations, {before} in the plain build"
                )
        self.runProgram(case, where)

    def testAll(self):
        args = self.args
        cases = [
            Case(*values)
            for values in itertools.product(
                args.arch, args.cxx, args.linker, args.tool, args.slots
            )
        ]
        if not cases:
            raise SystemExit("matrix.py: no case is left")
        if not args.full:
            cases = pairwise(cases, args.dir.name + " ".join(args.output))
        for case in cases:
            plain = case._replace(tool="", slots="")
            for step in [case] if case[:3] in self.plain else [plain, case]:
                try:
                    self.test(step)
                except (Failure, subprocess.TimeoutExpired) as failure:
                    name = " ".join(filter(None, step))
                    kind = "rewritten" if step.tool else "plain"
                    print(f"FAILED, {kind}, {name}: {failure}\nReproduce with:")
                    print("\n".join(self.script))
                    return 1
        print(f"{len(cases)} cases, {len(self.plain)} plain builds")
        return 0


def listOf(text):
    return text.split(",")


def perFile(text):
    """FILE:FLAGS, for an option that can be repeated."""
    name, flags = text.split(":", 1)
    return name, shlex.split(flags)


def parseArguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    host = parser.add_argument_group("for lit.cfg.py; by default what PATH has")
    host.add_argument("--objprelink1", default="objprelink1")
    host.add_argument("--objprelink2", default="objprelink2")
    host.add_argument("--gxx", default="g++")
    host.add_argument("--clangxx", default="clang++")
    host.add_argument("--have-arches", type=listOf, default=list(MACHINE))
    host.add_argument("--full", action="store_true", help="not only pairs")

    parser.add_argument("dir", type=lambda text: Path(text).absolute())
    parser.add_argument("output", nargs="+", metavar="OUT=PART+...")
    parser.add_argument("--arch", type=listOf, default=list(MACHINE))
    parser.add_argument("--cxx", type=listOf, default=["g++", "clang++"])
    parser.add_argument("--linker", type=listOf, default=LINKERS)
    parser.add_argument(
        "--tool", type=listOf, default=["objprelink1", "objprelink2"]
    )
    parser.add_argument("--slots", type=listOf, default=["undefined", "all"])
    parser.add_argument(
        "--rewrite", type=listOf, help="what the tool rewrites; default: all sources"
    )
    parser.add_argument(
        "--other", type=listOf, default=[], help="what the other tool rewrites"
    )
    parser.add_argument("--tool-flags", type=shlex.split, default=[])
    parser.add_argument("--cflags", type=shlex.split, default=[])
    parser.add_argument("--ldflags", type=shlex.split, default=[])
    for name in ("--compile", "--link"):
        parser.add_argument(
            name, type=perFile, action="append", default=[], metavar="FILE:FLAGS"
        )
    parser.add_argument(
        "--static", action="store_true", help="a static program; look for stubs"
    )
    parser.add_argument("--env", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument(
        "--contains", default="", help="text that llvm-readelf must print"
    )
    args = parser.parse_args()
    args.arch = [arch for arch in args.arch if arch in args.have_arches]
    args.linker = [linker for linker in args.linker if shutil.which(f"ld.{linker}")]
    args.compile = dict(args.compile)
    args.link = dict(args.link)
    args.env = dict(text.split("=", 1) for text in args.env)
    return args


def main():
    matrix = Matrix(parseArguments())
    shutil.rmtree(matrix.build, ignore_errors=True)
    return matrix.testAll()


if __name__ == "__main__":
    sys.exit(main())
