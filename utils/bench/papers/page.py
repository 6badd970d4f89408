"""Makes docs/paper.md and its plots from the measured data alone: the same data
gives the same bytes, so a test can compare."""

import json
import sys
from pathlib import Path

from papers import bastian, plot, reading
from papers.tables import ARM_TITLES, Data, count, interval, millions, table

HOW = """
# The papers' experiments, repeated

Waldo Bastian found in 2001 why KDE started slowly, and Léon Bottou and John Ryland
measured in 2002 what can be done about it. This page repeats their tables on a
system of today, with old and new numbers side by side. `utils/bench/paper` measures
and writes [data.json](paper/data.json); `--render` makes this page and its plots
from that file.
"""
TERMS = """
*Look-ups* are symbols that ld.so searched for before `main`; *from cache* are those
that it saved because the previous relocation named the same symbol
(`LD_DEBUG=statistics`). *Instructions* are counted by callgrind. A *time* is from
the start of the process to its end, for a program with an empty `main`: the median
of {runs} runs, with an interval of 95 % (order statistics). All programs of one
size take turns, in another order each turn. A *ratio* to the default library is
taken within each turn; the default library runs twice in each turn, which shows the
ratio of equal programs. Other work was running on the machine, so compare ratios
rather than the milliseconds of different rows, and instructions rather than ratios.

The test libraries are those of the papers: N classes that derive from `QWidget` and
override one function. *Widget* is the project's own base class, shaped as Qt 3's
`QWidget` was (120 slots). Relays and lazy stubs are made in the object, as in the
paper; on i386 lazy stubs are made in the finished library. Unless stated otherwise,
libraries are linked by GNU ld with `-z lazy`.
"""
PAPER_ARMS = ["nocombreloc", "default", "relay, nocombreloc", "relay"]
LAZY_ARMS = ["default", "lazy", "Qt lazy", "Qt lazy, lazy"]
KINDS = "symbolic", "GLOB_DAT", "JUMP_SLOT", "RELATIVE"
SETS = [("i386", "Widget"), ("i386", "Qt"), ("x86-64", "Widget"), ("x86-64", "Qt")]


def first_million(values):
    return (values[0] / 1e6,)


def kinds(record):
    return " / ".join(count(record[kind]) for kind in KINDS)


class Page:
    def __init__(self, data, old):
        self.data, self.old = data, old
        self.parts, self.plots = [], {}

    def add(self, text):
        self.parts.append(text.strip() + "\n")

    def plot(self, name, svg, alt):
        self.plots[name] = svg
        self.add(f"![{alt}](paper/{name})")

    def machine(self):
        versions = self.data.raw["versions"]
        self.add(
            f"The machine: {versions['machine']}, {versions['memory']}, "
            f"{versions['kernel']}; i386 programs run {versions['i386']}. {versions['compiler']}; "
            f"{versions['linker']}; {versions.get('valgrind', 'no valgrind')}."
        )
        if self.data.raw["left out"]:
            left = "; ".join(f"{what} ({why})" for what, why in self.data.raw["left out"])
            self.add(f"Not measured: {left}.")
        if versions["i386"] != "natively":
            self.add("Times and instructions of i386 are left out: they would be the emulator's.")

    def relocations(self):
        self.add("## Relocations of testclassN.so")
        self.add(
            "Paper, section 5: symbolic (`R_386_32`, `R_X86_64_64`) / `GLOB_DAT` / "
            "`JUMP_SLOT` / `RELATIVE`. The paper is about i386 and Qt 3. The words of its "
            "relays were `R_386_32`; today they are `GLOB_DAT` and in RELRO."
        )
        old = self.old["relocations"]["arms"]
        sets = [s for s in SETS if self.data.sizes(*s)]
        for arm, rows in old.items():
            by_size = {row[0]: row[1:] for row in rows}
            sizes = sorted({n for s in sets for n in self.data.sizes(*s)})
            head = ["N", "paper", *(f"{base}, {arch}" for arch, base in sets)]
            body = []
            for n in sizes:
                before = " / ".join(map(count, by_size[n])) if n in by_size else ""
                found = [self.data.get(arch, base, arm, n) for arch, base in sets]
                body.append([n, before, *(kinds(r) if r else "" for r in found)])
            self.add(f"### {ARM_TITLES[arm]}")
            self.add(table(head, body))
        self.relocation_plot(old)
        if self.data.raw["qt"]:
            self.add("### Qt itself")
            before = [[*row[:1], "", *map(count, row[1:])] for row in self.old["qt"]["rows"]]
            now = [
                [r["rewrite"] or "default", f"{r['library']}, {r['arch']}"]
                + [count(r[kind]) for kind in KINDS]
                for r in self.data.raw["qt"]
            ]
            for row in before:
                row[1] = "Qt 3.0.3, i386 (paper)"
            head = ["", "library", *KINDS]
            self.add(table(head, before + now))

    def relocation_plot(self, old):
        arch, base = "i386", "Widget"
        sizes = self.data.sizes(arch, base)
        if not sizes:
            return
        lines = []
        for arm, rows in old.items():
            points = [(row[0], row[1] + row[2]) for row in rows]
            lines.append(plot.Line(f"2002, {ARM_TITLES[arm]}", points, True))
            found = [self.data.get(arch, base, arm, n) for n in sizes]
            points = [(r["n"], r["symbolic"] + r["GLOB_DAT"]) for r in found]
            lines.append(plot.Line(f"today, {ARM_TITLES[arm]}", points))
        title = "R_386_32 and GLOB_DAT of testclassN.so, Widget: looked up before main"
        label = "relocations, logarithmic"
        svg = plot.lines(title, "N, classes", label, lines, log_y=True)
        self.plot("relocations.svg", svg, "Symbolic relocations over N, 2002 and today")

    def times(self, title, key, arms, text):
        """A table of the paper's with times, and today's beside it."""
        sets = [s for s in SETS if s[1] == "Qt" and self.data.get(*s, arms[0], None)]
        if not sets:
            return
        self.add(f"## {title}")
        self.add(text)
        old = self.old[key]
        head = ["N", *(ARM_TITLES[arm] for arm in arms)]
        self.add("Paper, ms (i386, 600 MHz, Qt 3):")
        self.add(table(head, old["rows"]))
        for arch, base in sets:
            for unit, cell in ("ms", interval("ms")), ("M instructions in ld.so", millions):
                body = [
                    [n, *(cell(self.data.get(arch, base, arm, n)) for arm in arms)]
                    for n in self.data.sizes(arch, base)
                ]
                if any("".join(map(str, row[1:])) for row in body):
                    self.add(f"Today, {arch}, {unit}:")
                    self.add(table(head, body))
                    if unit == "ms":
                        self.noise(arch, base)

    def noise(self, arch, base):
        """What equal things look like."""
        records = [
            self.data.get(arch, base, "default", n) for n in self.data.sizes(arch, base)
        ]
        medians = [r["again ratio"][0] for r in records if "again ratio" in r]
        self.add(
            "The default library against itself, in the same turns, has medians from "
            f"{min(medians):.2f} to {max(medians):.2f} of the time. Smaller differences "
            "cannot be told from noise here."
        )

    def line_plots(self):
        """The paper's times and today's cost, over the number of classes."""
        for name, key in ("relays", "times of relays"), ("lazy", "times of lazy stubs"):
            quote = self.old[key]
            lines = [
                plot.Line(ARM_TITLES[arm], [(row[0], row[i]) for row in quote["rows"]], "no" in arm)
                for i, arm in enumerate(quote["head"][1:], 1)
            ]
            title = "2002: start of a program with testclassN.so"
            svg = plot.lines(title, "N, classes derived from QWidget", "ms", lines)
            self.plot(f"paper-{name}.svg", svg, f"The paper's start-up times over N, {name}")
        arms = [*PAPER_ARMS, "lazy", "Qt lazy, lazy"]
        for arch in "i386", "x86-64":
            sizes = self.data.sizes(arch, "Qt")
            for key, name, y_label, convert in (
                ("instructions", "work", "M instructions in ld.so", first_million),
                ("ratio", "times", "time, ratio to the default library", tuple),
            ):
                lines = []
                for arm in arms:
                    # The default's ratio to itself is shown by its second run.
                    again = key == "ratio" and arm == "default"
                    wanted = "again ratio" if again else key
                    points = [
                        (n, *convert(record[wanted]))
                        for n in sizes
                        if wanted in (record := self.data.get(arch, "Qt", arm, n) or {})
                    ]
                    title = ARM_TITLES[arm] + ", once more" * again
                    if points:
                        lines.append(plot.Line(title, points, "no" in arm))
                if lines:
                    title = f"Today, {arch}: start of a program with testclassN.so"
                    svg = plot.lines(title, "N, classes derived from QWidget", y_label, lines)
                    self.plot(f"{name}-{arch}.svg", svg, f"{y_label} over N, {arch}")

    def arms_today(self):
        self.add("## The arms of today")
        for arch, base in SETS:
            sizes = self.data.sizes(arch, base)
            if not sizes:
                continue
            n = max(sizes)
            for bind in "lazy", "now":
                records = self.data.all(arch, base, n, bind)
                if not records:
                    continue
                self.add(f"### {base}, {arch}, N = {n}, `-z {bind}`")
                head = ["", "look-ups", "from cache", "relative", "M instr. in ld.so"]
                head += ["in all", "ms", "ratio", "stripped, B", "tables, B"]
                body = []
                for r in records:
                    body.append(
                        [ARM_TITLES[r["arm"]]]
                        + [count(r[k]) for k in ("lookups", "cached", "relative")]
                        + [millions(r), millions(r, 1)]
                        + [interval("ms")(r), interval("ratio")(r)]
                        + [count(r["bytes"]), count(r["tables"])]
                    )
                    if "again" in r:
                        again = [interval(k)(r) for k in ("again", "again ratio")]
                        body.append(["default, once more", *[""] * 5, *again, "", ""])
                self.add(table(head, body))
        self.arm_bars()

    def arm_bars(self):
        arch, base = "x86-64", "Qt"
        if not self.data.sizes(arch, base):
            return
        n = max(self.data.sizes(arch, base))
        records = self.data.all(arch, base, n, "lazy")
        if all("instructions" in r for r in records):
            rows = [
                (ARM_TITLES[r["arm"]], r["instructions"][0] / 1e6, millions(r), 1)
                for r in records
            ]
            svg = plot.bars(f"Work of ld.so, N = {n}, x86-64", "M instructions", rows)
            self.plot("arms-instructions.svg", svg, "Instructions in ld.so for each arm")
        rows = [
            (ARM_TITLES[r["arm"]], r["bytes"] / 1e3, f"{r['bytes'] / 1e3:,.0f}", 3)
            for r in records
            if not r["arm"].startswith("Qt")
        ]
        svg = plot.bars(f"Size of testclass{n}.so, stripped, x86-64", "kB", rows)
        self.plot("arms-bytes.svg", svg, "Bytes of the test library for each arm")

    def musl(self):
        sizes = self.data.sizes("x86-64", "bare musl")
        if not sizes:
            return
        self.add("## musl beside glibc")
        self.add(
            "Widget without RTTI and without a C++ library, one object linked against "
            "both. musl does not cache the previous look-up, and binds all words at load time."
        )
        arms = ["nocombreloc", "default", "relay, nocombreloc", "relay", "lazy"]
        head = ["N", "libc", *(ARM_TITLES[arm] for arm in arms)]
        for unit, cell in (
            ("Ratio of time to the default library", interval("ratio")),
            ("M instructions in all", lambda r: millions(r, 1)),
        ):
            body = [
                [n, libc, *(cell(self.data.get("x86-64", f"bare {libc}", a, n)) for a in arms)]
                for n in sizes
                for libc in ("glibc", "musl")
            ]
            if any(cell for row in body for cell in row[2:]):
                self.add(f"{unit}:")
                self.add(table(head, body))
        lines = [
            plot.Line(f"{libc}, {ARM_TITLES[arm]}", points, libc == "musl")
            for libc in ("glibc", "musl")
            for arm in ("default", "relay", "lazy")
            if (
                points := [
                    (n, r["instructions"][1] / 1e6)
                    for n in sizes
                    if "instructions" in (r := self.data.get("x86-64", f"bare {libc}", arm, n))
                ]
            )
        ]
        if lines:
            title = "musl and glibc: start of a program with testclassN.so"
            label = "M instructions in all, logarithmic"
            svg = plot.lines(title, "N, classes derived from Widget", label, lines, log_y=True)
            self.plot("musl.svg", svg, "Instructions with musl and glibc over N")

    def quoted(self):
        self.add("## Whole programs, and prelink's successors: quoted, not measured")
        for key in "konqueror", "konqueror today", "prelink's successors":
            quote = self.old[key]
            self.add(f"From {self.old['sources'][quote['source']]}:")
            self.add(
                table(
                    quote["head"],
                    [[count(v) if isinstance(v, int) else v for v in r] for r in quote["rows"]],
                )
            )
        self.add(
            "Pre-relocated means that a library is laid out for one address and has its "
            "relative relocations applied in the file, as prelink did, but without prelink's "
            "binding of symbols."
        )

    def make(self):
        self.add(HOW)
        self.machine()
        self.add(TERMS.format(runs=self.data.raw["runs"]))
        if text := reading.read(self.data, self.old):
            self.add(text)
        self.relocations()
        self.times(
            "Relays and combreloc",
            "times of relays",
            PAPER_ARMS,
            "Paper, section 4.3: do relays save what sorted relocations and the loader's "
            "cache of one look-up save, too?",
        )
        self.times(
            "Lazy stubs, in Qt and in the test library",
            "times of lazy stubs",
            LAZY_ARMS,
            "Paper, section 5. Today's Qt is Debian's, whose three libraries were rewritten "
            "as finished images.",
        )
        if self.data.sizes("x86-64", "Qt"):
            self.line_plots()
        self.arms_today()
        self.musl()
        bastian.classes(self)
        bastian.libraries(self)
        self.quoted()
        files = {"paper.md": "\n".join(self.parts)}
        return files | {f"paper/{name}": svg for name, svg in self.plots.items()}


def render(source, out, check):
    """Writes the page, or says which of its files are not as they should be."""
    here = Path(__file__).resolve().parent
    old = json.loads((here / "old.json").read_text())
    files = Page(Data(json.loads(source.read_text())), old).make()
    stale = []
    for name, content in files.items():
        path = out / name
        if check:
            old_text = path.read_text() if path.exists() else ""
            # Another version of Matplotlib draws the same data with other bytes.
            is_known = name.endswith(".md") or not old_text or plot.is_ours(old_text)
            if is_known and old_text != content:
                stale.append(name)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    if check:
        plots = {str(path.relative_to(out)) for path in (out / "paper").glob("*.svg")}
        stale += sorted(plots - set(files))
    for name in stale:
        print(f"paper: error: {out / name} is not what the data gives: --render", file=sys.stderr)
    return bool(stale)
