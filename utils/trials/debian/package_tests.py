"""The tests that a package has for what is installed: debian/tests."""

import tempfile

SCRIPT = """
dpkg -i "$1"/*.deb >/dev/null 2>&1 || apt-get -qyf install >/dev/null 2>&1
apt-get -q update >/dev/null 2>&1
exec autopkgtest --no-built-binaries --timeout-factor=0.3 --output-dir=/tmp/results "$2" -- null
"""


def declared(source):
    """Whether there are tests that need no build of the whole package."""
    control = source.folder / "tree/source/debian/tests/control"
    return control.exists() and "build-needed" not in control.read_text()


def autopkgtest(comparison):
    """The verdicts of both arms, in the root with the packages installed."""
    source, root = comparison.source, comparison.root
    if not declared(source):
        return ""
    found = []
    for arm in comparison.arms:
        with tempfile.TemporaryDirectory(dir=root.folder.parent) as changes:
            command = ["sh", "-c", SCRIPT, "sh", source.place(arm, ""), f"{source.inside}/{source.dsc.name}"]
            _, text = root.run(*command, user="root", changes=changes, timeout=1800)
        comparison.keep(f"autopkgtest-{arm.name}", text.splitlines())
        _, _, summary = text.rpartition("summary\n")
        found.append([" ".join(line.split()[:2]) for line in summary.splitlines() if line.strip()])
    old, new = found
    comparison.judge("autopkgtest", [line for line in old if line.endswith("PASS") and line not in new])
    return f"{sum(line.endswith('PASS') for line in new)} of {len(new)} pass"
