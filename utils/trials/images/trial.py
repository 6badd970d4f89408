"""One image, rewritten in each mode, and what must be true of the results."""

import difflib
import functools
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from common import image
from common.readers import complaints
from images import answers
from images.results import FAILED, NOTHING, REFUSED, REWRITTEN

MODES = {
    "relay": ["objprelink1"],
    "lazy": ["objprelink2"],
    "all": ["objprelink2", "--override-bind-now", "--lazy=all"],
}
MODES |= {f"{k}+pack": [*v, "--pack-relative-relocs"] for k, v in MODES.items()}
SECONDS = 300
ONLY_TABLES = "is executable but contains no executable sections"
LOADER = "/lib64/ld-linux-x86-64.so.2"


class Failure(Exception):
    pass


def call(*command, **options):
    """Status (a negative one is a signal), stdout and stderr of a command."""
    command = [str(part) for part in command]
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=SECONDS,
            **options,
        )
    except subprocess.TimeoutExpired:
        return "no end", "", ""
    texts = (t.decode(errors="replace") for t in (done.stdout, done.stderr))
    return done.returncode, *texts


def same(one, two):
    return call("cmp", "-s", one, two)[0] == 0


def difference(old, new):
    """Lines that only one of two texts has."""
    lines = difflib.ndiff(old.splitlines(), new.splitlines())
    changed = [line.strip() for line in lines if line[0] in "+-"]
    return "; ".join(changed)[:600]


class Trial:
    """All modes on one image, in a process of its own."""

    def __init__(self, args, path):
        self.args, self.path = args, path
        self.original = image.Image(path)
        self.folder = Path(tempfile.mkdtemp(dir=args.work))
        # Readers name the file: both arms get the same name.
        self.old = self.folder / "old" / "image"
        self.old.parent.mkdir()
        shutil.copy(path, self.old)
        self.old.chmod(0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)

    @functools.cached_property
    def old_complaints(self):
        return complaints(self.old)

    @functools.cached_property
    def old_load(self):
        return self.load(self.old)

    @functools.cached_property
    def questions(self):
        """A file of what the image is asked, or nothing."""
        # A program cannot be opened by another.
        if self.original.is_executable:
            return None
        asked = list(answers.questions(self.original))
        if not asked:
            return None
        file = self.folder / "questions"
        file.write_text("".join(f"{k} {name} {size}\n" for k, name, size in asked))
        return file

    @functools.cached_property
    def old_answers(self):
        return self.ask(self.old)

    def ask(self, file):
        """What an image at the original's path answers."""
        real = os.path.realpath(self.path)
        listing = self.cover(file, real)
        command = [self.args.enter, listing, self.args.ask, real, self.questions]
        return answers.run(command, env=self.args.environment, cwd=self.folder)

    def cover(self, file, path):
        listing = self.folder / "list"
        listing.write_text(f"{file}\n{path}\n")
        return listing

    def load(self, file):
        """What ld.so makes of a file that lies at the image's path."""
        real = os.path.realpath(self.path)
        listing = self.cover(file, real)
        settings = ["env", "LD_BIND_NOW=1", "LD_WARN=1"]
        trace = [*settings, "LD_TRACE_LOADED_OBJECTS=1"]
        if self.original.is_executable:
            return self.lines_of_loader(listing, *trace, real)
        said = self.lines_of_loader(listing, *settings, self.args.load, real)
        if "undefined symbol: " not in said:
            return said
        # dlopen stops at the first, and the first is another in another order.
        return self.lines_of_loader(listing, *trace, LOADER, real)

    def lines_of_loader(self, listing, *command):
        """The status and what is said, without order, addresses and repetition."""
        status, out, err = call(
            self.args.enter, listing, *command, env=self.args.environment,
            cwd=self.folder,
        )  # fmt: skip
        if status == 125 and "enter: " in err:
            raise Failure(err.strip())
        text = re.sub(r"0x[0-9a-f]+", "0x", out + err)
        return "\n".join([f"status {status}", *sorted(set(text.splitlines()))])

    def tool(self, name, *arguments):
        return call(self.args.tools / name, *arguments)

    def rewrite(self, mode):
        """(state, reason, facts) of a mode."""
        name, *options = MODES[mode]
        new = self.folder / "new" / "image"
        new.parent.mkdir()
        status, out, err = self.tool(name, *options, self.old, "-o", new)
        said = (out + err).strip()
        last = said.splitlines()[-1] if said else "without a word"
        for path in self.old, new:
            last = last.replace(str(path), "FILE")
        last = re.sub(r"^\S+: (?:(?:error|note|remark|warning): )?(?:FILE:? )*", "", last)
        if status == 1 and "internal error" not in said:
            if new.exists():
                raise Failure(f"refused, but there is a result: {last}")
            return REFUSED, last, {}
        if status:
            raise Failure(f"status {status}: {last if status == 1 else said[-1000:]}")
        if same(self.old, new):
            return NOTHING, last, {}
        if new.stat().st_mode != self.old.stat().st_mode:
            raise Failure("the result has another mode than the original")
        self.check(name, options, new)
        result, facts = image.Image(new), {}
        if not self.original.has_text_relocations:
            self.check_places(result)
        note = result.note()
        if not note:
            raise Failure("there is no note in the result")
        facts["slots"] = note.get("slots", 0)
        facts["functions"] = note.get("functions", 0)
        facts["answers"] = len(self.old_answers) if self.questions else 0
        for i, (path, data) in enumerate(((self.old, self.original), (new, result))):
            facts[f"bytes{i}"] = path.stat().st_size
            facts[f"tables{i}"] = data.table_bytes
        return REWRITTEN, "", facts

    def check(self, name, options, new):
        status, out, err = self.tool(name, "--verify", self.old, new)
        if status:
            raise Failure(f"--verify: status {status}: {(out + err).strip()[-1000:]}")
        self.check_behaviour(new)
        if not self.args.quick:
            self.check_others(name, options, new)

    def check_behaviour(self, new):
        load = self.load(new)
        if load != self.old_load:
            raise Failure(f"loaded differently: {difference(self.old_load, load)}")
        if not self.questions:
            return
        old, now = self.old_answers, self.ask(new)
        if old == now:
            return
        # What changes from one run to the next is no difference.
        if other := answers.difference(old, self.ask(self.old), now):
            names = ", ".join(sorted({line.split()[1] for line in other}))
            raise Failure(f"answers differently: {names[:200]} | {'; '.join(other)[:800]}")

    def check_others(self, name, options, new):
        """What the tool itself and readers of ELF files make of a result."""
        second = self.folder / "second"
        status, out, err = self.tool(name, *options, new, "-o", second)
        if status:
            raise Failure(f"a second run: status {status}: {(out + err).strip()}")
        if not same(new, second):
            raise Failure("a second run changes the file")
        second.unlink()
        status, out, err = self.tool(name, "--undo", new, "-o", second)
        if status:
            raise Failure(f"--undo: status {status}: {(out + err).strip()}")
        if not same(self.old, second):
            raise Failure("--undo does not give back the original")
        second.unlink()
        more = complaints(new) - self.old_complaints
        if self.is_split(image.Image(new)):
            more = {line for line in more if ONLY_TABLES not in line}
        if more:
            raise Failure("new complaints: " + "; ".join(sorted(more))[:1000])

    def is_split(self, data):
        """Whether a segment with code is in pieces now. Each has its rights, and
        the first one may hold tables only."""
        pieces = [address for kind, _, _, address, *_ in data.segments if kind == image.PT_LOAD]
        return any(
            kind == image.PT_LOAD
            and flags & image.PF_X
            and sum(address <= piece < address + size for piece in pieces) > 1
            for kind, flags, _, address, _, size, _ in self.original.segments
        )

    def check_places(self, data):
        """An image gets no text relocation. eu-elflint is not asked: it knows no
        places, only symbols that it takes for places (readers.NO_COMPLAINT)."""
        places = [place for place, _, _ in data.relocations()]
        for place in [*places, *data.relr()]:
            if not data.is_writable(place):
                raise Failure(f"a relocation's place, {place:#x}, is not writable")

    def run(self, mode):
        try:
            state, reason, facts = self.rewrite(mode)
        except Failure as e:
            state, reason, facts = FAILED, str(e), {}
        shutil.rmtree(self.folder / "new", ignore_errors=True)
        return {"state": state, "reason": reason, "facts": facts}


def try_image(args, path, modes):
    try:
        with Trial(args, path) as trial:
            return [trial.run(mode) for mode in modes]
    except (image.NotAnImage, OSError) as e:
        unread = {"state": FAILED, "reason": f"cannot be tried: {e}", "facts": {}}
        return [unread] * len(modes)
