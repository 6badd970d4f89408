"""What the tests of the image pass ask of an ELF file, read without our code."""

import struct
from collections import Counter

PT_LOAD, PT_DYNAMIC, PT_NOTE, PT_GNU_STACK, PT_GNU_RELRO = 1, 2, 4, 0x6474E551, 0x6474E552
DT_PLTRELSZ, DT_STRTAB, DT_RELA, DT_RELASZ, DT_REL, DT_RELSZ = 2, 5, 7, 8, 17, 18
DT_TEXTREL, DT_JMPREL, DT_BIND_NOW, DT_FLAGS, DT_FLAGS_1 = 22, 23, 24, 30, 0x6FFFFFFB
DT_RELR, DT_RELRSZ = 36, 35
KINDS = {
    62: {1: "symbolic", 6: "GLOB_DAT", 7: "JUMP_SLOT", 8: "RELATIVE"},
    3: {1: "symbolic", 6: "GLOB_DAT", 7: "JUMP_SLOT", 8: "RELATIVE"},
}


class Elf:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        self.wide = self.data[4] == 2
        self.machine = self.unpack("<H", 18)[0]
        self.word = 8 if self.wide else 4
        at = self.unpack("<Q" if self.wide else "<I", 32 if self.wide else 28)[0]
        size, count = self.unpack("<HH", 54 if self.wide else 42)
        self.phoff = at
        self.segments = [self.segment(at + i * size) for i in range(count)]
        self.dynamic = dict(self.entries())

    def unpack(self, form, at):
        return struct.unpack_from(form, self.data, at)

    def segment(self, at):
        """type, flags, offset, address, file size, memory size, alignment"""
        if self.wide:
            kind, flags, offset, address, _, size, memory, align = self.unpack("<IIQQQQQQ", at)
        else:
            kind, offset, address, _, size, memory, flags, align = self.unpack("<8I", at)
        return kind, flags, offset, address, size, memory, align

    def sectionHeaders(self):
        """offset, size of the table"""
        at = self.unpack("<Q" if self.wide else "<I", 40 if self.wide else 32)[0]
        size, count = self.unpack("<HH", 58 if self.wide else 46)
        return at, size * count

    def sections(self):
        """type, offset, size"""
        begin, size = self.sectionHeaders()
        for at in range(begin, begin + size, 64 if self.wide else 40):
            form = "<4xI16xQQ" if self.wide else "<4xI8xII"
            yield self.unpack(form, at)

    def only(self, kind):
        return next((s for s in self.segments if s[0] == kind), None)

    def entries(self):
        found = self.only(PT_DYNAMIC)
        form = "<qQ" if self.wide else "<iI"
        for at in range(found[2], found[2] + found[4], 2 * self.word):
            tag, value = self.unpack(form, at)
            if not tag:
                return
            yield tag, value

    def offset(self, address):
        for kind, _, offset, begin, size, *_ in self.segments:
            if kind == PT_LOAD and begin <= address < begin + size:
                return offset + address - begin
        raise KeyError(hex(address))

    def address(self, offset):
        for kind, _, begin, address, size, *_ in self.segments:
            if kind == PT_LOAD and begin <= offset < begin + size:
                return address + offset - begin
        raise KeyError(hex(offset))

    def relocations(self):
        """place, type, symbol of those that are not in DT_RELR"""
        tables = [(DT_RELA, DT_RELASZ)] if self.wide else [(DT_REL, DT_RELSZ)]
        for begin, size in [*tables, (DT_JMPREL, DT_PLTRELSZ)]:
            if not self.dynamic.get(size):
                continue
            at = self.offset(self.dynamic[begin])
            step, form = (24, "<QQ") if self.wide else (8, "<II")
            for entry in range(at, at + self.dynamic[size], step):
                place, info = self.unpack(form, entry)
                shift = 32 if self.wide else 8
                yield place, info & ((1 << shift) - 1), info >> shift

    def relatives(self):
        """The places of RELATIVE relocations that are not in DT_RELR."""
        kinds = KINDS[self.machine]
        return [at for at, kind, _ in self.relocations() if kinds.get(kind) == "RELATIVE"]

    def isWritable(self, address):
        return any(
            kind == PT_LOAD and flags & 2 and begin <= address < begin + memory
            for kind, flags, _, begin, _, memory, _ in self.segments
        )

    def relr(self):
        """The places of DT_RELR."""
        places, next = [], 0
        if DT_RELR in self.dynamic:
            at = self.offset(self.dynamic[DT_RELR])
            for entry in range(at, at + self.dynamic[DT_RELRSZ], self.word):
                (value,) = self.unpack("<Q" if self.wide else "<I", entry)
                bits = range(1, 8 * self.word)
                if value & 1:
                    places += [next + (i - 1) * self.word for i in bits if value >> i & 1]
                    next += (8 * self.word - 1) * self.word
                else:
                    places.append(value)
                    next = value + self.word
        return places

    def counts(self):
        found = Counter(kind for _, kind, _ in self.relocations())
        return Counter({KINDS[self.machine].get(k, k): n for k, n in found.items()})

    def isBindNow(self):
        flags, flags1 = self.dynamic.get(DT_FLAGS, 0), self.dynamic.get(DT_FLAGS_1, 0)
        return bool(DT_BIND_NOW in self.dynamic or flags & 8 or flags1 & 1)

    def hasTextRelocations(self):
        return bool(DT_TEXTREL in self.dynamic or self.dynamic.get(DT_FLAGS, 0) & 4)

    def relro(self):
        """The first page of RELRO and its end; it may begin earlier in its page."""
        if found := self.only(PT_GNU_RELRO):
            return found[3] // 4096, found[3] + found[5]

    def hardening(self):
        """What no mode may change."""
        return (
            self.only(PT_GNU_STACK),
            self.relro(),
            any(s[0] == PT_LOAD and s[1] & 3 == 3 for s in self.segments),
        )

    def note(self):
        """The text of our note, or nothing."""
        begin = self.data.find(b'{"version":')
        return self.data[begin : self.data.index(b"}", begin) + 1].decode() if begin >= 0 else ""
