"""A Debian system in a folder, in which packages are built. What is mounted for a
command is mounted in a namespace of that command, and gone with it."""

import shutil
import subprocess
from pathlib import Path

# How the system is entered: $1 is its folder, $2 one for changes or nothing.
ENTER = """
mount --make-rprivate /
root=$1 changes=$2
shift 2
if [ -n "$changes" ]; then
  mkdir -p "$changes/upper" "$changes/work" "$changes/root"
  mount -t overlay overlay "$changes/root" \
    -o "lowerdir=$root,upperdir=$changes/upper,workdir=$changes/work"
  mount --bind "$root/build" "$changes/root/build"
  root=$changes/root
fi
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/dev/shm"
mount -t devpts devpts "$root/dev/pts"
exec chroot "$root" "$@"
"""
BUILDER = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups", "--"]
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
# What the trial needs beside the packages that are tried.
TOOLS = (
    "build-essential debhelper devscripts wdiff lintian blhc autopkgtest elfutils gdb"
    " python3 fakeroot file"
).split()


class Failure(Exception):
    pass


class Root:
    def __init__(self, folder, mirror, suite):
        self.folder, self.mirror, self.suite = folder, mirror, suite

    def run(self, *command, user="builder", changes=None, log=None, timeout=7200, **env):
        """The exit status and output of a command; with log, that is a file which
        takes the output."""
        home = "/build" if user == "builder" else "/root"
        env = {"PATH": PATH, "LC_ALL": "C.UTF-8", "HOME": home,
               "DEBIAN_FRONTEND": "noninteractive", **env}  # fmt: skip
        enter = ["unshare", "--mount", "--pid", "--ipc", "--fork", "--kill-child"]
        enter += ["sh", "-ec", ENTER, "sh", str(self.folder), str(changes or "")]
        enter += BUILDER if user == "builder" else []
        out = open(log, "w") if log else subprocess.PIPE
        try:
            done = subprocess.run(
                [*enter, *command], env=env, stdin=subprocess.DEVNULL, stdout=out,
                stderr=subprocess.STDOUT, text=True, errors="replace", timeout=timeout,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return 124, f"no end after {timeout} s"
        finally:
            if log:
                out.close()
        return done.returncode, done.stdout or ""

    def must(self, *command, **options):
        status, text = self.run(*command, **options)
        if status:
            log = options.get("log")
            tail = (Path(log).read_text(errors="replace") if log else text).splitlines()[-15:]
            raise Failure("\n".join([f"{' '.join(command)}: status {status}", *tail]))
        return text

    def shell(self, script, *arguments, **options):
        return self.must("sh", "-ec", script, "sh", *map(str, arguments), **options)

    def apt(self, *arguments):
        options = ["-qy", "--no-install-recommends", "-oDPkg::Lock::Timeout=900"]
        self.must("apt-get", *options, *arguments, user="root")

    def outside(self, inside):
        """A path of the system as one of this machine."""
        return self.folder / str(inside).lstrip("/")

    def make(self):
        """Makes the system where there is none; all of apt's settings are its own."""
        done = self.outside("build/.made")
        if done.exists():
            return
        shutil.rmtree(self.folder, ignore_errors=True)
        command = ["unshare", "--mount", "debootstrap", "--variant=minbase"]
        command += ["--include=ca-certificates", self.suite, self.folder, self.mirror]
        status = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
        if status:
            raise Failure(f"debootstrap: status {status}")
        lines = [f"{kind} {self.mirror} {self.suite} main\n" for kind in ("deb", "deb-src")]
        self.outside("etc/apt/sources.list").write_text("".join(lines))
        shutil.copy("/etc/resolv.conf", self.outside("etc/resolv.conf"))
        # No service is started.
        policy = self.outside("usr/sbin/policy-rc.d")
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        self.must("useradd", "-u", "1000", "-d", "/build", "-m", "builder", user="root")
        self.apt("update")
        self.apt("install", *TOOLS)
        done.touch()

    def install(self, debs):
        """Packages of files, whatever version of them is there."""
        folder = self.outside("debs")
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for deb in debs:
            shutil.copy(deb, folder)
        names = [f"/debs/{Path(deb).name}" for deb in debs]
        self.apt("install", "--reinstall", "--allow-downgrades", *names)
