"""A reader of ELF objects for the comparison alone. It is a second opinion: it shares
no code with the tools, and none with the reader of images in common."""

import re
import struct
from collections import namedtuple
from functools import cached_property

SHT_SYMTAB, SHT_STRTAB, SHT_RELA, SHT_NOBITS, SHT_REL = 2, 3, 4, 8, 9
SHT_GROUP, SHT_SYMTAB_SHNDX, SHT_LLVM_ADDRSIG = 17, 18, 0x6FFF4C03
SHF_ALLOC, SHF_EXECINSTR, SHF_INFO_LINK, SHF_GROUP = 2, 4, 0x40, 0x200
SHN_LORESERVE, SHN_XINDEX = 0xFF00, 0xFFFF
# Where reserved indices are moved here, to keep them apart from extended ones.
RESERVED = 0xFFFF0000
STB_LOCAL, STB_GLOBAL, STB_WEAK = 0, 1, 2
STT_NOTYPE, STT_OBJECT, STT_FUNC = 0, 1, 2
STV_DEFAULT, STV_HIDDEN = 0, 2
EM_386, EM_X86_64 = 3, 62
DATA_NAMES = (b"_ZTV", b"_ZTC", b"_ZTT", b"_ZTI", b"_ZTS", b"_ZGV")
# What a slot has: R_386_32, R_X86_64_64.
ABSOLUTE_WORD = {EM_386: 1, EM_X86_64: 1}
Section = namedtuple(
    "Section", "name type flags address offset size link info align entsize"
)
Symbol = namedtuple("Symbol", "name binding type visibility section value size")
Relocation = namedtuple("Relocation", "offset type symbol addend")
Member = namedtuple("Member", "offset header name contents")


class Mismatch(Exception):
    pass


def require(condition, *message):
    if not condition:
        raise Mismatch(" ".join(map(str, message)))


class Elf:
    """A relocatable object. Trusts its input: the tool's tests do not."""

    def __init__(self, data):
        self.data = data
        self.is64 = data[4] == 2
        form = "<16sHHIQQQIHHHHHH" if self.is64 else "<16sHHIIIIIHHHHHH"
        header = struct.unpack_from(form, data)
        self.machine, self.shoff, self.shstrndx = (
            header[2],
            header[6],
            header[13],
        )
        # All of the header but e_shoff and e_shnum.
        self.header = header[:6] + header[7:12] + header[13:]
        count = header[12]
        form = "<IIQQQQIIQQ" if self.is64 else "<10I"
        size = struct.calcsize(form)
        first = struct.unpack_from(form, data, self.shoff)
        count = count or first[5]
        if self.shstrndx == SHN_XINDEX:
            self.shstrndx = first[6]
        table = data[self.shoff : self.shoff + count * size]
        rows = list(struct.iter_unpack(form, table))
        names = self._bytes(Section(*rows[self.shstrndx]))
        self.sections = [
            Section(names[row[0] : names.index(0, row[0])], *row[1:])
            for row in rows
        ]
        of = {section.type: i for i, section in enumerate(self.sections)}
        self.symtab = of.get(SHT_SYMTAB, 0)
        self.strtab = self.sections[self.symtab].link
        self.shndx = of.get(SHT_SYMTAB_SHNDX, 0)

    def _bytes(self, section):
        if section.type in (0, SHT_NOBITS):
            return b""
        return self.data[section.offset : section.offset + section.size]

    def contents(self, index):
        return self._bytes(self.sections[index])

    @cached_property
    def names(self):
        return self.contents(self.strtab)

    @cached_property
    def symbol_count(self):
        return len(self.contents(self.symtab)) // (24 if self.is64 else 16)

    def symbol(self, i):
        # Elf64_Sym is name, info, other, shndx, value, size; Elf32_Sym is
        # name, value, size, info, other, shndx.
        table = self.sections[self.symtab].offset
        if self.is64:
            row = struct.unpack_from("<IBBHQQ", self.data, table + 24 * i)
            name, info, other, section, value, size = row
        else:
            row = struct.unpack_from("<IIIBBH", self.data, table + 16 * i)
            name, value, size, info, other, section = row
        if section == SHN_XINDEX and self.shndx:
            at = self.sections[self.shndx].offset + 4 * i
            (section,) = struct.unpack_from("<I", self.data, at)
        elif section >= SHN_LORESERVE:
            section |= RESERVED
        name = self.names[name : self.names.index(0, name)]
        return Symbol(
            name, info >> 4, info & 15, other & 3, section, value, size
        )

    def relocations(self, index):
        section = self.sections[index]
        explicit = section.type == SHT_RELA
        form = ("<QQq" if explicit else "<QQ") if self.is64 else "<II"
        if explicit and not self.is64:
            form = "<IIi"
        place = b"" if explicit else self.contents(section.info)
        bits = 32 if self.is64 else 8
        out = []
        for row in struct.iter_unpack(form, self.contents(index)):
            offset, info = row[:2]
            if explicit:
                addend = row[2]
            else:
                # Of R_386_32, the only type whose addend is of interest here.
                word = place[offset : offset + 4].ljust(4, b"\0")
                addend = int.from_bytes(word, "little", signed=True)
            kind = info & ((1 << bits) - 1)
            out.append(Relocation(offset, kind, info >> bits, addend))
        return out

    @cached_property
    def relocations_of(self):
        """Index of a section to those of the tables that work on it."""
        out = {}
        for i, section in enumerate(self.sections):
            if section.type in (SHT_REL, SHT_RELA):
                out.setdefault(section.info, []).append(i)
        return out

    @cached_property
    def vtables(self):
        """Index of a section to where vtables begin and end in it, in order."""
        out = {}
        starts = {
            match.start() for match in re.finditer(b"_ZT[VC]", self.names)
        }
        rest = 20 if self.is64 else 12
        names = struct.iter_unpack(f"<I{rest}x", self.contents(self.symtab))
        for i, (name,) in enumerate(names if starts else ()):
            if name in starts:
                s = self.symbol(i)
                if s.type == STT_OBJECT and 0 < s.section < RESERVED:
                    out.setdefault(s.section, []).append(
                        (s.value, s.value + s.size)
                    )
        return {section: sorted(extents) for section, extents in out.items()}

    @cached_property
    def has_ibt(self):
        """Whether GNU_PROPERTY_X86_FEATURE_1_AND (0xc0000002) has bit IBT."""
        mark = struct.pack("<II", 0xC0000002, 4)
        for i, section in enumerate(self.sections):
            if section.name == b".note.gnu.property":
                found = self.contents(i).find(mark)
                if found >= 0:
                    return bool(self.contents(i)[found + 8] & 1)
        return False
