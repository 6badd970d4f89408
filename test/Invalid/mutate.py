"""Run TOOL over copies of FILE..., each with a byte or word of its tables changed.

The places are those that readers trust: headers, section headers, symbols,
names, relocations, groups and notes, and the headers and tables of archives;
not the contents of members and other sections. Whatever comes in, the tool
ends by itself with 0 or 1; a file that it names in an error is as it was, in
one line; one that it changed is done, as a second run confirms; nothing else
is left in the folder.
"""

import os
import re
import resource
import struct
import subprocess
import sys
import tempfile

FILES_PER_RUN = 500
MEMORY = 4 << 30
FOLDER = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
TABLES = {2, 3, 4, 7, 9, 17, 18, 0x6FFF4C03}  # SHT_SYMTAB and so on
SHT_CREL = 0x40000014
WORDS = 0, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF


def tables_of_object(data):
    wide = data[4] == 2
    table, size, count = struct.unpack_from(
        "<Q10xHH" if wide else "<I10xHH", data, 40 if wide else 32
    )
    headers = [
        struct.unpack_from("<4xI16xQQ" if wide else "<4xI8xII", data, table + i * size)
        for i in range(count)
    ]
    # Compact relocations are all that is new in an object that has them.
    compact = {kind for kind, *_ in headers} & {SHT_CREL}
    if not compact:
        yield 0, 64 if wide else 52
        yield table, size * count
    for kind, offset, length in headers:
        if kind in (compact or TABLES):
            yield offset, length


def tables_of_archive(data):
    yield 0, 8
    at = 8
    while at < len(data):
        length = int(data[at + 48 : at + 58])
        table = data[at : at + 1] == b"/" and not data[at + 1 : at + 2].isdigit()
        yield at, 60 + (length if table else 0)
        at += 60 + length + length % 2


def mutants(path):
    with open(path, "rb") as file:
        data = file.read()
    archive = data.startswith(b"!<arch>")
    for start, size in (tables_of_archive if archive else tables_of_object)(data):
        for place in range(start, start + size):
            old = data[place]
            new = [bytes([value % 256]) for value in (0, 0x7F, 0x80, 255, old + 1, old - 1)]
            if place % 4 == 0:
                new += [value.to_bytes(4, "little") for value in WORDS]
            for value in new:
                mutant = data[:place] + value + data[place + len(value) :]
                if mutant != data and len(mutant) == len(data):
                    yield f"{os.path.basename(path)}+{place:x}={value.hex()}", mutant


def limit():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def run(tool, names):
    """The names of the files that the tool refuses."""
    result = subprocess.run(
        [tool, "-v", "-j2", "--slots=all", *names],
        capture_output=True,
        preexec_fn=limit,
        timeout=60,
        check=False,
    )
    refused = set()
    for line in result.stderr.splitlines():
        said = re.fullmatch(rb"\w+: (error|warning): (.+?): ([^\0-\x1f]+)", line)
        if not said or said[2].decode() not in names or b"internal" in line:
            sys.exit(f"unexpected message: {line}")
        if said[1] == b"error":
            refused.add(said[2].decode())
    if result.returncode != (1 if refused else 0):
        if len(names) > 1:
            for name in names:
                run(tool, [name])
        sys.exit(f"status {result.returncode} with {names}")
    return refused


def read(name):
    with open(name, "rb") as file:
        return file.read()


def check(tool, batch):
    """Returns how many files of the current folder are refused and rewritten."""
    for name, contents in batch.items():
        with open(name, "wb") as file:
            file.write(contents)
    refused = run(tool, list(batch))
    results = {name: read(name) for name in batch}
    changed = [name for name in batch if results[name] != batch[name]]
    if both := refused.intersection(changed):
        sys.exit(f"refused and changed: {both}")
    if changed and run(tool, changed):
        sys.exit("a file that was rewritten is refused")
    if other := [name for name in batch if results[name] != read(name)]:
        sys.exit(f"rewritten twice: {other}")
    if set(os.listdir()) != set(batch):
        sys.exit(f"left behind: {set(os.listdir()) - set(batch)}")
    for name in batch:
        os.remove(name)
    return len(refused), len(changed)


def main(tool, *paths):
    everything = [mutant for path in paths for mutant in mutants(path)]
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        os.chdir(folder)
        counts = [
            check(tool, dict(everything[begin : begin + FILES_PER_RUN]))
            for begin in range(0, len(everything), FILES_PER_RUN)
        ]
        os.chdir("/")
    refused, rewritten = map(sum, zip(*counts, strict=True))
    print(f"{len(everything)} files, {refused} refused, {rewritten} rewritten")


main(*sys.argv[1:])
