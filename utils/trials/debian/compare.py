"""What differs between two builds of a source package."""

import collections
import difflib
import json
import re
import subprocess

from common import image
from projects import results

# GNU ld has these in programs that export all, and LLD has them nowhere.
ENDS = re.compile(r"NOTYPE GLOBAL DEFAULT (__bss_start|_edata|_end)$")
# LLD's libraries have PT_PHDR, by which hardening-check tells a program.
LIBRARY = "Position Independent Executable: no, regular shared library (ignored)"
PROGRAM = "Position Independent Executable: yes"
BUILD_ID = re.compile(r"\b[0-9a-f]{2}/[0-9a-f]{38}\b|\b[0-9a-f]{40}\b")
# debdiff's lines of control files in wdiff's format: [-old-] {+new+}.
CHANGED = re.compile(r"\[-.*?-\]|\{\+.*?\+\}")


def readelf(*arguments):
    command = ["readelf", "-W", *map(str, arguments)]
    text = subprocess.run(command, capture_output=True, text=True, errors="replace").stdout
    # STB_GNU_UNIQUE has a name where the header says GNU, which LLD does not.
    return text.replace("<OS specific>: 10", "UNIQUE")


def diff(old, new):
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
    return [line for line in lines if not line.startswith("@@")]


def only(old, new):
    """The lines that one of two outputs has more often, in the manner of diff."""
    old, new = (collections.Counter(BUILD_ID.sub("ID", x) for x in t) for t in (old, new))
    return [*(f"-{line}" for line in sorted((old - new).elements())),
            *(f"+{line}" for line in sorted((new - old).elements()))]  # fmt: skip


class Comparison:
    """Of the arms of one source; what is found goes into a folder of details."""

    def __init__(self, source, old, new, details):
        self.source, self.root, self.arms = source, source.root, (old, new)
        self.details = details
        self.wrong, self.notes = [], []
        source.unpack(old)
        source.unpack(new)
        self.images = [self.find_images(arm) for arm in self.arms]

    def find_images(self, arm):
        """The shared libraries and programs that are shipped, by their paths."""
        files = self.source.result(arm) / "files"
        found = {}
        for path in sorted(files.rglob("*")):
            inside = str(path.relative_to(files))
            if path.is_symlink() or not path.is_file():
                continue
            if made := image.read(path):
                found[inside] = made
        return found

    def place(self, arm, inside):
        return self.source.place(arm, f"files/{inside}")

    def keep(self, name, lines):
        lines = list(lines)
        path = self.details / name
        path.write_text("".join(f"{line}\n" for line in lines))
        return lines

    def judge(self, what, lines):
        """Differences that there should not be; what a cell says of them."""
        if lines:
            self.wrong.append(f"{what}: {len(lines)} differences, e.g. {lines[-1].strip()[:100]}")
        return str(len(lines)) if lines else "same"

    def outputs(self, command):
        """What a command in the system says of each arm, as lines."""
        for arm in self.arms:
            script = ["sh", "-c", f'cd "$1"; {command}', "sh", self.source.place(arm, "")]
            _, text = self.root.run(*script)
            yield text.splitlines()

    def debdiff(self):
        """File lists and control files; sizes are no difference."""
        old, new = ([f"{self.source.place(arm, p.name)}" for p in self.source.debs(arm)]
                    for arm in self.arms)  # fmt: skip
        _, text = self.root.run("debdiff", "--from", *old, "--to", *new)
        self.keep("debdiff", text.splitlines())
        bad = [line for line in text.splitlines() if CHANGED.search(line)
               and not line.startswith("Installed-Size:")]  # fmt: skip
        bad += re.findall(r"(?m)^(?:[-d]r[-rwxs]{8}|lrwxrwxrwx) .*$", text)
        return self.judge("debdiff", bad)

    def control(self):
        """symbols, shlibs, triggers, and scripts: all that makes dependencies."""
        found = []
        for arm in self.arms:
            folder = self.source.result(arm) / "control"
            lines = []
            for path in sorted(folder.glob("*/*")):
                if path.name in ("md5sums", "control"):
                    continue
                name = path.relative_to(folder)
                lines += [f"{name}: {x}" for x in path.read_text(errors="replace").splitlines()]
            found.append(lines)
        return self.judge("symbols and shlibs", self.keep("control.diff", diff(*found)))

    def contents(self):
        """Files other than libraries and programs: flags get into some of them."""
        old, new = (self.source.result(arm) / "files" for arm in self.arms)
        names = [p.relative_to(old) for p in sorted(old.rglob("*"))
                 if p.is_file() and not p.is_symlink()]  # fmt: skip
        bad = [str(name) for name in names
               if str(name) not in self.images[0] and (new / name).is_file()
               and (old / name).read_bytes() != (new / name).read_bytes()]  # fmt: skip
        return self.judge("contents of files", self.keep("contents.diff", bad))

    def lintian(self):
        old, new = self.outputs("lintian --no-cfg --tag-display-limit 0 *.changes")
        return self.judge("lintian", self.keep("lintian.diff", only(old, new)))

    def blhc(self):
        old, new = self.outputs("blhc --debian log")
        return self.judge("blhc", self.keep("blhc.diff", only(old, new)))

    def hardening(self):
        names = " ".join(f"'files/{name}'" for name in self.images[0])
        old, new = self.outputs(f"hardening-check --nocolor {names}")
        for i, (a, b) in enumerate(zip(old, new)):
            if a.strip() == LIBRARY and b.strip() == PROGRAM:
                new[i] = a
        return self.judge("hardening-check", self.keep("hardening.diff", diff(old, new)))

    def dynamic(self, arm, inside):
        """What a library gives and what it needs, and what it refers to. A linker
        may leave out what is not used, so the second is noted and not judged."""
        path = self.source.result(arm) / "files" / inside
        text = readelf("--dynamic", "--dyn-syms", path)
        gives = re.findall(r"\((?:NEEDED|SONAME|RUNPATH|RPATH)\).*", text)
        refers = []
        for line in text.splitlines():
            words = line.split()
            if len(words) < 8 or not re.fullmatch(r"\d+:", words[0]):
                continue
            kind, binding, visibility, section, name = words[3:8]
            if section == "UND":
                refers.append(f"{kind} {binding} {name}")
            else:
                gives.append(f"{kind} {binding} {visibility} {name}")
        gives = [line for line in gives if not ENDS.search(line)]
        return sorted(gives), sorted(refers)

    def symbols(self):
        gives, refers = [], []
        for inside in self.images[0]:
            if inside in self.images[1]:
                (a, x), (b, y) = (self.dynamic(arm, inside) for arm in self.arms)
                gives += [f"{inside}: {line}" for line in only(a, b)]
                refers += [f"{inside}: {line}" for line in only(x, y)]
        self.keep("references.diff", refers)
        if refers:
            self.notes.append(f"{len(refers)} undefined symbols more or fewer, {refers[0]}")
        return self.judge("dynamic symbols", self.keep("symbols.diff", gives))

    def rewritten(self):
        """How many libraries are, of how many; and what the check says of the rest."""
        notes = [made.note() for made in self.images[1].values()]
        done = [note for note in notes if note]
        self.keep("notes.json", [json.dumps(note) for note in done])
        new = self.arms[1]
        status, text = self.root.run("objprelink-report", "--expect-rewritten", self.place(new, ""))
        lines = self.keep("expect-rewritten", text.splitlines())
        # 1: nothing that could be reported on.
        if status not in (0, 1):
            bad = [line for line in lines if "NOT REWRITTEN" in line]
            self.judge("--expect-rewritten", bad or lines)
        return f"{len(done)} of {len(notes)}"

    def figures(self):
        """Look-ups before main and bytes of the libraries that were rewritten."""
        found = []
        for arm, images in zip(self.arms, self.images):
            names = [name for name, made in self.images[1].items() if made.note() and name in images]
            if not names:
                return None
            files = [self.place(arm, name) for name in names]
            _, text = self.root.run("objprelink-report", "--format=json", *files)
            reports = json.loads(text[text.index("{") :])["reports"]
            facts = [report["facts"] for report in reports]
            found.append([sum(f[key] for f in facts) for key in ("look_ups", "bytes", "dirty_pages")])
        return found

    def tests(self):
        """Results of the package's own tests in the logs of the builds."""
        logs = ((self.source.result(arm) / "log").read_text(errors="replace") for arm in self.arms)
        old, new = (results.collect(log, self.source.package.results) for log in logs)
        self.keep("tests.diff", only(map(results.show, old.elements()), map(results.show, new.elements())))
        self.judge("tests", [results.show(key) for key in results.worse(old, new)])
        failing = results.failures(new)
        return f"{sum(new.values())}" + (f", {failing} fail in both" if failing else "")
