"""Bastian's tables of 2001 beside today's, for the page."""

from papers import plot
from papers.tables import ARM_TITLES, count, interval, millions, table


def classes(page):
    if not page.data.sizes("x86-64", "Qt"):
        return
    page.add("## Bastian's table 5: the number of classes")
    page.add(
        "Relocations are those that name a symbol and cannot be lazy: look-ups, and "
        "those that the cache saved, which did not exist in 2001. The library is the default one."
    )
    old = {row[0]: row[1:] for row in page.old["classes"]["rows"]}
    head = ["N", "2001", "s", "i386", "look-ups", "ms", "x86-64", "look-ups", "ms"]
    sizes = sorted({*old, *page.data.sizes("x86-64", "Qt")})
    body = []
    for n in sizes:
        row = [n, *([count(old[n][0]), f"{old[n][1]:.2f}"] if n in old else ["", ""])]
        for arch in "i386", "x86-64":
            r = page.data.get(arch, "Qt", "default", n)
            row += (
                [count(r["lookups"] + r["cached"]), count(r["lookups"]), interval("ms")(r)]
                if r
                else [""] * 3
            )
        body.append(row)
    page.add(table(head, body))
    lines = [plot.Line("2001, Qt 2", [(n, old[n][0]) for n in sorted(old)])]
    for name, keys in ("relocations", ("lookups", "cached")), ("look-ups", ("lookups",)):
        points = [
            (n, sum(r[key] for key in keys))
            for n in page.data.sizes("x86-64", "Qt")
            if (r := page.data.get("x86-64", "Qt", "default", n))
        ]
        lines.append(plot.Line(f"today, {name}", points, name == "look-ups"))
    title = "Symbolic relocations before main, table 5"
    svg = plot.lines(title, "N, classes derived from QWidget", "relocations", lines)
    page.plot("bastian-classes.svg", svg, "Relocations over N, 2001 and today")


def libraries(page):
    records = page.data.raw["libraries"]
    if not records:
        return
    page.add("## Bastian's tables 3 and 4: the libraries of KDE")
    some = records[0]
    page.add(
        "An empty program, linked with more and more of KDE; each row includes those "
        f"above. Today: Qt 5, KDE Frameworks 5; {some['BIND_NOW']} of the "
        f"{some['libraries']} libraries of the last row are BIND_NOW, which the paper's "
        "were not. In a rewritten closure all libraries are rewritten that can be; the "
        "last arm also makes BIND_NOW libraries lazy (`--override-bind-now --lazy=all`)."
    )
    get = {(r["step"], r["arm"], r["bind"]): r for r in records}
    old = {row[0]: row[1:] for row in page.old["libraries"]["rows"]}

    def total(record):
        return count(record["lookups"] + record["cached"])

    head = ["", "2001, lazy", "s", "today", "look-ups", "ms"]
    head += ["2001, at once", "s", "today", "look-ups", "ms"]
    body = []
    for step, row in old.items():
        cells = [step]
        for bind, at in ("lazy", 0), ("now", 2):
            r = get[step, "default", bind]
            cells += [count(row[at]), f"{row[at + 1]:.2f}", total(r)]
            cells += [count(r["lookups"]), interval("ms")(r)]
        body.append(cells)
    page.add(table(head, body))
    arms = ["default", "relay", "lazy", "lazy, all"]
    for title, cell in (
        ("Look-ups, lazily", lambda r: count(r["lookups"])),
        ("M instructions in ld.so, lazily", millions),
        ("Time, ratio to default, lazily", interval("ratio")),
        ("Pages of files that the process has changed", lambda r: count(r["pages"])),
    ):
        body = [[step, *(cell(get[step, arm, "lazy"]) for arm in arms)] for step in old]
        if "Pages" in title:
            for row in body:
                row.insert(1, old[row[0]][4])
        names = [ARM_TITLES[arm] for arm in arms]
        page.add(f"{title}:")
        page.add(table(["", *["2001"] * ("Pages" in title), *names], body))
    if "instructions" in some:
        rows = [
            (f"{step}, {ARM_TITLES[arm]}", r["instructions"][0] / 1e6, millions(r), i)
            for step in ("Qt", "kdeui", "kspell")
            for i, arm in enumerate(arms)
            if (r := get[step, arm, "lazy"])
        ]
        svg = plot.bars("Work of ld.so for KDE's libraries", "M instructions", rows)
        page.plot("libraries.svg", svg, "Instructions in ld.so for KDE's libraries")
