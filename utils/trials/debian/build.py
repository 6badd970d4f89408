"""A source package, built without and with the sequence."""

import json
import re
import shutil

from debian.root import Failure


class Arm:
    """A way to build: with another linker under ld.objprelink, where one is named."""

    def __init__(self, name, sequence, linker=""):
        self.name, self.sequence, self.linker = name, sequence, linker


class Source:
    """A source package in the system, below /build."""

    def __init__(self, root, package, jobs):
        self.root, self.package, self.jobs = root, package, jobs
        self.inside = f"/build/{package.name}"
        self.folder = root.outside(self.inside)

    def fetch(self):
        """Its sources, and what they need to be built."""
        self.root.apt("build-dep", "--arch-only", "-Pnodoc", self.package.name)
        if not (self.folder / "fetched").exists():
            self.root.shell('mkdir -p "$1"; cd "$1"; apt-get -q source --download-only --only-source "$2"',
                            self.inside, self.package.name)  # fmt: skip
            (self.folder / "fetched").touch()
        self.dsc = sorted(self.folder.glob("*.dsc"))[-1]
        text = self.dsc.read_text()
        self.version = re.search(r"(?m)^Version: (.*)$", text)[1]
        self.has_autopkgtest = bool(re.search(r"(?m)^Testsuite: .*autopkgtest", text))

    def result(self, arm):
        return self.folder / arm.name

    def build(self, arm):
        """Builds the packages of this machine's kind; both arms in one place, since
        places get into what is built."""
        made = self.result(arm)
        if (made / "done").exists():
            return
        tree = self.folder / "tree"
        shutil.rmtree(made, ignore_errors=True)
        shutil.rmtree(tree, ignore_errors=True)
        self.root.shell('mkdir "$1/tree" "$1/$2"; dpkg-source -x "$3" "$1/tree/source"',
                        self.inside, arm.name, f"{self.inside}/{self.dsc.name}")  # fmt: skip
        if arm.sequence:
            control = tree / "source/debian/control"
            text, found = re.subn(r"(?m)^Build-Depends:", "Build-Depends: dh-sequence-objprelink,",
                                  control.read_text(), count=1)  # fmt: skip
            if not found:
                raise Failure(f"{control}: no Build-Depends")
            control.write_text(text)
        env = {"DEB_BUILD_OPTIONS": f"parallel={self.jobs} nodoc {self.package.options}"}
        env["OBJPRELINK_LOG"] = f"{self.inside}/{arm.name}/links.json"
        if arm.linker:
            env["OBJPRELINK_LINKER"] = arm.linker
        script = 'cd "$1"; exec dpkg-buildpackage --sanitize-env -us -uc -B -Pnodoc'
        self.root.shell(script, f"{self.inside}/tree/source", log=made / "log", **env)
        for path in (tree).glob("*.*"):
            if path.is_file():
                path.rename(made / path.name)
        (made / "done").touch()

    def links(self, arm):
        """What ld.objprelink says of its links."""
        log = self.result(arm) / "links.json"
        lines = log.read_text().splitlines() if log.exists() else []
        return [json.loads(line) for line in lines]

    def changes(self, arm):
        return next(self.result(arm).glob("*.changes"))

    def debs(self, arm):
        """The packages, without those of debug symbols."""
        found = sorted(self.result(arm).glob("*.deb"))
        return [p for p in found if "-dbgsym_" not in p.name]

    def unpack(self, arm):
        """What is in them: files, debug symbols apart, and what controls each."""
        made = self.result(arm)
        for name in "files", "debug", "control":
            shutil.rmtree(made / name, ignore_errors=True)
        script = """
mkdir -p files debug control
for deb in *.deb; do
  case $deb in
  *-dbgsym_*) dpkg-deb -x "$deb" debug ;;
  *)
    dpkg-deb -x "$deb" files
    dpkg-deb -e "$deb" "control/${deb%%_*}"
    ;;
  esac
done
"""
        self.root.shell('cd "$1"' + script, self.place(arm, ""))

    def place(self, arm, name):
        return f"{self.inside}/{arm.name}/{name}"
