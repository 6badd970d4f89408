#!/usr/bin/env python3
"""Rewrite files and see what other readers of ELF files say of the results.

usage: readers.py OBJPRELINK1 OBJPRELINK2 [--mutants=N] [--seed=N] FILE...
       readers.py OBJPRELINK1 OBJPRELINK2 --same OLD NEW...

Each file, an object, an archive or an image, is rewritten in each mode that
there is for it. Of each result must be true:

  * readelf, llvm-readelf and eu-elflint complain of nothing that they do not
    complain of in the file;
  * --undo gives back the bytes of an image.

A line for each file tells in which modes it was rewritten. With --mutants, N
copies of each file, each with one word of its headers or tables changed, are
tried in its place, each in one mode. A reader that says of such a copy anything
that it does not say of the file is not asked about the result. With --same, each
NEW is a result for OLD that is there already.
"""

import argparse
import random
import struct
import subprocess
import sys
from pathlib import Path

from common.readers import READERS, complaints_of

OBJECT_MODES = {
    "relay": ["objprelink1"],
    "lazy": ["objprelink2"],
    "relay-all": ["objprelink1", "--slots=all"],
    "lazy-all": ["objprelink2", "--slots=all"],
    "unwind": ["objprelink1", "--stub-unwind-tables"],
    "eax": ["objprelink1", "--i386-scratch=eax"],
}
IMAGE_MODES = {
    "relay": ["objprelink1"],
    "lazy": ["objprelink2"],
    "pic": ["objprelink2", "--plt=pic"],
    "all": ["objprelink2", "--override-bind-now", "--lazy=all"],
}
IMAGE_MODES |= {
    f"{name}+pack": [*mode, "--pack-relative-relocs"]
    for name, mode in IMAGE_MODES.items()
}
ET_DYN = 3
# Symbols, relocations, the hash and dynamic tables, versions.
TYPES_OF_TABLES = {2, 4, 5, 6, 9, 11, 19, 0x6FFFFFF6, 0x6FFFFFFE, 0x6FFFFFFF}
# What a tool that finishes at all needs for such small files, in seconds.
SECONDS = 20


def modes_of(data):
    is_image = data[:4] == b"\x7fELF" and data[16] == ET_DYN
    return IMAGE_MODES if is_image else OBJECT_MODES


class Trial:
    def __init__(self, tools):
        self.tools = {path.name: path for path in tools}
        # Readers name the file: all results have one name.
        self.place = Path("tried")
        self.known, self.failures = {}, []

    def run(self, name, *arguments):
        """Whether a tool succeeds; that it crashes is a failure."""
        command = [self.tools[name], *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS)
        said = done.stdout + done.stderr
        if done.returncode not in (0, 1) or "internal error" in said:
            self.fail(f"{' '.join(arguments)}: status {done.returncode}: {said}")
        return done.returncode == 0

    def fail(self, text):
        self.failures.append(f"{self.label}: {text}")

    def complaints(self, reader, data):
        if (reader, data) not in self.known:
            self.place.write_bytes(data)
            self.known[reader, data] = complaints_of(reader, self.place)
        return self.known[reader, data]

    def rewrite(self, data, mode):
        """What the bytes become in a mode, or nothing."""
        name, *options = mode
        old, new, back = Path("old"), Path("new"), Path("back")
        old.write_bytes(data)
        for path in new, back:
            path.unlink(missing_ok=True)
        if not self.run(name, *options, str(old), "-o", str(new)):
            return None
        result = new.read_bytes()
        if result == data:
            return None
        # The undo record is a section.
        if modes_of(data) is IMAGE_MODES and has_sections(data):
            if not self.run(name, "--undo", str(new), "-o", str(back)):
                self.fail("--undo refuses the result")
            elif back.read_bytes() != data:
                self.fail("--undo does not give back the file")
        return result

    def compare(self, reader, old, new):
        for line in sorted(self.complaints(reader, new) - self.complaints(reader, old)):
            self.fail(f"new: {line}")

    def compare_all(self, old, results):
        for path in results:
            self.label = path.name
            for reader in READERS:
                self.compare(reader, old, path.read_bytes())
            print(f"{path.name}: {'the same' if path.read_bytes() == old else 'rewritten'}")

    def try_file(self, name, data):
        rewritten = []
        for mode, command in modes_of(data).items():
            self.label = f"{name}: {mode}"
            if result := self.rewrite(data, command):
                rewritten.append(mode)
                for reader in READERS:
                    self.compare(reader, data, result)
        print(f"{name}: {' '.join(rewritten)}")

    def try_mutants(self, name, data, count, chance):
        words = list(Tables(data).fields(data))
        modes = modes_of(data)
        rewritten = 0
        for _ in range(count):
            place, width, value, mutant = mutate(data, words, chance)
            mode = chance.choice(list(modes))
            self.label = f"{name}: {width} bytes at {place:#x} = {value:#x}: {mode}"
            # The fastest reader first; most have something against most mutants.
            readers = sorted(READERS, key=lambda reader: reader == "llvm-readelf")
            with_it = [r for r in readers if self.accepts(r, data, mutant)]
            if not with_it:
                continue
            if result := self.rewrite(mutant, modes[mode]):
                rewritten += 1
                for reader in with_it:
                    self.compare(reader, mutant, result)
        self.known.clear()
        print(f"{name}: {rewritten} of {count} mutants rewritten")

    def accepts(self, reader, data, mutant):
        return self.complaints(reader, mutant) == self.complaints(reader, data)


class Tables:
    """Where the tables of an ELF file are."""

    def __init__(self, data):
        wide = data[4] == 2
        self.word = 8 if wide else 4
        self.words = "<QQ" if wide else "<II"
        self.programs, self.sections = struct.unpack_from(
            self.words, data, 32 if wide else 28
        )
        self.header_size = 64 if wide else 52
        self.program_size, self.section_size = (56, 64) if wide else (32, 40)
        self.program_count, _, self.section_count = struct.unpack_from(
            "<HHH", data, self.header_size - 8
        )

    def fields(self, data):
        """(place, width) of what the headers and the tables consist of."""
        # From e_entry on; before it are the file's kind and version.
        half = self.header_size - 12
        yield from ((at, self.word) for at in range(24, 24 + 3 * self.word, self.word))
        yield from ((at, 2) for at in range(half, self.header_size, 2))
        yield from self.words_of(self.programs, self.program_count * self.program_size)
        yield from self.words_of(self.sections, self.section_count * self.section_size)
        for i in range(self.section_count):
            header = self.sections + i * self.section_size
            (kind,) = struct.unpack_from("<I", data, header + 4)
            if kind in TYPES_OF_TABLES:
                place = struct.unpack_from(self.words, data, header + 8 + 2 * self.word)
                yield from self.words_of(*place)

    @staticmethod
    def words_of(begin, size):
        return ((at, 4) for at in range(begin, begin + size - 3, 4))


def has_sections(data):
    return Tables(data).sections != 0


def mutate(data, words, chance):
    place, width = chance.choice(words)
    old = int.from_bytes(data[place : place + width], "little")
    change = chance.randrange(4)
    if change == 0:
        value = old ^ 1 << chance.randrange(8 * width)
    elif change == 1:
        value = old + chance.choice([-8, -4, -1, 1, 4, 8])
    elif change == 2:
        other, size = chance.choice(words)
        value = int.from_bytes(data[other : other + size], "little")
    else:
        value = chance.choice([0, 1, 2, 0x1000, -1])
    value %= 1 << 8 * width
    mutant = data[:place] + value.to_bytes(width, "little") + data[place + width :]
    return place, width, value, mutant


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--mutants", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--same", action="store_true")
    parser.add_argument("files", type=Path, nargs="+")
    args = parser.parse_intermixed_args()
    trial, files = Trial(args.files[:2]), args.files[2:]
    if args.same:
        trial.compare_all(files[0].read_bytes(), files[1:])
        files = []
    for path in files:
        data = path.read_bytes()
        if args.mutants:
            chance = random.Random(f"{args.seed} {path.name}")
            trial.try_mutants(path.name, data, args.mutants, chance)
        else:
            trial.try_file(path.name, data)
    print(*trial.failures, sep="\n", file=sys.stderr)
    sys.exit(bool(trial.failures))


if __name__ == "__main__":
    main()
