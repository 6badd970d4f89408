"""The folders of a trial, and how a command runs in them."""

import os
import re
import shlex
import shutil
import signal
import subprocess
from pathlib import Path

TRIALS = Path(__file__).resolve().parents[1]


class Failure(Exception):
    pass


def run(*command, **options):
    """Returns what a command prints, which must succeed."""
    command = [str(part) for part in command]
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        message, line = done.stderr.strip()[:2000], shlex.join(command)[:500]
        raise Failure(f"status {done.returncode}: {message}\nof: {line}")
    return done.stdout


class Place:
    """The folders of this run, and how a command is run in it."""

    def __init__(self, folder, args, preset):
        self.folder, self.args, self.preset = folder, args, preset
        self.t, self.b = folder / "t", folder / "build"
        self.b.mkdir(exist_ok=True)
        self.enter, self.audit = self.b / "enter", self.b / "audit.so"
        cc = shlex.split(os.environ.get("CC", "gcc")) + ["-O1"]
        run(*cc, "-static", TRIALS / "common/enter.c", "-o", self.enter)
        run(*cc, "-shared", "-fPIC", TRIALS / "closure/audit.c", "-o", self.audit)
        self.no_list = self.b / "nothing"
        self.no_list.write_text("")
        self.mounts = args.by != "library-path" and self.can_mount()
        if args.by == "mount" and not self.mounts:
            raise Failure("this machine lets us have no mount namespace")

    def can_mount(self):
        """Whether a file can be laid over another for a command."""
        one, two = self.b / "one", self.b / "two"
        one.write_text("one"), two.write_text("two")
        trial = self.b / "trial"
        trial.write_text(f"{one}\n{two}\n")
        command = [self.enter, trial, "cat", two]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.stdout == "one" and two.read_text() == "two"

    def environment(self):
        """The user's, without the desktop and without ld.so's settings."""
        bad = re.compile(r"LD_|GLIBC_TUNABLES|DISPLAY|WAYLAND|DBUS_|XDG_|LC_|LANG")
        clean = {k: v for k, v in os.environ.items() if not bad.match(k)}
        clean |= {"LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen"}
        clean |= {"HOME": f"{self.t}/home", "XDG_RUNTIME_DIR": f"{self.t}/run"}
        clean |= {"LD_WARN": "1", "NO_AT_BRIDGE": "1"}
        return clean | dict(self.fill(text).split("=", 1) for text in self.args.env)

    def fill(self, text):
        return text.replace("%t", str(self.t)).replace("%b", str(self.b))

    def clear(self):
        shutil.rmtree(self.t, ignore_errors=True)
        for name in "home", "run":
            (self.t / name).mkdir(parents=True)
        (self.t / "run").chmod(0o700)
        for name, text in self.preset.files.items():
            (self.t / name).write_text(text)

    def start(self, listing, command, env=None, prefix=(), seconds=None):
        """Runs the command once; how it ended, and what it printed.

        Only the program gets what env says: enter is static, and a prefix is
        env(1), which sets it, or a tool that wants it too."""
        self.clear()
        # env is started by enter, which has no use for ld.so's settings.
        extra = [f"{name}={value}" for name, value in (env or {}).items()]
        line = [*prefix, *command]
        if extra:
            line = ["env", *extra, *line]
        if self.mounts:
            line = [self.enter, listing, *line]
        line = [str(part) for part in line]
        process = subprocess.Popen(
            line,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=self.environment(),
            start_new_session=True,
        )
        try:
            out, err = process.communicate(timeout=seconds or self.args.timeout)
            status = str(process.returncode)
        except subprocess.TimeoutExpired:
            status = "running" if seconds else "no end"
            os.killpg(process.pid, signal.SIGKILL)
            out, err = process.communicate()
        if status == "125" and b"enter: " in err:
            raise Failure(err.decode(errors="replace").strip())
        return status, *(text.decode(errors="replace") for text in (out, err))
