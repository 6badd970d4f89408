"""Compare an archive or object with what objprelink made of it.

Everything here is written a second time, from the gABI, the psABIs and the
Itanium C++ ABI, and shares no code with the tool: where the two disagree, one
of them is wrong. What may differ is stated as narrowly as it can be. A word of
a vtable that names a function may name that function's stub instead; tables of
symbols and names may be longer than before; sections may be added. All else
stays, and each slot that ought to change has to.
"""

import struct
import sys
from bisect import bisect
from collections import namedtuple

from archives.elf import (
    ABSOLUTE_WORD,
    DATA_NAMES,
    EM_386,
    EM_X86_64,
    Elf,
    Member,
    Mismatch,
    RESERVED,
    Relocation,
    SHF_ALLOC,
    SHF_EXECINSTR,
    SHF_GROUP,
    SHF_INFO_LINK,
    SHT_GROUP,
    SHT_LLVM_ADDRSIG,
    SHT_NOBITS,
    SHT_REL,
    SHT_RELA,
    SHT_SYMTAB_SHNDX,
    STB_GLOBAL,
    STB_LOCAL,
    STB_WEAK,
    STT_FUNC,
    STT_NOTYPE,
    STV_DEFAULT,
    STV_HIDDEN,
    require,
)


ENDBR64 = bytes.fromhex("f30f1efa")
# What a stub's name begins with, and the symbol before all.
PREFIX = b".L"
THUNKS = {
    EM_X86_64: b"__x86_indirect_thunk_rsp",
    EM_386: b"__x86_indirect_thunk_esp",
}
# The x86-64 stubs: code, type of its one relocation (R_X86_64_GOTPCRELX,
# R_X86_64_PLT32) and where in the code it works.
STUBS = {
    b".relay": (bytes.fromhex("ff2500000000"), 41, 2),
    b".lazy": (bytes.fromhex("e900000000"), 4, 1),
}
# The sections that a stub is made of: name, type, flags and entry size.
STUB_GROUP = b".group", SHT_GROUP, 0, 4
STUB_CODE = b".objprelink.text", 1, SHF_ALLOC | SHF_EXECINSTR | SHF_GROUP, 0
STUB_RELOCATIONS = {
    EM_X86_64: (b".rela.objprelink.text", SHT_RELA, SHF_INFO_LINK | SHF_GROUP, 24),
    EM_386: (b".rel.objprelink.text", SHT_REL, SHF_INFO_LINK | SHF_GROUP, 8),
}


class Counts(
    namedtuple("Counts", "members changed slots stubs", defaults=[0] * 4)
):
    def __add__(self, other):
        return Counts(*map(int.__add__, self, other))

RELAYS = b".relay", b".relay_eax"


class Comparison:
    """One object before and after a run of a tool with one choice of slots.

    suffix is what the tool adds to a function's name to get the stub's.
    """

    def __init__(self, before, after, suffix, slots):
        self.before, self.after = Elf(before), Elf(after)
        self.slots = slots
        # For i386 both tools make relays, of either kind.
        self.suffixes = RELAYS if self.before.machine == EM_386 else (suffix,)
        self.stubs = set()

    def run(self):
        self.compare_headers()
        redirected = set()
        for i in range(1, len(self.before.sections)):
            redirected |= self.compare_contents(i)
        due = set(due_slots(self.before, self.slots))
        require(
            redirected == due,
            len(redirected),
            "slots redirected, not",
            len(due),
            sorted(redirected ^ due)[:3],
        )
        self.check_additions()
        return Counts(1, 1, len(redirected), len(self.stubs))

    def compare_headers(self):
        old, new = self.before, self.after
        require(old.header == new.header, "the ELF header changed")
        require(old.shstrndx == new.shstrndx, "e_shstrndx changed")
        require(len(new.sections) > len(old.sections), "no section was added")
        # Header 0 is zero, but for counts that do not fit the ELF header.
        null = new.sections[0]
        require(not any(null[1:5] + null[7:]), "header 0 is", null)
        for i, (a, b) in enumerate(zip(old.sections[1:], new.sections[1:]), 1):
            # All but offset and size.
            if a[:4] != b[:4] or a[6:] != b[6:]:
                raise Mismatch(f"header of section {i}: {a} is {b}")
        for i, section in enumerate(new.sections[1:], 1):
            align = max(section.align, 1)
            kept = i < len(old.sections) and old.sections[i].offset % align
            require(
                kept or section.offset % align == 0,
                "section",
                i,
                "is misaligned",
            )
        spans = sorted(
            (s.offset, s.offset + s.size)
            for s in new.sections[1:]
            if s.type != SHT_NOBITS and s.size
        )
        for (_, end), (begin, _) in zip(spans, spans[1:]):
            require(end <= begin, f"sections overlap at {begin:#x}")

    def compare_contents(self, i):
        """Compares one section; returns the redirected slots it names."""
        section = self.before.sections[i]
        old, new = self.before.contents(i), self.after.contents(i)
        if old == new:
            sizes = section.size, self.after.sections[i].size
            require(sizes[0] == sizes[1], "size of section", i, section.name)
            return set()
        grows = (self.before.symtab, self.before.strtab, self.before.shstrndx)
        if i in grows or section.type in (SHT_LLVM_ADDRSIG, SHT_SYMTAB_SHNDX):
            require(new.startswith(old), "old part of section", i, section.name)
            return set()
        require(
            section.type in (SHT_REL, SHT_RELA) and len(old) == len(new),
            "contents of section",
            i,
            section.name,
        )
        redirected = set()
        pairs = zip(self.before.relocations(i), self.after.relocations(i))
        for a, b in pairs:
            if a != b:
                require(a._replace(symbol=b.symbol) == b, a, "became", b)
                self.check_stub(a.symbol, b.symbol)
                redirected.add((section.info, a.offset))
        return redirected

    def check_stub(self, function, stub):
        """That symbol stub is what may stand for symbol function."""
        if (function, stub) in self.stubs:
            return
        new = self.after
        require(
            stub >= self.before.symbol_count, "symbol", stub, "is no new one"
        )
        symbol, name = new.symbol(stub), new.symbol(function).name
        suffix = symbol.name[len(PREFIX) + len(name) :]
        # What the object defines is not bound late.
        is_own = new.symbol(function).section != 0
        suffixes = RELAYS if is_own else self.suffixes
        require(
            symbol.name == PREFIX + name.replace(b"@", b"$") + suffix
            and suffix in suffixes
            and symbol[1:4] == (STB_WEAK, STT_FUNC, STV_HIDDEN),
            symbol,
            "is not a stub of",
            name,
        )
        self.stubs.add((function, stub))
        text = symbol.section
        self.check_section(text, STUB_CODE)
        size = new.sections[text].size
        require(
            symbol[4:] == (text, 0, size), symbol, "is not all of its section"
        )
        relocations = text + 1
        self.check_section(relocations, STUB_RELOCATIONS[new.machine])
        self.check_section(text - 1, STUB_GROUP)
        group = struct.unpack("<3I", new.contents(text - 1))
        require(
            group == (0, text, relocations)
            and new.sections[text - 1].info == stub,
            "group of",
            symbol,
        )
        require(new.sections[relocations].info == text, "stray relocations")
        found = new.relocations(relocations)
        if new.machine != EM_X86_64:
            require(function in [r.symbol for r in found], symbol, found)
            return
        code, kind, at = STUBS[suffix]
        pad = ENDBR64 if self.before.has_ibt else b""
        require(new.contents(text) == pad + code, "code of", symbol)
        due = [
            Relocation(at + len(pad), kind, function, -4),
            Relocation(0, 0, new.symbol_count - 1, 0),
        ]
        require(found == due, "relocations of", symbol, found)

    def check_section(self, index, due):
        """That a section is new and what a stub is made of."""
        require(index >= len(self.before.sections), index, "is no new section")
        section = self.after.sections[index]
        name, *rest = due
        linked = section.flags & SHF_INFO_LINK or section.type == SHT_GROUP
        require(
            section.name == name
            and [section.type, section.flags, section.entsize] == rest
            and section.address == 0
            and section.link == (self.after.symtab if linked else 0)
            and (linked or not section.info),
            section,
        )

    def check_additions(self):
        old, new = self.before, self.after
        # Three sections for each stub, that of the thunk, and where that makes
        # very many, the table of their indices.
        types = [section.type for section in new.sections[len(old.sections) :]]
        others = len(types) - types.count(SHT_SYMTAB_SHNDX)
        require(others == 3 * len(self.stubs) + 1, others, "sections are new")
        extra = [
            new.symbol(i) for i in range(old.symbol_count, new.symbol_count)
        ]
        local = [symbol for symbol in extra if symbol.binding == STB_LOCAL]
        require(not local, "new local symbols", local[:3])
        thunk = extra.pop()
        require(
            thunk.name == THUNKS[new.machine]
            and thunk[1:] == (STB_WEAK, STT_NOTYPE, STV_HIDDEN, len(old.sections), 0, 0)
            and new.contents(len(old.sections)) == b"\xcc",
            thunk,
            "is not the thunk",
        )
        others = [s for s in extra if s.name != b"_GLOBAL_OFFSET_TABLE_"]
        require(
            len(others) == len(self.stubs),
            "new symbols that are no stubs in use",
        )


def due_slots(elf, slots):
    """The slots of an object that must be redirected: section and offset."""
    for section, extents in elf.vtables.items():
        for table in elf.relocations_of.get(section, []):
            for offset, kind, symbol, addend in elf.relocations(table):
                before = bisect(extents, (offset, sys.maxsize)) - 1
                if (
                    before >= 0
                    and offset < extents[before][1]
                    and kind == ABSOLUTE_WORD[elf.machine]
                    and not addend
                    and costs_a_look_up(elf.symbol(symbol), slots)
                ):
                    yield section, offset


def costs_a_look_up(symbol, slots):
    if symbol.visibility != STV_DEFAULT or symbol.name.startswith(DATA_NAMES):
        return False
    if symbol.section == 0:
        return symbol.binding == STB_GLOBAL and symbol.type in (
            STT_NOTYPE,
            STT_FUNC,
        )
    return (
        slots == "all"
        and symbol.binding in (STB_GLOBAL, STB_WEAK)
        and symbol.type == STT_FUNC
        and symbol.section < RESERVED
    )


def compare_objects(before, after, suffix, slots):
    if before != after:
        return Comparison(before, after, suffix, slots).run()
    if before[:4] == b"\x7fELF":
        missed = list(due_slots(Elf(before), slots))
        require(not missed, "untouched, with slots to redirect:", missed[:3])
    return Counts(members=1)


def read_archive(data):
    """The members of an archive, its own tables included."""
    require(data[:8] == b"!<arch>\n", "no archive, or a thin one")
    out, names, at = [], b"", 8
    while at < len(data):
        header = data[at : at + 60]
        require(header[58:] == b"`\n" and at % 2 == 0, f"no member at {at:#x}")
        name, size = header[:16].rstrip(), int(header[48:58])
        contents = data[at + 60 : at + 60 + size]
        require(len(contents) == size, f"truncated member at {at:#x}")
        if name == b"//":
            names = contents
        elif name[:1] == b"/" and name[1:].isdigit():
            start = int(name[1:])
            name = names[start : names.index(b"/\n", start)]
        elif name not in (b"/", b"/SYM64/"):
            name = name.rstrip(b"/")
        out.append(Member(at, header, name, contents))
        at += 60 + size + size % 2
    return out


def read_index(members):
    """The symbol index: names, and for each the number of its member."""
    index = next((m for m in members if m.name in (b"/", b"/SYM64/")), None)
    if index is None or not index.contents:
        return b"", []
    number = {member.offset: i for i, member in enumerate(members)}
    word = "I" if index.name == b"/" else "Q"
    size = struct.calcsize(word)
    (count,) = struct.unpack_from(">" + word, index.contents)
    offsets = struct.unpack_from(f">{count}{word}", index.contents, size)
    names = index.contents[size * (count + 1) :]
    for offset in offsets:
        require(offset in number, f"the index points to {offset:#x}, no member")
    return names, [number[offset] for offset in offsets]


def compare_archives(before, after, suffix, slots):
    old, new = read_archive(before), read_archive(after)
    require(len(old) == len(new), "the number of members changed")
    require(read_index(old) == read_index(new), "the symbol index changed")
    total = Counts()
    for a, b in zip(old, new):
        try:
            require(a.name == b.name, "the name changed to", b.name)
            # All of the header but the size.
            require(a.header[:48] == b.header[:48], "the header changed")
            if a.name == b"//":
                require(a.contents == b.contents, "the long names changed")
            elif a.name not in (b"/", b"/SYM64/"):
                total += compare_objects(a.contents, b.contents, suffix, slots)
        except Mismatch as e:
            raise Mismatch(f"({a.name.decode()}): {e}") from e
    return total


def compare(before, after, suffix, slots):
    archive = before[:8] == b"!<arch>\n"
    return (compare_archives if archive else compare_objects)(
        before, after, suffix, slots
    )
