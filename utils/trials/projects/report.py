"""What came of all builds, as a table and in words."""

import collections

from common.table import print_table
from projects.trial import CONTROL, NOT, OURS, SAME

HEAD = [
    "project", "version", "built by", "tests", "failing",
    "links", "outputs", "rewritten", "slots", "functions", "refused", "verdict",
]  # fmt: skip
LEFT = "project", "version", "built by", "verdict"


def built_by(row):
    """The compiler, and the linker underneath where it is not ours."""
    return row["variant"] + (f", {row['linker']}" if row["linker"] != "lld" else "")


def cells(row):
    """A line of the table for each mode, the control last."""
    first = [row["project"], row.get("version", ""), built_by(row)]
    if not row["modes"]:
        yield [*first, *[""] * 8, row["verdict"]]
    for mode, made in row["modes"].items():
        links = made["links"]
        by = f"{built_by(row)}, {mode}"
        figures = [links["links"], links["outputs"], links["rewritten"]]
        figures += [links["slots"], links["functions"]]
        figures += [sum(map(len, links["refused"].values()))]
        if mode == "control":
            figures = ["", links["outputs"], *[""] * 4]
        tests = [made["tests"], made["failing"]]
        verdict = row["verdict"] if mode == list(row["modes"])[0] else ""
        yield [*first[:2], by, *tests, *figures, verdict]


def print_report(rows, args):
    print_table(HEAD, [line for row in rows for line in cells(row)], LEFT)
    print()
    for row in rows:
        name = f"{row['project']} {built_by(row)}"
        for line in row["wrong"]:
            print(f"REGRESSION: {name}: {line}")
        for line in row["notes"]:
            print(f"note: {name}: {line}")
        if row["verdict"] == OURS:
            print(f"  its build and logs: {row['folder']}")
            for line in row["commands"]:
                print(f"    {line}")
    count = collections.Counter(row["verdict"] for row in rows)
    text = ", ".join(f"{count[v]} {v}" for v in (SAME, OURS, CONTROL, NOT))
    done = len({row["project"] for row in rows if row["verdict"] == SAME})
    print(f"{len(rows)} builds: {text}; {done} projects with the same results")


def outcome(row):
    """What became of one build, of the first mode."""
    if not row["modes"]:
        return row["verdict"]
    links = next(iter(row["modes"].values()))["links"]
    text = f"{links['rewritten']} of {links['outputs']}, {links['slots']} slots"
    return f"{text}: {row['verdict']}"


def markdown(rows, linkers, said):
    """A table with a column for each linker, and a line of what it was made with."""
    head = ["project", "built by", "tests", *linkers]
    lines = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    table = {}
    for row in rows:
        table.setdefault((row["project"], row["variant"]), {})[row["linker"]] = row
    for (project, variant), by in table.items():
        version = next(filter(None, (row.get("version") for row in by.values())), "")
        counts = [row["modes"]["control"]["tests"] for row in by.values()
                  if "control" in row["modes"]]  # fmt: skip
        tests = " or ".join(str(n) for n in dict.fromkeys(counts))
        made = [outcome(by[name]) if name in by else "" for name in linkers]
        cells = [f"{project} {version}".strip(), variant, tests, *made]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, "", said])
