"""What the tools are asked to do, for a comparison of two builds: each case is a
list of commands on files that both builds are given."""

import os
import re
import subprocess
import zlib
from pathlib import Path
from typing import NamedTuple

from common import image

LLVM = Path("/usr/lib/llvm-22")
LIBRARIES = ["/usr/lib/x86_64-linux-gnu/libstdc++.so.6", "/usr/lib/x86_64-linux-gnu/libc.so.6"]
SYSTEM = ["/usr/lib", "/usr/libexec", "/usr/bin"]
LARGEST = 24 << 20

ALL = ["objprelink2", "--override-bind-now", "--lazy=all"]
PACK = "--pack-relative-relocs"
# The ways to rewrite an image.
IMAGE_MODES = {
    "relay": ["objprelink1"],
    "lazy": ["objprelink2"],
    "relay-v": ["objprelink1", "-v"],
    "lazy-v": ["objprelink2", "-v"],
    "undefined": ["objprelink2", "--slots=undefined", "--no-undo-record"],
    "pic": ["objprelink2", "--plt=pic"],
    "now": ["objprelink2", "--override-bind-now"],
    "all": ALL,
    "all-v": [*ALL, "-v"],
    "overlay": ["objprelink1", "--keep-overlay"],
    "some": ["objprelink2", "--only-slots=2-5,9"],
    "relay+pack": ["objprelink1", PACK],
    "lazy+pack": ["objprelink2", PACK],
    "all+pack": [*ALL, PACK],
    "pack+shrink": ["objprelink1", PACK, "--shrink-file"],
    "pack+keep": ["objprelink2", f"{PACK}=if-possible", "--keep-size"],
}
# What is printed of a plan changes where a plan learns to say more.
PLANS = {"plan": [*ALL, "-n", "-v"], "plan+pack": ["objprelink2", PACK, "-n", "-v"]}
OBJECT_MODES = {
    "relay": ["objprelink1"],
    "lazy": ["objprelink2", "-v"],
    "all": ["objprelink2", "--slots=all", "--stub-unwind-tables"],
    "eax": ["objprelink1", "--i386-scratch=eax", "-n", "-v"],
}
LINKS = {
    "lazy": ["--objprelink-verbose"],
    "relay": ["--objprelink=relay", "-z", "now"],
    "pack": ["-z", "pack-relative-relocs", "--build-id", "-Map=map"],
    "lld-pack": ["--pack-dyn-relocs=relr", "-z", "notext", "--emit-relocs"],
    "android": ["--pack-dyn-relocs=android"],
    "bare": ["-z", "norelro", "-z", "nosectionheader", "-s", "--build-id=sha1"],
    "strict": ["--objprelink-strict", "--discard-all", "-z", "separate-code", "-O2"],
    "large": ["-z", "rodynamic", "-z", "max-page-size=0x200000", "--icf=all"],
}


class Case(NamedTuple):
    name: str
    commands: list
    inputs: dict  # names in the case's folder, and what they are


def number(text):
    return zlib.crc32(text.encode())


def rewrites(name, path, modes):
    for mode, words in modes.items():
        command = [*words, "-o", "out", "in"]
        undo = ["objprelink2", "--undo", "-o", "old", "out"]
        commands = [command] if "-n" in words else [command, undo]
        yield Case(f"{name}: {mode}", commands, {"in": path})


def corpus(args):
    folder = args.root / "test/Fuzz/corpus"
    for path in sorted(folder.glob("*/*")):
        kind = path.parent.name
        modes = OBJECT_MODES if kind in ("archive", "object") else IMAGE_MODES | PLANS
        yield from rewrites(f"corpus: {kind}/{path.name}", path, modes)
        verify = ["objprelink1", "--verify", "in", "in"]
        undo = ["objprelink1", "--undo", "-o", "out", "in"]
        yield Case(f"corpus: {kind}/{path.name}: undo", [verify, undo], {"in": path})


def made(command, path, text=None):
    done = subprocess.run(command, input=text, capture_output=True, text=True)
    return path if not done.returncode and path.exists() else None


def parts(text):
    """The sources in a test: itself, or what split-file makes of it."""
    found = re.split(r"^(?:#|//)-+ (\S+)$", text, flags=re.M)
    if len(found) == 1:
        return {"": text}
    return {n: t for n, t in zip(found[1::2], found[2::2]) if n.endswith((".s", ".cpp"))}


def compile_source(source, text, stem):
    """Objects of a source, by their machine."""
    out = {}
    if source.suffix == ".s":
        for bits, triple in (64, "x86_64-linux-gnu"), (32, "i386-linux-gnu"):
            if f"%mc{bits}" in source.read_text():
                path = stem.with_suffix(f".{bits}.o")
                command = [LLVM / "bin/llvm-mc", "-filetype=obj", f"-triple={triple}"]
                out[bits] = made([*command, "-o", path], path, text)
    else:
        for bits in 64, 32:
            path = stem.with_suffix(f".{bits}.o")
            command = [LLVM / "bin/clang++", f"-m{bits}", "-O1", "-fPIC", "-w", "-c"]
            command += ["-ffile-compilation-dir=.", "-x", "c++", "-", "-o", path]
            out[bits] = made(command, path, text)
    return {bits: path for bits, path in out.items() if path}


def needed(args, bits):
    triple = {64: "x86_64-linux-gnu", 32: "i386-linux-gnu"}[bits]
    stem = args.work / f"needed{bits}"
    made([LLVM / "bin/llvm-mc", "-filetype=obj", f"-triple={triple}", "-o", f"{stem}.o",
          args.root / "test/Inputs/needed.s"], Path(f"{stem}.o"))  # fmt: skip
    link = [LLVM / "bin/ld.lld", "-shared", "-soname", "needed.so", "-o", f"{stem}.so"]
    made([*link, f"{stem}.o"], Path(f"{stem}.so"))
    return f"{stem}.so"


def linkers(bits):
    emulation = ["-m", "elf_x86_64" if bits == 64 else "elf_i386"]
    yield "lld", [LLVM / "bin/ld.lld", *emulation]
    yield "lld-now", [LLVM / "bin/ld.lld", *emulation, "-z", "now", "--hash-style=both"]
    # gold orders strings in another way each time.
    yield "bfd", ["ld.bfd", *emulation, "-z", "lazy"]
    yield "bfd-now", ["ld.bfd", *emulation, "-z", "now", "-z", "relro"]
    yield "mold", ["mold", *emulation]


def links(args):
    libraries = {64: [needed(args, 64), *LIBRARIES], 32: [needed(args, 32)]}
    sources = [p for p in (args.root / "test").glob("*/*") if p.suffix in (".s", ".cpp")]
    for source in sorted(p for p in sources if p.parent.name not in ("Unit", "Inputs")):
        for part, text in parts(source.read_text()).items():
            name = f"{source.parent.name}/{source.name}/{part}".rstrip("/")
            stem = args.work / name.replace("/", "_").replace(".", "_")
            for bits, path in compile_source(source, text, stem).items():
                known = f"links: {name}: {bits}"
                yield from rewrites(known, path, OBJECT_MODES)
                inputs = {"in": path} | {os.path.basename(p): p for p in libraries[bits]}
                for mode, words in LINKS.items():
                    line = ["ld.objprelink", "-shared", *inputs, "-o", "out", *words]
                    line.append("--objprelink-report=report")
                    yield Case(f"{known}: link {mode}", [line], inputs)
                for linker, command in linkers(bits):
                    out = stem.with_suffix(f".{bits}.{linker}.so")
                    line = [*command, "-shared", path, *libraries[bits], "-o", out]
                    if made(line, out):
                        yield from rewrites(f"{known}: {linker}", out, IMAGE_MODES | PLANS)


def archives(args):
    found = sorted((LLVM / "lib").glob("*.a"), key=lambda p: number(p.name))
    for path in [p for p in found if p.stat().st_size < LARGEST][: args.archives]:
        yield from rewrites(f"archives: {path.name}", path, OBJECT_MODES)


def find_images(count):
    """So many images of the system that have symbolic words."""
    paths = set()
    for root in SYSTEM:
        for folder, _, names in os.walk(root):
            paths |= {os.path.realpath(os.path.join(folder, name)) for name in names}
    paths = [p for p in sorted(paths, key=number) if os.path.isfile(p) and "/debug/" not in p]
    found = []
    for path in paths:
        if len(found) == count:
            break
        if os.path.getsize(path) > LARGEST:
            continue
        with open(path, "rb") as file:
            if file.read(4) != b"\x7fELF":
                continue
        known = image.read(path)
        if known and known.dynamic and known.unpacked_counts()["symbolic"]:
            found.append(path)
    return sorted(found)


def images(paths):
    for path in paths:
        yield from rewrites(f"images: {path}", path, IMAGE_MODES | PLANS)


def reports(paths):
    for path in paths:
        line = ["objprelink-report", "--format=json", "-o", "out", "in"]
        yield Case(f"reports: {path}", [line], {"in": path})


def collect(args, known):
    """All cases that were asked for. Those of the system go by what a record
    knows, if there is one."""
    wanted = {"images", "reports"} & set(args.only)
    paths = (known or find_images(args.images)) if wanted else []
    paths = [path for path in paths if os.path.isfile(path)]
    made_by = {
        "corpus": lambda: corpus(args),
        "links": lambda: links(args),
        "archives": lambda: archives(args),
        "images": lambda: images(paths),
        "reports": lambda: reports(paths),
    }
    found = [case for group in args.only for case in made_by[group]()]
    return [case for case in found if number(case.name) % args.quick == 0]


def images_of(cases):
    """The images of the system in some cases."""
    names = (case.name.split(": ") for case in cases)
    return sorted({words[1] for words in names if words[0] in ("images", "reports")})
