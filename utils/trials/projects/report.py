"""What came of all builds, as a table and in words."""

import collections

from common.table import print_table
from projects.trial import CONTROL, NOT, OURS, SAME

HEAD = [
    "project", "version", "built by", "tests", "failing",
    "links", "outputs", "rewritten", "slots", "functions", "refused", "verdict",
]  # fmt: skip
LEFT = "project", "version", "built by", "verdict"


def cells(row):
    """A line of the table for each mode, the control last."""
    first = [row["project"], row.get("version", ""), row["variant"]]
    if not row["modes"]:
        yield [*first, *[""] * 8, row["verdict"]]
    for mode, made in row["modes"].items():
        links = made["links"]
        by = f"{row['variant']}, {mode}"
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
        name = f"{row['project']} {row['variant']}"
        for line in row["wrong"]:
            print(f"REGRESSION: {name}: {line}")
        for line in row["notes"]:
            print(f"note: {name}: {line}")
        if row["verdict"] == OURS:
            folder = f"{args.work}/builds/{row['project']}-{row['variant']}"
            print(f"  its build and logs: {folder}")
            for line in row["commands"]:
                print(f"    {line}")
    count = collections.Counter(row["verdict"] for row in rows)
    text = ", ".join(f"{count[v]} {v}" for v in (SAME, OURS, CONTROL, NOT))
    done = len({row["project"] for row in rows if row["verdict"] == SAME})
    print(f"{len(rows)} builds: {text}; {done} projects with the same results")
