"""Rewrite, verify and undo images, each with a byte or word of its tables changed.

usage: mutate.py OBJPRELINK STEP IMAGE...

The places are those that readers trust: headers, program headers, section
headers and all that the dynamic table leads to. Whatever comes in, the tool
ends by itself with 0 or 1; what it refuses, or finds when it reads its output
back, it names in one line, and the file is as it was; what it rewrites is done,
as a second run confirms, and --undo gives it back. Of the changes each STEP-th
is tried; which ones depends on the file.
"""

import os
import re
import resource
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import elf  # noqa: E402

FILES_PER_RUN = 200
MEMORY = 4 << 30
FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
WORDS = 0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF


def tables(image):
    """offset, size"""
    yield 0, 64 if image.wide else 52
    yield image.phoff, len(image.segments) * (56 if image.wide else 32)
    for kind, offset, size in image.sections():
        if kind not in (0, 1, 8):  # SHT_PROGBITS, SHT_NOBITS
            yield offset, min(size, 400)
    dynamic = image.only(elf.PT_DYNAMIC)
    yield dynamic[2], dynamic[4]
    yield image.sectionHeaders()


def mutants(path, step):
    image = elf.Elf(path)
    data, number = image.data, len(image.data)
    for start, size in tables(image):
        for place in range(start, min(start + size, len(data))):
            old = data[place]
            new = [bytes([value % 256]) for value in (0, 0x7F, 0x80, 255, old + 1, old - 1)]
            if place % 4 == 0:
                new += [value.to_bytes(4, "little") for value in WORDS]
            for value in new:
                number += 1
                mutant = data[:place] + value + data[place + len(value) :]
                if number % step == 0 and mutant != data and len(mutant) == len(data):
                    yield f"{os.path.basename(path)}+{place:x}={value.hex()}", mutant


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(command, names):
    """The names of the files that are refused."""
    done = subprocess.run(
        [*command, *names], capture_output=True, preexec_fn=limit, timeout=120, check=False
    )
    refused = set()
    for line in done.stderr.splitlines():
        said = re.fullmatch(rb"\w+: (error|warning): (.+?): ([^\0-\x1f]+)", line)
        if not said or said[2].decode() not in names:
            sys.exit(f"unexpected message: {line}")
        if said[1] == b"error":
            refused.add(said[2].decode())
    if done.returncode != (1 if refused else 0):
        if len(names) > 1:
            for name in names:
                run(command, [name])
        sys.exit(f"status {done.returncode} of {command} with {names}")
    return refused


def check(tool, batch, flags):
    """Returns how many files of the current folder are refused and rewritten."""
    for name, contents in batch.items():
        with open(name, "wb") as file:
            file.write(contents)
    refused = run([tool, "-q", "--in-place", *flags], list(batch))
    changed = {}
    for name in batch:
        with open(name, "rb") as file:
            contents = file.read()
        if contents != batch[name]:
            changed[name] = contents
    if both := refused & set(changed):
        sys.exit(f"refused and changed: {both}")
    if changed and run([tool, "-q", "--in-place", *flags], list(changed)):
        sys.exit("a file that was rewritten is refused")
    undone = [name for name in changed if b".objprelink.undo" in changed[name]]
    if undone and (wrong := run([tool, "-q", "--in-place", "--undo"], undone)):
        sys.exit(f"not undone: {wrong}")
    for name in batch:
        with open(name, "rb") as file:
            if file.read() != (batch[name] if name in undone else changed.get(name, batch[name])):
                sys.exit(f"{name}: undone to something else")
        os.remove(name)
    if left := os.listdir():
        sys.exit(f"left behind: {left}")
    return len(refused), len(changed)


def main(tool, step, *paths):
    everything = [mutant for path in paths for mutant in mutants(path, int(step))]
    modes = [[], ["--pack-relative-relocs"], ["--override-bind-now", "--lazy=all"]]
    counts = []
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        os.chdir(folder)
        for number, begin in enumerate(range(0, len(everything), FILES_PER_RUN)):
            batch = dict(everything[begin : begin + FILES_PER_RUN])
            counts.append(check(tool, batch, modes[number % 3]))
        os.chdir("/")
    refused, rewritten = map(sum, zip(*counts, strict=True))
    print(f"{len(everything)} files, {refused} refused, {rewritten} rewritten")


main(*sys.argv[1:])
