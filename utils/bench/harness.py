"""What the benches share: interleaved runs, their statistics, and the report.

The machine is not ours alone and its clock is not steady, so nothing is
compared that was not measured side by side: the arms of a comparison take
turns, a ratio is taken within each turn, and what is told is the median over
all turns. The order in a turn is another each time, because what has run just
before counts: a program that gets huge pages waits for them where another has
left the memory in small pieces. How far one ratio typically lies from the median
(the median absolute deviation) stands beside it, and where a command runs
twice in each turn, the ratio of the two says what equal things look like.
"""

import argparse
import contextlib
import functools
import json
import math
import os
import platform
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
# The one place that reaches into another folder, for its package "common".
sys.path.append(str(ROOT / "utils/trials"))

from common import ldso  # noqa: E402

# What stands in a command for its input and for a fresh name for its output.
IN, OUT = object(), object()

# Starts a program and waits for it, out of a process so small that it does not
# show: a child begins with the greatest resident size of its parent (Linux,
# setmax_mm_hiwater_rss in exec), and Python's would hide what is to be seen.
RUNNER = r"""
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
int main(int argc, char **argv) {
  int status, null = open("/dev/null", O_WRONLY | O_CLOEXEC);
  struct timespec begin, end;
  struct rusage usage;
  clock_gettime(CLOCK_MONOTONIC, &begin);
  pid_t child = vfork();
  if (!child) {
    dup2(null, 1);
    execvp(argv[1], argv + 1);
    _exit(127);
  }
  wait4(child, &status, 0, &usage);
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.9f %.6f %ld\n", end.tv_sec - begin.tv_sec +
         (end.tv_nsec - begin.tv_nsec) / 1e9,
         usage.ru_utime.tv_sec + usage.ru_stime.tv_sec +
         (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6,
         usage.ru_maxrss);
  return status != 0;
}
"""

# A vtable with some functions undefined, as every C++ program has.
LOWERING = """
#include "llvm/CodeGen/TargetLowering.h"
struct Lowering : llvm::TargetLowering {
  using TargetLowering::TargetLowering;
  virtual void key();
};
void Lowering::key() {}
"""


def run(*command, **options):
    """Runs a command that must succeed and returns what it prints."""
    command = [str(part) for part in command]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        line, message = " ".join(command)[:500], done.stderr[:2000]
        raise RuntimeError(f"status {done.returncode} of {line}: {message}")
    return done.stdout


def compile_text(path, source, *flags):
    """Makes path of C++ source text."""
    text = path.with_suffix(".cpp")
    text.write_text(source)
    run("g++", "-w", *flags, text, "-o", path)
    return path


def debug_object(out, lib, quick):
    """C++ compiled with a description of all that it includes."""
    include = lib.parent / "include"
    folder = include / "llvm" / ("MC" if quick else "CodeGen")
    # MCDecoder.h is not meant to be included by itself.
    headers = sorted(set(folder.glob("*.h")) - {folder / "MCDecoder.h"})
    source = "".join(f'#include "{path}"\n' for path in headers)
    flags = ["-std=c++20", "-g", "-fno-eliminate-unused-debug-types"]
    flags += ["-fPIC", f"-I{include}", "-c"]
    return compile_text(out, source + LOWERING, *flags)


def callgrind(*command, **options):
    """How many instructions a program executes outside the kernel, a count with
    next to no noise: those of ld.so, and all."""
    with tempfile.TemporaryDirectory(prefix="callgrind-") as folder:
        log = Path(folder) / "log"
        tool = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={log}"]
        run(*tool, *command, **options)
        return ldso.instructions([log])


def instructions(*command):
    if not shutil.which("valgrind"):
        return "no valgrind"
    return callgrind(*command)[1]


class Sample(NamedTuple):
    """One run of a program: its time, that of its CPUs, its greatest size."""

    seconds: float
    cpu: float
    peak: int

    def __add__(self, other):
        """Both, one after the other."""
        seconds, cpu = self.seconds + other.seconds, self.cpu + other.cpu
        return Sample(seconds, cpu, max(self.peak, other.peak))


class Runner:
    """Runs programs that must succeed, and measures them."""

    def __init__(self, folder):
        self.folder = folder
        self.serial = 0
        self.path = folder / "runner"
        source = folder / "runner.c"
        source.write_text(RUNNER)
        run("gcc", "-O2", "-static", source, "-o", self.path)

    def __call__(self, *command, **options):
        seconds, cpu, kilobytes = run(self.path, *command, **options).split()
        return Sample(float(seconds), float(cpu), int(kilobytes) * 1024)

    def convert(self, command, source):
        """Runs a command with IN and OUT in it; deletes what it wrote."""
        self.serial += 1
        out = self.folder / f"out-{self.serial}"
        names = {IN: source, OUT: out}
        sample = self(*(names.get(part, part) for part in command))
        out.unlink(missing_ok=True)
        return sample

    def compare(self, commands, source, runs):
        """Runs commands on one file in turns; their samples by their names."""
        source.read_bytes()
        os.sync()
        arms = {
            name: functools.partial(self.convert, command, source)
            for name, command in commands.items()
        }
        return interleave(arms, runs)


def interleave(arms, runs):
    """Calls all functions of a dict once for warmth and then in turns, each
    time in another order, which is the same whenever this runs.

    Returns the lists of what they return, by the same keys.
    """
    results = {name: [] for name in arms}
    shuffler = random.Random(runs)
    for turn in range(runs + 1):
        for name in shuffler.sample(list(arms), len(arms)):
            result = arms[name]()
            if turn:
                results[name].append(result)
    return results


class Series:
    """What one arm gave, turn by turn."""

    def __init__(self, values):
        self.values = list(values)

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def deviation(self):
        """The median absolute deviation."""
        middle = self.median
        return statistics.median(abs(value - middle) for value in self.values)

    @property
    def interval(self):
        """Of 95 % for the median: the values at the two ranks between which it
        lies that often, whatever the distribution (for few values, all)."""
        values, count = sorted(self.values), len(self.values)
        rank, below = 0, 0.5**count
        while below <= 0.025 and rank < count // 2:
            rank += 1
            below += math.comb(count, rank) * 0.5**count
        rank = max(rank, 1)
        return values[rank - 1], values[count - rank]

    def over(self, baseline):
        """The ratio to another arm, turn by turn."""
        return Series(a / b for a, b in zip(self.values, baseline.values))

    def __str__(self):
        return f"{self.median:.2f} ± {self.deviation:.2f}"


def field(results, name):
    """A field of all samples: a Series for each arm."""
    return {
        arm: Series(getattr(sample, name) for sample in samples)
        for arm, samples in results.items()
    }


def peaks(results, unit):
    return {arm: max(s.peak for s in results[arm]) / unit for arm in results}


RATES = "MB/s, time to {}, to {}, CPU to {}, to {}, memory to {}"


def rates_head(bases, unit):
    return ["", "", *RATES.format(*bases, *bases, unit).split(", ")]


def rates(what, size, results, bases, unit):
    """Rows of a table of throughput: MB/s, ratios to bases, memory to unit."""
    times, cpus = field(results, "seconds"), field(results, "cpu")
    for arm, peak in peaks(results, unit).items():
        ratios = [
            series[arm].over(series[base]) if base in results else ""
            for series in (times, cpus)
            for base in bases
        ]
        speed = f"{size / 1e6 / times[arm].median:.0f}"
        yield [what, arm, speed, *ratios, peak]


class Report:
    """Prints tables and targets as they come, and keeps them for --json."""

    def __init__(self, title, args):
        self.json = args.json
        self.data = {"title": title, "machine": machine(), "quick": args.quick}
        self.data |= {"tables": [], "targets": []}
        print(f"# {title}\n\nOn {self.data['machine']}.")

    def text(self, paragraph):
        print(f"\n{paragraph.strip()}")

    def table(self, title, head, rows):
        """Prints a table. A Series shows as median and deviation."""
        rows = list(rows)
        self.data["tables"].append({"title": title, "head": head, "rows": rows})
        lines = [head, *([show(cell) for cell in row] for row in rows)]
        widths = [max(map(len, column)) for column in zip(*lines)]
        lines.insert(1, ["-" * (width - 1) + ":" for width in widths])
        print(f"\n## {title}\n")
        for line in lines:
            cells = map(str.rjust, line, widths)
            print("|", " | ".join(cells), "|")
        sys.stdout.flush()

    def target(self, what, value, limit):
        target = {"what": what, "value": value, "limit": limit}
        self.data["targets"].append(target | {"reached": value <= limit})

    def finish(self):
        head = ["target", "at most", "measured", ""]
        words = {True: "reached", False: "not reached"}
        self.table(
            "Targets",
            head,
            [
                [t["what"], t["limit"], t["value"], words[t["reached"]]]
                for t in self.data["targets"]
            ],
        )
        if self.json:
            text = json.dumps(self.data, indent=1, default=vars)
            self.json.write_text(text + "\n")


def show(cell):
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def machine():
    """In general terms: results of two machines are not compared anyway."""
    libc = " ".join(platform.libc_ver())
    system = f"{platform.system()}, {libc}"
    return f"{platform.machine()}, {os.cpu_count()} cores, {system}"


def find_llvm():
    """The folders of LLVM 22's programs and of its libraries."""
    for name in "llvm-config-22", "llvm-config":
        if path := shutil.which(name):
            folders = run(path, "--bindir", "--libdir").split()
            return tuple(map(Path, folders))
    sys.exit("llvm-config-22 is missing: utils/install-dependencies")


def copy_tools(build, names, folder):
    """Copies programs, which a build that runs meanwhile may replace."""
    place = folder / "bin"
    place.mkdir()
    return {
        name: Path(shutil.copy(build / "bin" / name, place)) for name in names
    }


@contextlib.contextmanager
def workspace():
    """A folder for everything that a bench writes; TMPDIR says where."""
    with tempfile.TemporaryDirectory(prefix="objprelink-bench-") as folder:
        yield Path(folder)


def parse_arguments(description, runs, kinds=(), docs=""):
    """The options of all benches. runs is the default of --runs, kinds are what
    --only chooses from, docs is the line in a document below which a table may be
    put."""
    parser = argparse.ArgumentParser(
        description=description,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--quick", action="store_true", help="less input, fewer turns")
    add("--json", type=Path, metavar="FILE", help="write all values there")
    add("--runs", type=int, metavar="N", help=f"turns ({runs})")
    build = ROOT / "build"
    add("--build", type=Path, default=build, metavar="DIR", help="(build)")
    if kinds:
        names = f"of {', '.join(kinds)} (all)"
        split = lambda text: [x for x in text.split(",") if x]  # noqa: E731
        add("--only", type=split, default=kinds, metavar="KIND,...", help=names)
    if docs:
        text = f"put the table into FILE, below <!-- {docs} -->"
        add("--docs", type=Path, metavar="FILE", help=text)
    args = parser.parse_args()
    for kind in args.only if kinds else ():
        if kind not in kinds:
            parser.error(f"--only: '{kind}' is none of {', '.join(kinds)}")
    args.runs = args.runs or (max(3, runs // 3) if args.quick else runs)
    if not (args.build / "bin").is_dir():
        parser.error(f"{args.build}/bin is missing: cmake --build build")
    return args
