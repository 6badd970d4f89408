"""The reader of ELF images for trials, benches and tests. It goes by the program
headers and the dynamic table, as the loader does, and has no code of the tools."""

import collections
import json
import struct
from typing import NamedTuple

EM_386, EM_X86_64 = 3, 62
ET_DYN = 3
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
PT_GNU_STACK, PT_GNU_RELRO = 0x6474E551, 0x6474E552
PF_X, PF_W = 1, 2
DT_NEEDED, DT_PLTRELSZ, DT_STRTAB, DT_SYMTAB, DT_RELA, DT_RELASZ = 1, 2, 5, 6, 7, 8
DT_REL, DT_RELSZ, DT_PLTREL, DT_TEXTREL, DT_JMPREL = 17, 18, 20, 22, 23
DT_BIND_NOW, DT_FLAGS, DT_RELRSZ, DT_RELR = 24, 30, 35, 36
DT_FLAGS_1 = 0x6FFFFFFB
DT_SONAME = 14
SHT_SYMTAB, SHT_DYNSYM = 2, 11
DF_TEXTREL, DF_BIND_NOW, DF_1_NOW, DF_1_PIE = 4, 8, 1, 0x08000000

TYPES = {
    EM_X86_64: {1: "symbolic", 6: "GLOB_DAT", 7: "JUMP_SLOT", 8: "RELATIVE"},
    EM_386: {1: "symbolic", 6: "GLOB_DAT", 7: "JUMP_SLOT", 8: "RELATIVE"},
}
R_RELATIVE = 8  # of both machines
# What a vtable slot never is: typeinfo, its name, a vtable, a VTT.
DATA = b"_ZTI", b"_ZTS", b"_ZTV", b"_ZTT"


class NotAnImage(Exception):
    pass


class Segment(NamedTuple):
    kind: int
    flags: int
    offset: int
    address: int
    size: int  # in the file
    memory: int
    align: int


class Image:
    """A shared library or position independent executable of x86."""

    def __init__(self, path):
        with open(path, "rb") as file:
            head = file.read(64)
            if head[:4] != b"\x7fELF" or len(head) < 52 or head[5] != 1:
                raise NotAnImage("not a little-endian ELF file")
            kind, self.machine = struct.unpack_from("<HH", head, 16)
            if kind != ET_DYN or self.machine not in TYPES:
                raise NotAnImage("neither a library nor a PIE of x86")
            self.data = head + file.read()
        self.wide = self.data[4] == 2
        if self.wide != (self.machine == EM_X86_64):
            raise NotAnImage("x32 or the like")
        try:
            self.word = 8 if self.wide else 4
            (self.phoff,) = self.unpack("<Q" if self.wide else "<I", 24 + self.word)
            self.segments = list(self.read_segments())
            self.dynamic = dict(self.read_dynamic())
        except (struct.error, IndexError) as e:
            raise NotAnImage(f"malformed: {e}") from e

    def unpack(self, form, at):
        return struct.unpack_from(form, self.data, at)

    def read_segments(self):
        size, count = self.unpack("<HH", 54 if self.wide else 42)
        for at in range(self.phoff, self.phoff + size * count, size):
            if self.wide:
                kind, flags, offset, address, _, *sizes = self.unpack("<IIQQQQQQ", at)
            else:
                kind, offset, address, _, *sizes = self.unpack("<8I", at)
                flags = sizes.pop(2)
            yield Segment(kind, flags, offset, address, *sizes)

    def read_dynamic(self):
        form = "<qQ" if self.wide else "<iI"
        for kind, _, offset, _, size, *_ in self.segments:
            if kind == PT_DYNAMIC:
                size -= size % struct.calcsize(form)
                table = self.data[offset : offset + size]
                for tag, value in struct.iter_unpack(form, table):
                    if not tag:
                        return
                    yield tag & (2**64 - 1), value

    def get(self, tag, default=0):
        return self.dynamic.get(tag, default)

    def only(self, kind):
        """The first segment of a kind, or None."""
        return next((s for s in self.segments if s.kind == kind), None)

    @property
    def is_executable(self):
        pie = bool(self.get(DT_FLAGS_1) & DF_1_PIE)
        return pie or bool(self.only(PT_INTERP)) and not self.get(DT_SONAME)

    @property
    def is_bind_now(self):
        return bool(
            self.get(DT_FLAGS) & DF_BIND_NOW
            or self.get(DT_FLAGS_1) & DF_1_NOW
            or DT_BIND_NOW in self.dynamic
        )

    @property
    def has_text_relocations(self):
        flag = self.get(DT_FLAGS) & DF_TEXTREL
        return bool(flag or DT_TEXTREL in self.dynamic)

    def offset(self, address):
        for kind, _, offset, begin, size, *_ in self.segments:
            if kind == PT_LOAD and begin <= address < begin + size:
                return address - begin + offset
        raise NotAnImage(f"address {address:#x} is in no segment's file part")

    def address(self, offset):
        for kind, _, begin, address, size, *_ in self.segments:
            if kind == PT_LOAD and begin <= offset < begin + size:
                return address + offset - begin
        raise NotAnImage(f"offset {offset:#x} is in no segment")

    def is_writable(self, address):
        return any(
            s.kind == PT_LOAD and s.flags & PF_W and s.address <= address < s.address + s.memory
            for s in self.segments
        )

    @property
    def hardening(self):
        """What no rewrite may change: the rights of the stack, where RELRO is, and
        whether anything is both writable and executable."""
        relro = self.only(PT_GNU_RELRO)
        return (
            self.only(PT_GNU_STACK),
            # It may begin earlier in its first page.
            relro and (relro.address // 4096, relro.address + relro.memory),
            any(s.kind == PT_LOAD and s.flags & 3 == 3 for s in self.segments),
        )

    def bytes_at(self, address, size):
        if not size:
            return b""
        offset = self.offset(address)
        return self.data[offset : offset + size]

    def relocations(self):
        """(place, type, symbol's index) of each that is not packed in DT_RELR."""
        plt = self.get(DT_PLTREL)
        tables = [
            (self.get(DT_RELA), self.get(DT_RELASZ), True),
            (self.get(DT_REL), self.get(DT_RELSZ), False),
            (self.get(DT_JMPREL), self.get(DT_PLTRELSZ), plt == DT_RELA),
        ]
        shift, mask = (32, 0xFFFFFFFF) if self.wide else (8, 0xFF)
        word = "Q" if self.wide else "I"
        for address, size, explicit in tables:
            form = "<" + word * (3 if explicit else 2)
            size -= size % struct.calcsize(form)
            for place, info, *_ in struct.iter_unpack(form, self.bytes_at(address, size)):
                yield place, info & mask, info >> shift

    def relatives(self):
        """The places of RELATIVE relocations that are not packed."""
        return [place for place, kind, _ in self.relocations() if kind == R_RELATIVE]

    def relr(self):
        """The places of those that are packed, all RELATIVE."""
        bits, at = 8 * self.word, 0
        table = self.bytes_at(self.get(DT_RELR), self.get(DT_RELRSZ))
        for (entry,) in struct.iter_unpack("<Q" if self.wide else "<I", table):
            if not entry & 1:
                yield entry
                at = entry + self.word
                continue
            for i in range(bits - 1):
                if entry >> (i + 1) & 1:
                    yield at + i * self.word
            at += (bits - 1) * self.word

    def unpacked_counts(self):
        """How many relocations of each kind there are outside DT_RELR."""
        names = TYPES[self.machine]
        found = (names.get(kind, "other") for _, kind, _ in self.relocations())
        return collections.Counter(found)

    def counts(self):
        """How many relocations of each kind, packed or not."""
        found = self.unpacked_counts()
        found["RELATIVE"] += sum(1 for _ in self.relr())
        return found

    @property
    def table_bytes(self):
        """Those of all relocation tables."""
        tags = DT_RELASZ, DT_RELSZ, DT_PLTRELSZ, DT_RELRSZ
        return sum(self.get(tag) for tag in tags)

    def symbol_name(self, index):
        size, form = (24, "<I") if self.wide else (16, "<I")
        at = self.offset(self.get(DT_SYMTAB)) + index * size
        (name,) = struct.unpack_from(form, self.data, at)
        at = self.offset(self.get(DT_STRTAB)) + name
        return self.data[at : self.data.index(b"\0", at)]

    @property
    def section_headers(self):
        """(offset, size) of the table."""
        (at,) = self.unpack("<Q" if self.wide else "<I", 40 if self.wide else 32)
        size, count = self.unpack("<HH", 58 if self.wide else 46)
        return at, size * count

    def symbol_tables(self):
        """(type, offset, size, offset of the names) of each."""
        form = "<IIQQQQII" if self.wide else "<IIIIIIII"
        at, size = self.section_headers
        step = 64 if self.wide else 40
        heads = [self.unpack(form, head) for head in range(at, at + size, step)]
        for _, kind, _, _, offset, length, link, _ in heads:
            if kind in (SHT_SYMTAB, SHT_DYNSYM):
                yield kind, offset, length, heads[link][4]

    def symbols(self):
        """(name, address, size) of all that section headers lead to."""
        form = "<IBBHQQ" if self.wide else "<IIIBBH"
        for _, offset, length, strings in self.symbol_tables():
            table = self.data[offset : offset + length]
            for symbol in struct.iter_unpack(form, table):
                address, extent = symbol[4:6] if self.wide else symbol[1:3]
                begin = strings + symbol[0]
                yield self.data[begin : self.data.index(b"\0", begin)], address, extent

    def exports(self):
        """(name, is data, size) of what the image defines for others."""
        form = "<IBBHQQ" if self.wide else "<IIIBBH"
        for kind, offset, length, strings in self.symbol_tables():
            if kind != SHT_DYNSYM:
                continue
            table = self.data[offset : offset + length]
            for symbol in struct.iter_unpack(form, table):
                at, info, _, index = symbol[:4] if self.wide else symbol[:1] + symbol[3:]
                size = symbol[5] if self.wide else symbol[2]
                if index and index < 0xFF00 and info >> 4 and info & 15 in (1, 2):
                    begin = strings + at
                    name = self.data[begin : self.data.index(b"\0", begin)]
                    yield name.decode(errors="replace"), info & 15 == 1, size

    def vtable_functions(self):
        """The symbol's name for each function's word in a vtable with a name."""
        tables = {
            (address, size)
            for name, address, size in self.symbols()
            if name.startswith((b"_ZTV", b"_ZTC")) and address
        }
        words = {
            place
            for address, size in tables
            for place in range(address, address + size, 8 if self.wide else 4)
        }
        for place, kind, index in self.relocations():
            if kind == 1 and place in words:
                name = self.symbol_name(index)
                if not name.startswith(DATA):
                    yield name

    def note(self):
        """What the tool's note says, or nothing."""
        for kind, _, offset, _, size, *_ in self.segments:
            if kind != PT_NOTE:
                continue
            at, end = offset, offset + size
            while at + 12 <= end:
                owner, length, number = struct.unpack_from("<III", self.data, at)
                text = at + 12 + (owner + 3) // 4 * 4
                if self.data[at + 12 : at + 12 + owner] == b"objprelink\0":
                    if number == 1:
                        desc = self.data[text : text + length]
                        return json.loads(desc.rstrip(b"\0 "))
                at = text + (length + 3) // 4 * 4
        return None


def read(path):
    """The image in a file, or None when there is none."""
    try:
        return Image(path)
    except (NotAnImage, OSError):
        return None
