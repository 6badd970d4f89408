"""What a new user does with programs, one after the other: plan, add, start twice,
check and remove; and what is left behind."""

import json
import re
import shutil
from pathlib import Path
from typing import NamedTuple

from packages.system import Failed, expect

ADDED = "/var/lib/objprelink"
USER = "walker"
HOME = f"/home/{USER}"
SECONDS = 8
# By these names in the user's home.
FILES = {
    "text.html": "<html><body><h1>Starts</h1><p>of one program, and of another.</p></body></html>\n",
    "drawing.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
    '<path d="M4 4h30v30z" fill="#036"/></svg>\n',
    "source.cpp": "struct A { virtual int f(); };\nint A::f() { return 42; }\n",
}


class Program(NamedTuple):
    """A program of Debian, and what it does in its second start: a window that is
    there for some seconds, or a file."""

    name: str
    package: str
    arguments: tuple = ()
    makes: str = ""
    work: str = "shows its window"


PROGRAMS = [
    Program("kate", "kate"),
    Program("dolphin", "dolphin"),
    # Its first page wants OpenGL.
    Program("konqueror", "konqueror", (".",)),
    Program(
        "soffice",
        "libreoffice-writer",
        ("--headless", "--convert-to", "txt:Text", "text.html"),
        "text.txt",
        "converts a text",
    ),
    Program(
        "inkscape",
        "inkscape",
        ("--export-type=png", "--export-filename=drawing.png", "drawing.svg"),
        "drawing.png",
        "draws a picture",
    ),
    Program("clang", "clang", ("-O2", "-c", "source.cpp"), "source.o", "compiles a source"),
]
HEAD = [
    "program", "version", "objects", "look-ups", "private pages", "table, bytes", "second start",
    "left behind",
]  # fmt: skip


def find(names):
    """The programs of that name; any other is taken for one with a window, which is
    in the package of its name."""
    known = {program.name: program for program in PROGRAMS}
    return [known.get(name, Program(name, name)) for name in names]


class Tour:
    """Of one program. Root adds it, and a user who is not root starts it."""

    def __init__(self, system, program):
        self.system, self.program = system, program
        self.stock, self.launcher = f"/usr/bin/{program.name}", f"{ADDED}/bin/{program.name}"

    def tool(self, *arguments):
        said = f"objprelink-program {' '.join(arguments)}"
        return self.system.must("objprelink-program", *arguments, said=said)

    def entry(self, *arguments):
        """What a verb says of the program, in JSON."""
        return json.loads(self.tool(*arguments, "--format=json", self.program.name))[0]

    def version(self, command):
        """What a start with --version says, what of its table, and its look-ups."""
        # "env", since the environment is that of all programs that lead there, too.
        run = lambda value: self.system.run("env", value, command, "--version", user=USER)  # noqa: E731
        status, text = run("OBJPRELINK=debug")
        said = re.findall(r"objprelink-start: (.*)", text)
        rest = [line for line in text.splitlines() if "objprelink-start:" not in line]
        # A script has other programs run, too.
        counts = re.findall(r"  number of relocations: (\d+)", run("LD_DEBUG=statistics")[1])
        return (status, rest), said, sum(map(int, counts))

    def work(self, command):
        """What a start without --version comes to, and what it says of its table."""
        environment = {"OBJPRELINK": "debug", "XDG_CONFIG_HOME": f"{HOME}/config"}
        made = Path(f"{self.system.root}{HOME}/{self.program.makes}")
        arguments = [command, *self.program.arguments]
        if not self.program.makes:
            arguments = ["timeout", "-k", "5", str(SECONDS), "dbus-run-session", "--", *arguments]
        status, text = self.system.run("env", "-C", HOME, *arguments, user=USER, **environment)
        said = re.findall(r"objprelink-start: (.*)", text)
        if not self.program.makes:
            return status == 124, said, text
        result = made.read_bytes() if made.exists() else None
        made.unlink(missing_ok=True)
        return result, said, text

    def pages(self, path):
        """Pages that relocations make private, of the program itself."""
        cache = {"XDG_CACHE_HOME": f"{HOME}/tables", "user": USER}
        self.system.must("objprelink-bind", "-q", path, **cache)
        command = ["objprelink-report", "--against=prebound", "--runs=1", "--format=json"]
        text = self.system.must(*command, "--run", path, "--version", **cache)
        shutil.rmtree(f"{self.system.root}{HOME}/tables")
        report = json.loads(text[text.index("{") :])["reports"][0]
        return [arm["pages_private"] for arm in report["tables"]["counts"]]

    def files(self):
        """All that the system below has not, and all in homes and such by our name."""
        named = (p for p in self.system.upper.rglob("*objprelink*"))
        return {*self.system.changed(), *(f"/{p.relative_to(self.system.upper)}" for p in named)}

    def run(self):
        """A row of the table."""
        program, system = self.program, self.system
        print(f"-- {program.name}", flush=True)
        plain, _, before = self.version(self.stock)
        expected = self.work(self.stock)
        expect(bool(expected[0]), f"{program.name} as it is {program.work}", expected[2])
        there = self.files()
        plan = self.entry("plan")
        print(system.must("objprelink-program", "plan", program.name), end="")
        expect(self.files() == there, "plan writes nothing")
        self.tool("add", program.name)
        entry = self.entry("check")
        expect(entry["current"], "check says that it is up to date")
        text, said, after = self.version(self.launcher)
        expect(text == plain and after < before / 2,
               f"first start: {after:,} look-ups of {before:,}, the same output; {'; '.join(said)}",
               f"{text}\n{plain}")  # fmt: skip
        result, said, text = self.work(self.launcher)
        expect(result == expected[0] and any("table" in line for line in said),
               f"second start: {program.work}, by its table; {'; '.join(said[:2])}", text)  # fmt: skip
        pages = self.pages(entry["program"])
        self.tool("check", program.name)
        self.tool("remove", program.name)
        left = sorted(self.files() - there)
        expect(not left, "nothing is left behind", "\n".join(left))
        _, version = system.run("dpkg-query", "-Wf", "${Version}", program.package)
        return [program.name, version, f"{plan['bound']} of {plan['objects']}",
                f"{before:,} -> {after:,}", " -> ".join(f"{n:,}" for n in pages),
                f"{entry['table_bytes']:,}", program.work, "nothing"]  # fmt: skip


def tour(system, debs, programs):
    """The rows, of the programs that come through. Whatever fails has said so."""
    rows = []
    system.must("apt-get", "install", "-y", "--no-install-recommends", *debs)
    system.must("useradd", "-m", USER)
    for name, text in FILES.items():
        Path(f"{system.root}{HOME}/{name}").write_text(text)
    for program in programs:
        try:
            rows.append(Tour(system, program).run())
        except Failed as failed:
            print(failed, flush=True)
    return rows
