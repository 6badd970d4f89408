"""A Debian system from packages alone, and an overlay above it in which things happen."""

import os
import re
import shutil
import subprocess
from pathlib import Path

MIRROR = "http://deb.debian.org/debian"
# What dpkg, apt and ldconfig write for themselves, and what programs leave in homes.
THEIRS = re.compile(
    r"/(var/lib/(dpkg|apt|systemd)|var/log|var/cache|etc/(ld.so.cache|apt|resolv.conf|.pwd.lock|passwd|"
    r"group|g?shadow|subuid|subgid)-?|root|run|tmp|dev|home)(/|$)"
)


class Failed(Exception):
    pass


def expect(holds, what, details=""):
    print(f"{'ok  ' if holds else 'FAIL'} {what}", flush=True)
    if not holds:
        raise Failed(f"{what}\n{details}")


def chroot(root, *command, **environment):
    """The status and output of a command. What it leaves running ends with it."""
    env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root", "LANG": "C.UTF-8",
           "XDG_RUNTIME_DIR": "/root", "QT_QPA_PLATFORM": "offscreen",
           "DEBIAN_FRONTEND": "noninteractive", **environment}
    enter = ["unshare", "--pid", "--fork", "--kill-child", f"--mount-proc={root}/proc", "chroot", root]
    done = subprocess.run([*enter, *command], env=env, text=True, errors="replace",
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def make_fresh(folder, suite, programs):
    """A root with nothing but programs, each with its package, and what they need."""
    if not folder.exists():
        print(f"making {folder} ...", flush=True)
        made = folder.with_name(folder.name + ".part")
        subprocess.run(["debootstrap", "--variant=minbase", suite, made, MIRROR],
                       check=True, stdout=subprocess.DEVNULL)
        # As Debian's images for containers have it: dpkg waits for no disk.
        (made / "etc/dpkg/dpkg.cfg.d/unsafe-io").write_text("force-unsafe-io\n")
        made.rename(folder)
    missing = [package for name, package in programs if not os.path.lexists(folder / "usr/bin" / name)]
    if not missing:
        return
    shutil.copyfile("/etc/resolv.conf", folder / "etc/resolv.conf")
    for command in (["update"], ["install", "-y", "--no-install-recommends", *missing], ["clean"]):
        status, text = chroot(folder, "apt-get", *command)
        expect(status == 0, "apt-get " + " ".join(command), text)


class System:
    """A system, with what was changed in a folder."""

    def __init__(self, folder, below):
        self.upper, self.root, self.below = folder / "upper", folder / "root", str(below).rstrip("/")
        for name in ["upper", "work", "root"]:
            (folder / name).mkdir()
        layers = f"lowerdir={below},upperdir={self.upper},workdir={folder}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, self.root], check=True)
        subprocess.run(["mount", "--rbind", "/dev", self.root / "dev"], check=True)
        shutil.copyfile("/etc/resolv.conf", self.root / "etc/resolv.conf")

    def run(self, *command, user=None, **environment):
        if user:
            command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups", *command]
            environment = {"HOME": f"/home/{user}", "XDG_RUNTIME_DIR": f"/home/{user}", **environment}
        return chroot(self.root, *command, **environment)

    def must(self, *command, said=None, **more):
        status, text = self.run(*command, **more)
        expect(status == 0, said or " ".join(command), text)
        return text

    def put(self, path):
        name = f"/tmp/{os.path.basename(path)}"
        shutil.copyfile(path, f"{self.root}{name}")
        return name

    def packaged(self):
        """What packages have, by both names of folders that are one."""
        found = set()
        for listing in (self.root / "var/lib/dpkg/info").glob("*.list"):
            found.update(listing.read_text().splitlines())
        return found | {f"/usr{path}" for path in found}

    def changed(self):
        """What is there and was not, and what is not there any more."""
        for folder, folders, files in os.walk(self.upper):
            for name in [*files, *folders]:
                path = Path(folder, name)
                inside = "/" + str(path.relative_to(self.upper))
                if THEIRS.match(inside) or inside.endswith(".pyc"):
                    continue
                if name in files or not Path(f"{self.below}{inside}").exists():
                    yield inside
