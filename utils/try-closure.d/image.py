"""What the scripts that try images read of an ELF file: by the program headers
and the dynamic table, as the loader does, and with no code of the tools."""

import collections
import json
import struct

EM_386, EM_X86_64 = 3, 62
ET_DYN = 3
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE = 1, 2, 3, 4
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
# What a vtable slot never is: typeinfo, its name, a vtable, a VTT.
DATA = b"_ZTI", b"_ZTS", b"_ZTV", b"_ZTT"


class NotAnImage(Exception):
    pass


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
            self.segments = list(self.read_segments())
            self.dynamic = list(self.read_dynamic())
        except (struct.error, IndexError) as e:
            raise NotAnImage(f"malformed: {e}") from e

    def read_segments(self):
        """(type, flags, offset, address, file size, memory size) of each."""
        if self.wide:
            (at,) = struct.unpack_from("<Q", self.data, 32)
            size, count = struct.unpack_from("<HH", self.data, 54)
        else:
            (at,) = struct.unpack_from("<I", self.data, 28)
            size, count = struct.unpack_from("<HH", self.data, 42)
        for i in range(count):
            if self.wide:
                kind, flags, offset, address, _, filesz, memsz = (
                    struct.unpack_from("<IIQQQQQ", self.data, at + i * size)
                )
            else:
                kind, offset, address, _, filesz, memsz, flags = (
                    struct.unpack_from("<IIIIIII", self.data, at + i * size)
                )
            yield kind, flags, offset, address, filesz, memsz

    def read_dynamic(self):
        form = "<qQ" if self.wide else "<iI"
        for kind, _, offset, _, size, _ in self.segments:
            if kind == PT_DYNAMIC:
                size -= size % struct.calcsize(form)
                table = self.data[offset : offset + size]
                for tag, value in struct.iter_unpack(form, table):
                    if not tag:
                        return
                    yield tag & (2**64 - 1), value

    def get(self, tag, default=0):
        return dict(self.dynamic).get(tag, default)

    def has_segment(self, kind):
        return any(segment[0] == kind for segment in self.segments)

    @property
    def is_executable(self):
        pie = bool(self.get(DT_FLAGS_1) & DF_1_PIE)
        return pie or self.has_segment(PT_INTERP) and not self.get(DT_SONAME)

    @property
    def is_bind_now(self):
        return bool(
            self.get(DT_FLAGS) & DF_BIND_NOW
            or self.get(DT_FLAGS_1) & DF_1_NOW
            or DT_BIND_NOW in dict(self.dynamic)
        )

    @property
    def has_text_relocations(self):
        flag = self.get(DT_FLAGS) & DF_TEXTREL
        return bool(flag or DT_TEXTREL in dict(self.dynamic))

    def offset(self, address):
        for kind, _, offset, begin, size, _ in self.segments:
            if kind == PT_LOAD and begin <= address < begin + size:
                return address - begin + offset
        raise NotAnImage(f"address {address:#x} is in no segment's file part")

    def bytes_at(self, address, size):
        if not size:
            return b""
        offset = self.offset(address)
        return self.data[offset : offset + size]

    def relocations(self):
        """(place, type, symbol's index) of each; RELATIVE ones of DT_RELR too."""
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
            for place, info, *_ in struct.iter_unpack(
                form, self.bytes_at(address, size)
            ):
                yield place, info & mask, info >> shift
        bits = 64 if self.wide else 32
        at = 0
        table = self.bytes_at(self.get(DT_RELR), self.get(DT_RELRSZ))
        for (entry,) in struct.iter_unpack("<" + word, table):
            if not entry & 1:
                yield entry, 8, 0
                at = entry + bits // 8
                continue
            for i in range(bits - 1):
                if entry >> (i + 1) & 1:
                    yield at + i * (bits // 8), 8, 0
            at += (bits - 1) * (bits // 8)

    def counts(self):
        """How many relocations of each kind."""
        names = TYPES[self.machine]
        found = (names.get(kind, "other") for _, kind, _ in self.relocations())
        return collections.Counter(found)

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

    def symbol_tables(self):
        """(type, offset, size, offset of the names) of each."""
        form = "<IIQQQQII" if self.wide else "<IIIIIIII"
        (at,) = struct.unpack_from(form[0] + form[3], self.data, 40 if self.wide else 32)
        size, count = struct.unpack_from("<HH", self.data, 58 if self.wide else 46)
        heads = [struct.unpack_from(form, self.data, at + i * size) for i in range(count)]
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
        for kind, _, offset, _, size, _ in self.segments:
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
