#!/usr/bin/env python3
"""Change single things in a rewritten image and say what --verify finds.

usage: change.py OBJPRELINK1 OLD NEW

The hash in the note is made right again for each change but the last, with the
help of the message that it is wrong, so that the other checks are reached.
"""

import re
import struct
import subprocess
import sys

from common import image as elf


def verify(tool, old, data):
    with open("changed.so", "wb") as file:
        file.write(data)
    done = subprocess.run([tool, "--verify", old, "changed.so"], capture_output=True, text=True)
    return f"{done.returncode} {(done.stdout + done.stderr).strip()}"


def main():
    tool, old, new = sys.argv[1:]
    image = elf.Image(new)
    relocations = list(image.relocations())
    table = image.offset(image.dynamic[elf.DT_RELA])
    slot = next(i for i, r in enumerate(relocations) if r[1] == 8)
    plt = image.offset(image.dynamic[elf.DT_JMPREL])
    entry = image.offset(image.unpack("<q", table + 24 * slot + 16)[0])
    word = image.offset(image.address(entry) + 6 + image.unpack("<i", entry + 2)[0])
    code = next(s for s in image.segments if s[0] == elf.PT_LOAD and s[2] <= entry < s[2] + s[4])
    header = image.phoff + 56 * image.segments.index(code)

    changes = [
        ("slot", table + 24 * slot + 16, 1),
        ("entry", entry + 16 + 2, 8),  # that of g
        ("tail", entry + 7, 1),
        ("word", word, 1),
        ("place", table + 24 * slot, 8),
        ("symbol", plt + 24 + 12, 1),
        ("type", plt + 24 + 8, -1),
        ("code", entry, 1),
        ("flags", header + 4, 2),
        ("dynsym", image.offset(image.dynamic[6]) + 24 + 8, 1),
        ("dynstr", image.offset(image.dynamic[elf.DT_STRTAB]) + 1, 1),
        ("data", image.data.index(b"some data"), 1),
        ("hash", image.data.index(b"some data"), 1),
    ]
    for name, place, by in changes:
        data = bytearray(image.data)
        data[place] = (data[place] + by) % 256
        said = verify(tool, old, data)
        found = re.search(r"the note has hash (\w+), and the contents have (\w+)", said)
        if found and name != "hash":
            said = verify(tool, old, data.replace(*(h.encode() for h in found.groups())))
        print(f"{name}: {said}")


main()
