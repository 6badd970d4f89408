#!/usr/bin/env python3
"""Counts the dynamic relocations of testclassN.so after the image pass and
compares them with closed forms in N, which have the shape of the paper's.

usage: closed_forms.py SOURCES OBJPRELINK1 OBJPRELINK2 N...

What g++ and GNU ld make of utils/bench/testclass has 120 slots for each class, against
115 functions that all classes share and 5 of its own. (The paper's had 4 of its
own, its data words were N and not 5N, and its GLOB_DAT 5 + 4N.) None of these
functions has a GOT or PLT word of its own; one that had would be called through
that word and count among neither.

  objprelink2   the data words stay, and so do the 5N slots of functions that the
                image defines itself; JUMP_SLOT + 115, RELATIVE + 115N, and on
                i386 one fixup for each new entry and two for PLT0: RELATIVE + 117
  objprelink1   the page that RELRO begins in has room for W words of relays; for
                each of as many shared functions GLOB_DAT + 1, RELATIVE + N, and
                for no function with one slot
"""

import subprocess
import sys

sys.dont_write_bytecode = True
from common.image import PT_GNU_RELRO, PT_LOAD, Image  # noqa: E402

KINDS = ["symbolic", "GLOB_DAT", "JUMP_SLOT", "RELATIVE", "RELR"]


def forms(n, fixups, room):
    """Each arm's binding of the link, command line and counts. The rooms are
    those of the link's two bindings for new words in RELRO."""
    shared, own = 115, 5 * n
    fixups = shared + 2 if fixups else 0
    data, got, plt = 5 * n + own, 4 + n, 6
    lazy = 3 + shared * n
    pack, override = "--pack-relative-relocs", "--override-bind-now"
    for bind in "lazy", "now":
        yield bind, [], [125 * n, got, plt, 3, 0]
        words = min(shared, room[bind]) if n > 1 else 0
        relays = [(125 - words) * n, got + words, plt]
        yield bind, [1], [*relays, 3 + words * n, 0]
        if bind == "lazy":
            yield bind, [1, pack], [*relays, 0, 3 + words * n]
        else:
            yield bind, [2], [*relays, 3 + words * n, 0]
    yield "lazy", [2], [data, got, plt + shared, lazy + fixups, 0]
    yield "lazy", [2, "--plt=pic"], [data, got, plt + shared, lazy, 0]
    yield "lazy", [2, pack], [data, got, plt + shared, fixups, lazy]
    # What was in the PLT's table is still bound when the image is loaded, and
    # leaves placeholders there,
    late = [data, got + plt, plt + shared, lazy + fixups, 0]
    yield "now", [2, override], late
    # or at the first call too.
    late = [data, got, 2 * plt + shared, lazy + fixups, 0]
    yield "now", [2, override, "--lazy=all"], late


def room(path):
    """How many words there are before RELRO in its first page, and after what
    is before it in the file."""
    image = Image(path)
    relro = image.only(PT_GNU_RELRO)
    before = max(
        s.offset + s.size
        for s in image.segments
        if s.kind == PT_LOAD and s.offset < relro.offset
    )
    return min(relro.address % 4096, relro.offset - before) // image.word


def counts(path):
    image = Image(path)
    found = image.unpacked_counts()
    found["RELR"] = len(list(image.relr()))
    return [found[kind] for kind in KINDS]


def main():
    sources, *tools, sizes = *sys.argv[1:4], sys.argv[4:]
    wrong = False
    for arch in "-m32", "-m64":
        compile = ["g++", arch, "-O2", "-fPIC", "-fuse-ld=bfd", "-I", sources]
        library = [*compile, "-shared", sources + "/Widget.cpp", "-o", "libWidget.so"]
        subprocess.run(library, check=True)
        for n in map(int, sizes):
            generated = subprocess.run([sources + "/generate", str(n)], check=True, stdout=-1)
            with open("t.cpp", "wb") as out:
                out.write(generated.stdout)
                # Packing wants a version of libc.so.6.
                out.write(b"#include <unistd.h>\nint process() { return getpid(); }\n")
            subprocess.run([*compile, "-c", "t.cpp"], check=True)
            link = [*compile, "-shared", "t.o", "libWidget.so", "-Wl,-z,"]
            for bind in "lazy", "now":
                command = [*link[:-1], link[-1] + bind, "-o", bind + ".so"]
                subprocess.run(command, check=True)
            rooms = {bind: room(bind + ".so") for bind in ("lazy", "now")}
            for bind, arm, due in forms(n, arch == "-m32", rooms):
                image = bind + ".so"
                if arm:
                    image = "new.so"
                    command = [tools[arm[0] - 1], "-q", *arm[1:], bind + ".so", "-o", image]
                    subprocess.run(command, check=True)
                if (found := counts(image)) != due:
                    wrong = True
                    print(f"{arch} N={n} -z {bind} {arm}: {KINDS} = {found}, not {due}")
    sys.exit(wrong)


if __name__ == "__main__":
    main()
