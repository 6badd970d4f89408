"""Builds the program of some parameters plainly and in each mode, and compares.

What must be true of each image in each mode, and the modes themselves, are
test/Image/matrix.py's.
"""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

from common.image import Image
from Image import matrix
from Property import hierarchy

# What a tool may refuse: links leave few spare entries, lld none.
REFUSALS = re.compile(
    r"no room in the dynamic table: \d+ entries"
    r"|no room for (\d+ )?more program headers: "
    r"|relative relocations cannot be packed: no version of libc.so.6"
)
OBJECT_MODES = [(tool, slots) for tool in (1, 2) for slots in ("undefined", "all")]
LINK_MODES = ["auto", "relay"]


class Build(matrix.Job):
    """One program, in a folder of its own."""

    def __init__(self, args, parameters, only=None):
        self.args, self.link, self.parameters = args, parameters.link(), parameters
        self.where = Path(args.dir) / str(parameters.seed)
        self.only = only  # a mode's name: the others are left out
        self.script = []
        numbers = range(parameters.libraries)
        self.images = [*(f"lib{number}.so" for number in numbers), "main"]

    def driver(self):
        return [
            *shlex.split(self.args.compilers[self.parameters.cxx]),
            "-m64" if self.parameters.arch == "x86-64" else "-m32",
        ]

    def compile(self):
        flags = [f"-O{self.parameters.opt}", "-w", "-c"]
        if self.parameters.has("cf"):
            flags.append("-fcf-protection=full")
        for file, text in hierarchy.sources(self.parameters).items():
            (self.where / file).write_text(text)
        for image in self.images:
            stem = image.split(".")[0]
            kind = "-fPIC" if image != "main" else "-fPIE"
            self.run([*self.driver(), *flags, kind, f"{stem}.cpp", "-o", f"{stem}.o"])

    def linkAll(self, objects, folder, linker=(), env=None):
        """Links the objects of a folder to images in another."""
        p = self.parameters
        flags = [*(linker or [f"-fuse-ld={p.linker}"]), "-Wl,-rpath,$ORIGIN,--no-as-needed"]
        flags.append("-Wl," + ",".join(self.link.flags()))
        for number, image in enumerate(self.images):
            more = ["-pie", "-rdynamic"] if image == "main" else ["-shared", f"-Wl,-soname,{image}"]
            if image != "main":
                more += [f"-Wl,{p.symbolic}"] if p.symbolic else []
                if p.has("versions"):
                    script = f"V{number} {{ global: *; }};\n"
                    (self.where / folder / f"{number}.map").write_text(script)
                    more.append(f"-Wl,--version-script={folder}/{number}.map")
            needed = [f"{folder}/{name}" for name in self.images[:number][::-1]]
            if image == "main" and hierarchy.isLoaded(p):
                needed = needed[1:]
            stem = image.split(".")[0]
            argv = [*self.driver(), *flags, *more, f"{objects}/{stem}.o", *needed]
            self.run([*argv, "-o", f"{folder}/{image}"], env)

    def stripAll(self, folder):
        """Takes the section headers away, once linkers have read those of libraries."""
        for image in self.images if not self.parameters.sections else []:
            self.run(["llvm-strip-22", "--strip-sections", f"{folder}/{image}"])

    def rewrite(self, mode, image, new):
        """Rewrites one image, or copies what may be refused and was."""
        try:
            self.run([self.args.tools[mode.tool - 1], "-q", *mode.flags, image, "-o", new])
        except matrix.Failure as failure:
            if not REFUSALS.search(str(failure)):
                raise
            if (self.where / new).exists():
                raise matrix.Failure(f"{new} was refused, and is there") from failure
            shutil.copy(self.where / image, self.where / new)
            return False
        return True

    def testImages(self, mode, folder, expected):
        tool = self.args.tools[mode.tool - 1]
        for image in self.images:
            new = f"{folder}/{image}"
            if not self.rewrite(mode, image, new):
                continue
            self.run([tool, "--verify", image, new])
            self.check(mode, image, folder)
            self.run([tool, "-q", *mode.flags, new, "-o", f"{folder}/again"])
            self.same(new, f"{folder}/again")
            if not Image(self.where / new).note():
                self.same(image, new)
            elif "--no-undo-record" not in mode.flags and self.parameters.sections:
                self.run([tool, "-q", "--undo", new, "-o", f"{folder}/undone"])
                self.same(image, f"{folder}/undone")
        self.compare(folder, expected)

    def testObjects(self, tool, slots, folder, expected):
        tool = self.args.tools[tool - 1]
        for image in self.images:
            stem = image.split(".")[0]
            self.run([tool, "-q", f"--slots={slots}", f"{stem}.o", "-o", f"{folder}/{stem}.o"])
            again = [tool, "-q", f"--slots={slots}", f"{folder}/{stem}.o"]
            self.run([*again, "-o", f"{folder}/again"])
            self.same(f"{folder}/{stem}.o", f"{folder}/again")
        self.linkAll(folder, folder)
        self.stripAll(folder)
        self.compare(folder, expected)

    def testLinks(self, mode, folder, expected):
        """ld.objprelink: what it links is what it links without the pass, but
        for the plan."""
        linker = [f"-B{self.args.shims}", f"-Wl,--objprelink={mode}"]
        self.linkAll(".", folder, linker)
        plain = f"{folder}/plain"
        (self.where / plain).mkdir()
        self.linkAll(".", plain, linker, {"OBJPRELINK": "0"})
        for image in self.images:
            if Image(self.where / folder / image).note():
                self.run([self.args.tools[0], "--verify", f"{plain}/{image}", f"{folder}/{image}"])
            else:
                self.same(f"{plain}/{image}", f"{folder}/{image}")
        # Links are compared by their sections.
        self.stripAll(folder)
        self.compare(folder, expected)

    def compare(self, folder, expected):
        if self.runProgram(folder) != expected:
            raise matrix.Failure("the output differs")

    def modes(self):
        """name -> what tests it, given a folder and the plain output"""
        for tool, slots in OBJECT_MODES:
            yield f"objprelink{tool} --slots={slots} *.o", lambda *rest, tool=tool, slots=slots: (
                self.testObjects(tool, slots, *rest)
            )
        for mode in LINK_MODES:
            yield f"ld.objprelink --objprelink={mode}", lambda *rest, mode=mode: (
                self.testLinks(mode, *rest)
            )
        for mode in matrix.modesFor(self.link):
            name = " ".join([f"objprelink{mode.tool}", *mode.flags])
            yield name, lambda *rest, mode=mode: self.testImages(mode, *rest)

    def test(self):
        """Returns nothing, or the mode that failed and why."""
        shutil.rmtree(self.where, ignore_errors=True)
        self.where.mkdir(parents=True)
        name = "plain"
        try:
            self.compile()
            self.linkAll(".", ".")
            self.stripAll(".")
            expected = self.runProgram(".")
            if len(set(expected)) != 1:
                raise matrix.Failure("the outputs of the plain program differ")
            for number, (name, run) in enumerate(self.modes()):
                if self.only in (None, name):
                    folder = f"mode{number}"
                    (self.where / folder).mkdir()
                    run(folder, expected)
                    shutil.rmtree(self.where / folder)
        except (matrix.Failure, KeyError, subprocess.TimeoutExpired) as failure:
            (self.where / "reproduce.sh").write_text("\n".join(self.script) + "\n")
            return name, str(failure)
        shutil.rmtree(self.where)
        return None
