#!/usr/bin/env python3
"""Makes a 64-bit image contradict itself, in one thing after the other.

usage: contradict.py OBJPRELINK FILE

Prints the status and the message of a rewrite of each.
"""

import struct
import subprocess
import sys

from common import image as elf

DT_PLTGOT, DT_INIT_ARRAY, DT_RELACOUNT, DT_RELCOUNT = 3, 25, 0x6FFFFFF9, 0x6FFFFFFA
PT_PHDR = 6
SHT_NULL, SHF_INFO_LINK = 0, 0x40


class Changes:
    def __init__(self, path):
        self.image = elf.Image(path)
        self.data = bytearray(self.image.data)

    def put(self, form, at, value):
        struct.pack_into(form, self.data, at, value)

    def segment(self, kind, form, field, value):
        index = next(i for i, s in enumerate(self.image.segments) if s[0] == kind)
        self.put(form, self.image.phoff + 56 * index + field, value)

    def tag(self, old, new):
        at = self.image.only(elf.PT_DYNAMIC)[2] + 16 * list(self.image.dynamic).index(old)
        self.put("<q", at, new)

    def value(self, tag, value):
        at = self.image.only(elf.PT_DYNAMIC)[2] + 16 * list(self.image.dynamic).index(tag)
        self.put("<Q", at + 8, value)

    def place(self, index, value):
        self.put("<Q", self.image.offset(self.image.dynamic[elf.DT_RELA]) + 24 * index, value)

    def header(self, name):
        """The offset of the section header and its fields."""
        table, size = self.image.section_headers
        (index,) = self.image.unpack("<H", 62)
        names = self.image.unpack("<Q", table + 64 * index + 24)[0]
        for at in range(table, table + size, 64):
            fields = self.image.unpack("<IIQQQQIIQQ", at)
            text = self.image.data[names + fields[0] :]
            if text.startswith(name.encode() + b"\0"):
                return at, fields
        raise KeyError(name)

    def section(self, name, form, field, value):
        self.put(form, self.header(name)[0] + field, value)


def changes(image):
    """A name, and what is changed."""
    dynamic = image.dynamic
    jump = next(place for place, kind, _ in image.relocations() if kind == 7)
    yield "unreadable", lambda c: c.segment(elf.PT_LOAD, "<I", 4, 2)
    yield "tables", lambda c: c.value(DT_PLTGOT, image.only(elf.PT_DYNAMIC)[3])
    yield "array", lambda c: c.value(DT_INIT_ARRAY, dynamic[elf.DT_STRTAB])
    yield "headers", lambda c: c.segment(elf.PT_GNU_STACK, "<I", 0, PT_PHDR)
    yield "count", lambda c: c.tag(DT_RELACOUNT, DT_RELCOUNT)
    yield "relocated", lambda c: c.place(1, dynamic[elf.DT_STRTAB])
    yield "twice", lambda c: c.place(1, jump)
    yield "parts", lambda c: c.place(1, jump + 2)
    yield "offset", lambda c: c.section(".rela.dyn", "<Q", 24, image.offset(dynamic[elf.DT_STRTAB]))
    yield "loaded", lambda c: c.section(".gnu.hash", "<Q", 32, 0x100)
    yield "note", lambda c: [c.segment(elf.PT_NOTE, "<Q", at, 0x14) for at in (32, 40)]
    yield "type", lambda c: c.section(".hash", "<I", 4, SHT_NULL)
    yield "size", lambda c: c.section(".rela.plt", "<Q", 32, 8)
    yield "name", lambda c: c.section(".hash", "<I", 0, c.header(".symtab")[1][0])
    yield "others", lambda c: c.section("extra", "<Q", 24, c.header(".symtab")[1][4])
    yield "info", lambda c: c.section(".symtab", "<Q", 8, SHF_INFO_LINK)


def main():
    _, tool, path = sys.argv
    for name, change in changes(elf.Image(path)):
        c = Changes(path)
        change(c)
        with open(name, "wb") as file:
            file.write(c.data)
        done = subprocess.run([tool, name, "-o", "out"], capture_output=True, text=True)
        print(done.returncode, (done.stdout + done.stderr).strip())


main()
