#!/usr/bin/env python3
"""Counts the dynamic relocations of testclassN.so and compares them with the
closed forms of utils/bench/testclass/Widget.h, which have the shape of the paper's.

usage: closed_forms.py SOURCES OBJPRELINK1 OBJPRELINK2 N...
"""

import re
import subprocess
import sys

KINDS = ["symbolic", "GLOB_DAT", "JUMP_SLOT", "RELATIVE"]

# For each kind the constant and the factor of N, with g++ and lld.
DEFAULT = [(0, 125), (4, 1), (6, 0), (3, 0)]
RELAY = [(0, 5), (119, 6), (6, 0), (3, 120)]
# The five functions of each class are defined in the object: relays.
LAZY = [(0, 5), (4, 6), (121, 0), (3, 120)]
EXPECTED = {
    "-m64": {"default": DEFAULT, "objprelink1": RELAY, "objprelink2": LAZY},
    # An i386 object gets relays from both tools.
    "-m32": {"default": DEFAULT, "objprelink1": RELAY, "objprelink2": RELAY},
}


def run(*command):
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def relocations(library):
    kinds = re.findall(r" R_(?:X86_64|386)_(\w+) ", run("llvm-readelf", "-r", library))
    kinds = ["symbolic" if kind in ("64", "32") else kind for kind in kinds]
    return [kinds.count(kind) for kind in KINDS]


def main():
    sources, tool1, tool2, *sizes = sys.argv[1:]
    tools = {"objprelink1": tool1, "objprelink2": tool2}
    wrong = False
    for arch, arms in EXPECTED.items():
        compile = ["g++", arch, "-O2", "-fPIC", "-fuse-ld=lld", "-I", sources]
        run(*compile, "-shared", sources + "/Widget.cpp", "-o", "libWidget.so")
        for n in map(int, sizes):
            with open("testclass.cpp", "w") as out:
                out.write(run(sources + "/generate", str(n)))
            run(*compile, "-c", "testclass.cpp", "-o", "default.o")
            for arm, forms in arms.items():
                if arm in tools:
                    run(tools[arm], "--slots=all", "default.o", "-o", arm + ".o")
                run(*compile, "-shared", arm + ".o", "libWidget.so", "-o", "t.so")
                due = [constant + factor * n for constant, factor in forms]
                found = relocations("t.so")
                if found != due:
                    wrong = True
                    print(f"{arch} N={n} {arm}: {KINDS} = {found}, not {due}")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
