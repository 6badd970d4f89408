"""Link rewritten objects after other tools have changed their symbols.

Two objects have classes of one base, whose functions are in a library. They go
through each command of COMMANDS, some after a partial link, and then through
each linker. One program loads all outputs and calls the functions. A partial
link comes first with two of the commands only. Prints what is not right.
"""

import argparse
import os
import shutil
import subprocess

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("tools", nargs="+", help="objprelink1, objprelink2")
parser.add_argument("--ours", help="ld.objprelink")
parser.add_argument("--lld", help="ld.lld")
args = parser.parse_args()
os.chdir(args.folder)

LINKERS = {
    "bfd": ["ld.bfd"],
    "gold": ["ld.gold"],
    "lld": [args.lld],
    "mold": ["mold", "-m", "elf_x86_64"],
    "ours": [args.ours],
}
STUBS = [
    f".L_ZN4Base{name}Ev.{suffix}"
    for name in ("3two", "5three")
    for suffix in ("relay", "lazy")
]
RENAMED = ["--redefine-sym", "_ZN4Base3twoEv=_ZN4Base5threeEv"]
CHANGES = {
    "localize-hidden": ["--localize-hidden"],
    "keep-global-symbol": ["-G", "make1", "-G", "make2"],
    "localize-symbol": [f"--localize-symbol={name}" for name in STUBS],
    "localize-pattern": ["-w", "-L", "*.relay", "-L", "*.lazy"],
    "weaken": ["--weaken", "--strip-unneeded"],
    "redefine": RENAMED,
    "no-groups": ["-R", ".group"],
    # llvm-objcopy makes two strong symbols of it: an error of every linker.
    "globalize": ["-w", "--globalize-symbol=.L_Z*.relay", "--globalize-symbol=.L_Z*.lazy"],
}
COMMANDS = {
    f"{tool}-{name}": [tool, *options]
    for tool in ("objcopy", "llvm-objcopy")
    for name, options in CHANGES.items()
}
COMMANDS |= {
    "cp": ["cp"],
    "strip": ["strip", "--strip-debug", "-R", ".comment", "-R", ".note"],
    "llvm-strip": ["llvm-strip", "--strip-unneeded"],
    "eu-strip": ["eu-strip", "-g"],
}
AFTER_PARTIAL = ["objcopy-localize-hidden", "llvm-objcopy-localize-hidden"]


def run(command, *arguments):
    return subprocess.run([*command, *arguments], capture_output=True, text=True)


def must(command, *arguments):
    result = run(command, *arguments)
    if result.returncode:
        raise SystemExit(f"{command} {arguments}: {result.stderr}")


def change(command, old, new):
    # strip writes to the file it is given, objcopy and cp to another.
    if "strip" in command[0]:
        shutil.copy(old, new)
        must(command, new)
    else:
        must(command, old, new)


def link(linker, objects, output):
    return run(
        LINKERS[linker], "-shared", *objects, "-L.", "-lbase", "-o", output
    )


SHARED = ["-O2", "-fPIC", "-shared", "-Wl,-soname,libbase.so"]
must(["g++", *SHARED, "base.cpp", "-o", "libbase.so"])
BASE = ["-Wl,--no-as-needed", "-L.", "-lbase", "-Wl,-rpath,."]
must(["g++", "main.cpp", "-o", "main", *BASE])
must(["g++", "-O2", "-fPIC", "-c", "one.cpp"])
must(["clang++", "-O2", "-fPIC", "-c", "two.cpp"])
outputs = {}
for tool in args.tools:
    arm = os.path.basename(tool)
    sources = []
    for name in ("one.o", "two.o"):
        sources.append(f"{arm}.{name}")
        must([tool, name, "-o", sources[-1]])
    for partial in (None, "bfd", "gold", "lld", "mold"):
        inputs = sources
        if partial:
            inputs = [f"{partial}.{name}" for name in sources]
            for old, new in zip(sources, inputs):
                must(LINKERS[partial], "-r", old, "-o", new)
        for command in AFTER_PARTIAL if partial else COMMANDS:
            changed = [f"{command}.{name}" for name in inputs]
            for old, new in zip(inputs, changed):
                change(COMMANDS[command], old, new)
            for linker in LINKERS:
                # gold takes no partial link of mold's.
                if (partial, linker) == ("mold", "gold"):
                    continue
                output = f"./{arm}-{partial}-{command}-{linker}.so"
                result = link(linker, changed, output)
                if result.returncode == 0:
                    outputs[output] = command
                elif command != "llvm-objcopy-globalize":
                    print(output, result.stderr)
loaded = run(["./main"], *outputs)
for line in loaded.stdout.splitlines():
    output, _, said = line.partition(": ")
    command = outputs.pop(output)
    due = "10 3 3, 11 3 3" if "redefine" in command else "10 2 3, 11 2 3"
    # Each object has stubs of its own where they are local.
    local = "local" in command or "keep" in command
    due += ", apart" if local else ", equal"
    if said != due:
        print(f"{output}: {said}, not {due}")
print("not called:", *outputs)
