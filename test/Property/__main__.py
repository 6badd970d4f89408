"""Rewrite random C++ programs in each mode, and compare what they print.

Each seed stands for a program: classes, libraries, compiler, linker, options
(test/Property/hierarchy.py). It is built plainly and processed in each mode;
the outputs must be the same, lazily and under LD_BIND_NOW=1 with LD_WARN=1, and
nothing may be on stderr. Images must also pass --verify, be the same after a
second run, and be undone to the byte. A seed that fails is made smaller, as far
as it fails in the same mode, and printed with the commands that make it.

The exit status is 1 where a seed failed.
"""

import argparse
import concurrent.futures
import itertools
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from Property import build, hierarchy
from Property.reduce import reduce

ROOT = Path(__file__).resolve().parents[2]


def draw(args, seed):
    names = list(args.compilers)
    return hierarchy.draw(seed, args.arches, names, args.linkers, args.size)


def change(args, parameters):
    for text in args.set:
        parameters = parameters.with_(text)
    return parameters


def test(args, seed):
    """Returns nothing, or a report of what failed."""
    drawn = draw(args, seed)
    changed = change(args, drawn)
    failed = build.Build(args, changed, args.mode).test()
    if not failed:
        return ""
    mode, why = failed

    def fails(parameters):
        again = build.Build(args, parameters, mode).test()
        return again is not None and again[0] == mode

    small = reduce(changed, fails, args.reduce)
    job = build.Build(args, small, mode)
    mode, why = job.test() or failed
    # What is drawn depends on these.
    drawing = f"--size {args.size} --arches {','.join(args.arches)}"
    drawing += f" --linkers {','.join(args.linkers)}"
    changes = "".join(f" --set {text}" for text in small.differences(drawn))
    return (
        f"seed {seed} FAILED: {mode}: {why.strip()}\n{small}\n"
        f"Reproduce with: utils/property-test --from {seed} {drawing} --mode '{mode}'{changes}\n"
        f"or in {job.where}: sh reproduce.sh"
    )


def parseArguments():
    parser = argparse.ArgumentParser(
        prog="property-test",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    number = {"type": int, "metavar": "N"}
    parser.add_argument("--from", dest="first", default=1, help="the first seed", **number)
    parser.add_argument("--seeds", default=1, help="how many", **number)
    parser.add_argument("--time", help="begin no seed after N seconds", **number)
    parser.add_argument("-j", "--jobs", default=1, help="seeds at once", **number)
    parser.add_argument("--size", default=2000, help="most classes times functions", **number)
    parser.add_argument("--reduce", default=100, help="trials to make one smaller", **number)
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                        help="change a parameter that was drawn")
    parser.add_argument("--mode", help="test this mode only, named as in a report")
    parser.add_argument("--print", action="store_true", help="print the parameters only")
    parser.add_argument("--dir", help="build here; default: a temporary folder, "
                        "which stays where a seed failed")
    parser.add_argument("--tool", type=Path, default=ROOT / "build/bin", metavar="DIR",
                        help="has objprelink1 and objprelink2; default: build/bin")
    parser.add_argument("--shims", type=Path, metavar="DIR",
                        default=ROOT / "build/libexec/objprelink",
                        help="has ld.objprelink as ld; default: build/libexec/objprelink")
    parser.add_argument("--gxx", default="g++")
    parser.add_argument("--clangxx", default="clang++-22")
    parser.add_argument("--arches", default="x86-64", help="of x86-64,i386")
    parser.add_argument("--linkers", default="bfd,gold,lld,mold")
    args = parser.parse_args()
    args.arches = args.arches.split(",")
    args.linkers = [name for name in args.linkers.split(",") if shutil.which(f"ld.{name}")]
    args.compilers = {"g++": args.gxx, "clang++": args.clangxx}
    args.tools = [str(args.tool.resolve() / f"objprelink{n}") for n in (1, 2)]
    for tool in args.tools:
        if not os.access(tool, os.X_OK):
            parser.error(f"no program {tool} (--tool)")
    args.shims = args.shims.resolve()
    if not os.access(args.shims / "ld", os.X_OK):
        parser.error(f"no program {args.shims}/ld (--shims)")
    return args


def main():
    args = parseArguments()
    seeds = range(args.first, args.first + args.seeds)
    if args.print:
        for seed in seeds:
            print(change(args, draw(args, seed)))
        return 0
    keep = args.dir or tempfile.mkdtemp(prefix="property-")
    args.dir = keep
    end = time.monotonic() + (args.time or float("inf"))
    failures = done = 0
    with concurrent.futures.ThreadPoolExecutor(args.jobs) as pool:
        left = iter(seeds)
        running = set()
        while True:
            room = args.jobs - len(running) if time.monotonic() < end else 0
            running |= {pool.submit(test, args, s) for s in itertools.islice(left, room)}
            if not running:
                break
            finished, running = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED
            )
            for report in (future.result() for future in finished):
                done += 1
                failures += bool(report)
                if report:
                    print(report, flush=True)
    if not failures:
        shutil.rmtree(keep, ignore_errors=True)
    print(f"{done} seeds, {failures} failed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
