"""The data as tables: how to find a record, and how to write its numbers."""

ARM_TITLES = {
    "nocombreloc": "nocombreloc",
    "default": "default",
    "relay, nocombreloc": "objprelink1, nocombreloc",
    "relay": "objprelink1",
    "lazy": "objprelink2",
    "symbolic": "-Bsymbolic-functions",
    "RELR": "RELR",
    "relay, RELR": "objprelink1, RELR",
    "lazy, RELR": "objprelink2, RELR",
    "Qt lazy": "objprelink2: Qt only",
    "Qt relay, relay": "objprelink1: both",
    "Qt lazy, lazy": "objprelink2: both",
    "lazy, all": "objprelink2, all lazy",
}


class Data:
    """Finds records of test libraries."""

    def __init__(self, raw):
        self.raw = raw
        self.by_key = {
            (r["arch"], r["base"], r["arm"], r["n"], r["bind"]): r for r in raw["cases"]
        }

    def sizes(self, arch, base):
        found = {k[3] for k in self.by_key if k[:2] == (arch, base)}
        return sorted(found)

    def get(self, arch, base, arm, n, bind="lazy"):
        """A record or None; without a size, any."""
        if n is None:
            n = next(iter(self.sizes(arch, base)), None)
        return self.by_key.get((arch, base, arm, n, bind))

    def all(self, arch, base, n, bind):
        return [
            r
            for key, r in self.by_key.items()
            if key == (arch, base, r["arm"], n, bind)
        ]


def count(value):
    return f"{value:,}"


def millions(record, which=0):
    """Instructions: those of ld.so, or all."""
    if not record or "instructions" not in record:
        return ""
    return f"{record['instructions'][which] / 1e6:.2f}"


def interval(key):
    """Writes a median and its interval."""

    def write(record):
        if not record or key not in record:
            return ""
        # What is compared with itself needs no interval.
        if record[key] == [1, 1, 1]:
            return "1"
        return "{:.2f} ({:.2f}–{:.2f})".format(*record[key])

    return write


def table(head, rows):
    lines = [head, *([str(cell) for cell in row] for row in rows)]
    lines.insert(1, ["---", *["--:"] * (len(head) - 1)])
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
