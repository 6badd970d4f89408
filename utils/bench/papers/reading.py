"""What the numbers say, in words. The words were written for the data beside the
page; the numbers in them are taken from that data, so that a new measurement shows
where the words have to change."""

import textwrap

from papers.tables import count

NO_BREAK = "\u00a0"
FILL = {"break_long_words": False, "break_on_hyphens": False}

READING = """
## What holds today, and what no longer does

**Holds: the arithmetic.** Relays leave one look-up for each distinct function (a
`GLOB_DAT` now, an `R_386_32` then) and for each word of data of the class; lazy
stubs leave only the words of data. On i386 there are as many fixups as new PLT
entries, and two more, as in 2002. The constants have changed: a class has five
symbolic words of data today (its `type_info`, and the two slots that point to it),
where the paper's compiler had one; and Qt 5's `QWidget` has {qt_slots} slots, where
Qt 3's had 120.

**Holds: combreloc does what relays do.** In 2002 either one reduced the start at N
= 500 from 275 ms to about 100. Today, on x86-64, ld.so executes {nocombreloc} M
instructions without either, {default} M with sorted relocations (now the default of
linkers), {relay_no} M with relays alone, and {relay} M with both. Relays save
{relay_gain} of the instructions of today's default, because they turn words that
the loader's cache served into relative ones, which are cheaper still. The time does
not show it: {relay_ratio} of the default's.

**Holds: only lazy stubs save look-ups.** At N = 500 ld.so looks up
{default_lookups} symbols before `main` with the default library, as many with
relays, and {lazy_lookups} with lazy stubs. Lazy stubs save {lazy_gain} of the
instructions and take {lazy_ratio} of the time. An unchanged library, timed twice,
gives a ratio of {again_ratio}, so such a gain does not show on a busy machine with
all of Qt in the process. With Widget, where the start has less other work,
objprelink2 takes {widget_ratio} of the time at N = 500.

**No longer holds: a rewritten Qt halves the start.** In 2002 it reduced the start
at N = 1 from 93 ms to 47, because libqt-mt had 24,571 symbolic words. Debian's Qt 5
is linked with `-Bsymbolic-functions`: its own virtual functions are relative
relocations already, and {qt_symbolic} symbolic words are left in all three
libraries, {qt_data} of them data. This Qt is not BIND_NOW. With N = 1 and Qt
rewritten by objprelink2, ld.so executes {qt_one} of the instructions, in
{qt_one_ratio} of the time. With N = 500 and both rewritten, it executes {both} of
the instructions ({both_i386} on i386), in {both_ratio} of the time, where the paper
had 0.52. Each rewritten library also costs one or two mappings, whose time is spent
in the kernel and appears in no count of instructions.

**No longer holds: classes are expensive.** In 2001 a relocation cost Bastian 8 µs.
Today an additional symbolic relocation costs {cost} instructions on x86-64, and
{cost_no} without combreloc, counted over the {classes} such relocations between N =
1 and N = 500. The cost of vtables does not show in a library of fewer than a
hundred classes of widgets.

**`-Bsymbolic-functions`** on the test library itself removes the symbolic
relocations of functions that the library defines, and none of inherited functions:
{symbolic_left} of {default_symbolic} are left. Each removed relocation had a
look-up of its own, while inherited functions share theirs, so this saves
{symbolic_gain} of the instructions, nearly as much as relays. For a library like
Qt, which defines the functions that its vtables name, the option is the whole cure.
Programs can then no longer replace these functions.

**RELR** reduces bytes, not time. It packs relative relocations, and the default
library has almost none. After relays or lazy stubs nearly all are relative: the
stripped library has {relay_relr} and {lazy_relr} bytes, against {default_bytes}.
The instructions stay within {relr_change} of those without RELR.

**BIND_NOW** defeats lazy stubs: a test library linked with `-z now` has the same
look-ups with objprelink2 as with objprelink1, and as by default. Today BIND_NOW
itself is the larger cost. With KDE's libraries, most of which have it, lazy vtables
leave {kde_lazy} of ld.so's instructions; if the PLT words are made lazy too,
{kde_all} are left, in {kde_all_ratio} of the time. Bastian's table 2 showed the
same: 0.65 s lazily, 1.17 s bound at once.

**musl** does not cache look-ups, so relays gain there what they gained in 2002
without combreloc: the start takes {musl_relay} of the instructions at N = 500, and
{musl_ratio} of the default's time. Lazy stubs gain no more, because musl binds all
of them at once.

**Dirty pages.** A relocated word makes its page private to the process, whatever
the kind of the relocation. None of the arms therefore reduces the pages of
Bastian's table 4: {pages} with all of KDE's libraries as they are, {pages_lazy}
with lazy vtables. Only pre-relocated pages are shared, as with prelink: with
`--prerelocate` kate's libraries write to 0.73 of that memory, clang-14's to 0.24
([prerelocation.md](prerelocation.md)).
"""


def percent(share):
    return f"{100 * share:.0f}{NO_BREAK}%"


def plain(triple):
    return "{:.2f} ({:.2f}–{:.2f})".format(*triple)


def read(data, old):
    """The text, or nothing where not everything was measured."""
    arch, n = "x86-64", 500

    def qt(arm, size=n, bind="lazy"):
        return data.get(arch, "Qt", arm, size, bind)

    i386 = data.get("i386", "Qt", "Qt lazy, lazy", n)
    widget = data.get(arch, "Widget", "lazy", n)
    needed = [qt("default"), qt("default", 1), i386, widget, data.get(arch, "bare musl", "relay", n)]
    if not all(r and "instructions" in r and "ratio" in r for r in needed):
        return ""
    libraries = {
        r["arm"]: r
        for r in data.raw["libraries"]
        if r["step"] == "kspell" and r["bind"] == "lazy"
    }
    if "ratio" not in libraries.get("default", ()):
        return ""
    default, one = qt("default"), qt("default", 1)

    def loader(record):
        return record["instructions"][0]

    def share(record, base=default, which=0):
        return percent(record["instructions"][which] / base["instructions"][which])

    def gain(record):
        return percent(1 - loader(record) / loader(default))

    def mega(record):
        return f"{loader(record) / 1e6:.1f}"

    def for_one(arm):
        """Instructions for one more symbolic relocation."""
        large, small = qt(arm), qt(arm, 1)
        words = large["symbolic"] - small["symbolic"]
        return (loader(large) - loader(small)) / words

    def qt_words(rewrite):
        found = (r for r in data.raw["qt"] if r["arch"] == arch)
        return count(sum(r["symbolic"] for r in found if r["rewrite"] == rewrite))

    relr = [(qt(f"{a}, RELR"), qt(a)) for a in ("relay", "lazy")]
    relr.append((qt("RELR"), default))
    change = max(abs(loader(r) / loader(base) - 1) for r, base in relr)
    musl, musl_default = (data.get(arch, "bare musl", a, n) for a in ("relay", "default"))
    text = READING.format(
        qt_slots=one["symbolic"] - 5 - 1,
        nocombreloc=mega(qt("nocombreloc")),
        default=mega(default),
        relay_no=mega(qt("relay, nocombreloc")),
        relay=mega(qt("relay")),
        relay_gain=gain(qt("relay")),
        relay_ratio=plain(qt("relay")["ratio"]),
        default_lookups=count(default["lookups"]),
        lazy_lookups=count(qt("lazy")["lookups"]),
        lazy_gain=gain(qt("lazy")),
        lazy_ratio=plain(qt("lazy")["ratio"]),
        again_ratio=plain(default["again ratio"]),
        qt_symbolic=qt_words(""),
        qt_data=qt_words("objprelink2"),
        qt_one=share(qt("Qt lazy", 1), one),
        qt_one_ratio=plain(qt("Qt lazy", 1)["ratio"]),
        both=share(qt("Qt lazy, lazy")),
        both_ratio=plain(qt("Qt lazy, lazy")["ratio"]),
        both_i386=share(i386, data.get("i386", "Qt", "default", n)),
        cost=f"{for_one('default'):.0f}",
        cost_no=f"{for_one('nocombreloc'):.0f}",
        widget_ratio=plain(widget["ratio"]),
        symbolic_gain=gain(qt("symbolic")),
        classes=count(default["symbolic"] - one["symbolic"]),
        symbolic_left=count(qt("symbolic")["symbolic"]),
        default_symbolic=count(default["symbolic"]),
        relay_relr=count(qt("relay, RELR")["bytes"]),
        lazy_relr=count(qt("lazy, RELR")["bytes"]),
        default_bytes=count(default["bytes"]),
        relr_change=f"{100 * change:.1f} %",
        kde_lazy=share(libraries["lazy"], libraries["default"]),
        kde_all=share(libraries["lazy, all"], libraries["default"]),
        kde_all_ratio=plain(libraries["lazy, all"]["ratio"]),
        musl_relay=share(musl, musl_default, 1),
        musl_ratio=plain(musl["ratio"]),
        pages=count(libraries["default"]["pages"]),
        pages_lazy=count(libraries["lazy"]["pages"]),
    )
    text = text.replace("N = ", f"N{NO_BREAK}={NO_BREAK}")
    return "\n\n".join(textwrap.fill(part, 84, **FILL) for part in text.split("\n\n"))
