"""Debian's sources, through apt, without a change to the machine's own apt.

apt is told of another list of sources and another folder for what it fetches;
which mirrors, suites and keys there are is read from the machine's own files, in
which only "deb" becomes "deb-src".
"""

import os
import re
import shutil
import subprocess
from pathlib import Path


class Failure(Exception):
    pass


def configured(name):
    """A path that apt is configured with."""
    command = ["apt-config", "shell", "value", f"{name}/f"]
    text = subprocess.run(command, capture_output=True, text=True).stdout
    match = re.match(r"value='(.*)'", text)
    return Path(match[1]) if match else None


def source_lines(text):
    """A one-line-style list, for sources."""
    kept = re.findall(r"^[ \t]*deb(?:-src)?([ \t].*)$", text, re.M)
    return "".join(f"deb-src{line}\n" for line in dict.fromkeys(kept))


def source_stanzas(text):
    """A deb822-style file, for sources."""
    return re.sub(r"^Types:.*$", "Types: deb-src", text, flags=re.M | re.I)


class Sources:
    def __init__(self, folder):
        self.folder = folder
        self.apt = folder / "apt"
        self.updated = False

    def options(self):
        options = {
            "Dir::Etc::SourceList": self.apt / "sources.list",
            "Dir::Etc::SourceParts": self.apt / "parts",
            "Dir::State::Lists": self.apt / "lists",
            "Dir::Cache::pkgcache": "",
            "Dir::Cache::srcpkgcache": "",
            # A program run by root needs no user of its own to download here.
            "APT::Sandbox::User": "root" if os.geteuid() == 0 else "",
        }
        return [f"-o{name}={value}" for name, value in options.items()]

    def run(self, *arguments, **options):
        command = ["apt-get", "-q", *self.options(), *arguments]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )
        return done.returncode, done.stdout

    def update(self):
        """Fetches the lists of source packages, once in a run."""
        if self.updated:
            return
        for tool in "apt-get", "apt-config", "dpkg-source":
            if not shutil.which(tool):
                raise Failure(f"{tool} is missing; install dpkg-dev and apt")
        parts = self.apt / "parts"
        shutil.rmtree(parts, ignore_errors=True)
        parts.mkdir(parents=True)
        (self.apt / "lists/partial").mkdir(parents=True, exist_ok=True)
        main = configured("Dir::Etc::sourcelist")
        text = main.read_text() if main and main.is_file() else ""
        (self.apt / "sources.list").write_text(source_lines(text))
        folder = configured("Dir::Etc::sourceparts")
        for path in sorted(folder.iterdir()) if folder and folder.is_dir() else []:
            if path.suffix == ".list":
                (parts / path.name).write_text(source_lines(path.read_text()))
            elif path.suffix == ".sources":
                (parts / path.name).write_text(source_stanzas(path.read_text()))
        # One archive without sources is no harm when another has them.
        self.status, self.said = self.run("update")
        self.updated = True

    def get(self, package):
        """The folder of an unpacked source package, fetched if need be."""
        place = self.folder / "sources" / package
        done = place / "unpacked"
        if not done.exists():
            self.update()
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            status, said = self.run("--only-source", "source", package, cwd=place)
            if status:
                lines = [x for x in said.splitlines() if re.match("E:|dpkg-source", x)]
                reason = "; ".join(lines[-3:]) or f"status {status}"
                if self.status:
                    reason += "; the lists of sources could not all be fetched"
                raise Failure(f"no source of {package}: {reason}")
            done.write_text("")
        folders = [path for path in place.iterdir() if path.is_dir()]
        if len(folders) != 1:
            raise Failure(f"{place}: not one folder; remove it, to fetch it again")
        return folders[0]

    def version(self, package):
        """Debian's, from the name of the source's description."""
        names = (self.folder / "sources" / package).glob("*.dsc")
        return next((x.name[:-4].partition("_")[2] for x in names), "?")
