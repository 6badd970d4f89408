"""Makes the test libraries of every arm, counts, and measures times last."""

import functools
import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from common import image, ldso
from common.testclass import QT, TestClasses, run
from papers import arms

# The program of the paper and of Bastian's tables: all of it happens before main.
EMPTY = "int main() { return 0; }\n"
KINDS = "symbolic", "GLOB_DAT", "JUMP_SLOT", "RELATIVE"
QT_FOLDER = Path("/usr/lib/x86_64-linux-gnu")
# Libraries bound at once are made of these numbers of classes only.
NOW_SIZES = 1, 50, 500
BARE = {"bare glibc": "gcc", "bare musl": "musl-gcc"}


class Case(NamedTuple):
    """A program to start, and what is known of it."""

    record: dict
    program: Path
    env: dict = {}


def loader_counts(program, **variables):
    """What LD_DEBUG=statistics says of a run."""
    with tempfile.TemporaryDirectory(prefix="statistics-") as folder:
        env = {"LD_DEBUG": "statistics", "LD_DEBUG_OUTPUT": f"{folder}/log"}
        run(program, env=os.environ | env | variables)
        found = ldso.statistics(Path(folder).iterdir())
    names = {"lookups": "look-ups at start", "cached": "from cache"}
    return {key: found[name] for key, name in (names | {"relative": "relative"}).items()}


def image_counts(path):
    found = image.Image(path)
    counts = found.counts()
    return {kind: counts[kind] for kind in KINDS} | {"tables": found.table_bytes}


def rewritten(tools, command, source, out):
    """Runs a tool of ours; the command's first word is its name.

    The result is copied as an original is, because how a file was written shows
    in the page cache and so in how fast it is mapped."""
    name, *options = command
    written = out.with_name(f"{out.name}.written")
    run(tools[name], "-q", *options, source, "-o", written)
    shutil.copy(written, out)
    written.unlink()
    return out


class Base:
    """All cases of one architecture and one base class."""

    def __init__(self, arch, name, folder, tools, root):
        self.arch, self.name, self.tools = arch, name, tools
        self.folder = folder / f"{arch}-{name.replace(' ', '-')}"
        self.folder.mkdir()
        bare = BARE.get(name)
        self.classes = TestClasses(self.folder, arch, name == "Qt", root, bare)
        source = self.folder / "empty.c"
        source.write_text(EMPTY)
        self.main = self.folder / "empty.o"
        run("gcc", *self.classes.cxx[1:], "-c", source, "-o", self.main)

    @functools.cache
    def qt(self, rewrite):
        """A folder with Qt's three libraries, rewritten or as they are, and what
        is known of them."""
        folder = self.folder / ("-".join(["qt", *rewrite]))
        folder.mkdir()
        origin = self.classes.paths[0] if self.arch == "i386" else QT_FOLDER
        for name in QT:
            name = f"lib{name}.so.5"
            if rewrite:
                rewritten(self.tools, rewrite, origin / name, folder / name)
            else:
                shutil.copy(origin / name, folder / name)
        return folder

    def qt_records(self):
        """Relocations of Qt's libraries, before and after."""
        for rewrite in (), arms.RELAY_IMAGE, arms.LAZY_IMAGE:
            for name in QT:
                path = self.qt(rewrite) / f"lib{name}.so.5"
                record = {"arch": self.arch, "library": name}
                record |= {"rewrite": "".join(rewrite), **image_counts(path)}
                yield record | {"bytes": path.stat().st_size}

    def cases(self, count):
        """Programs with a test library of so many classes, for each arm."""
        plain = self.classes.compile_classes(count)
        binds = ["lazy", *["now"] * (count in NOW_SIZES and self.name[:4] != "bare")]
        for bind in binds:
            for arm in arms.arms(self.arch, self.name, bind):
                yield self.case(count, plain, bind, arm)

    def case(self, count, plain, bind, arm):
        folder = self.folder / bind / arm.name.replace(", ", "-").replace(" ", "-")
        folder.mkdir(parents=True, exist_ok=True)
        object, library = plain, folder / f"testclass{count}.so"
        if arm.object:
            object = rewritten(self.tools, arm.object, plain, folder / plain.name)
        out = folder / "linked" / library.name if arm.image else library
        out.parent.mkdir(exist_ok=True)
        self.classes.link([object], out, f"-Wl,-z,{bind}", *arm.link)
        if arm.image:
            rewritten(self.tools, arm.image, out, library)
        paths = [folder, *self.classes.paths]
        if self.name == "Qt":
            paths.insert(1, self.qt(arm.qt))
        # DT_RPATH reaches what the libraries need, too, and wants no environment.
        rpath = f"-Wl,--disable-new-dtags,-rpath,{':'.join(map(str, paths))}"
        link = ["-Wl,--no-as-needed", "-Wl,-z,lazy", rpath]
        program = library.with_suffix("")
        self.classes.link_program(self.main, library, program, *link)
        record = {"arch": self.arch, "base": self.name, "bind": bind}
        record |= {"arm": arm.name, "n": count, **image_counts(library)}
        stripped = folder / "stripped"
        run("strip", library, "-o", stripped)
        record["bytes"] = stripped.stat().st_size
        if self.name != "bare musl":
            record |= loader_counts(program)
        return Case(record, program)

