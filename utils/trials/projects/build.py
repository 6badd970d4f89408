"""A project's build by one compiler, and how a linker gets into it.

The compilers are told of a folder in which the linker stands under all names; to
change the linker, the folder's links are changed, and no command of the build."""

import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import time

from projects import outputs, results
from projects.sources import Failure

NAMES = ["ld", "ld.lld", "ld.bfd", "ld.gold", "ld.mold"]
# What linkers say of themselves, with the words by which their outputs name them.
SAID = (
    r"(mold .*?) \(compatible with GNU ld\)",
    r"(.*?) \(compatible with GNU linkers\)",
    r"GNU (gold) .* (\S+)$",
    r"(GNU ld)\b",
)
LOGS_OF_TESTS = "find . -name '*.trs' | sort | sed 's/trs$/log/' | xargs -r cat"


class StepFailed(Exception):
    """A command of a project that did not do what it should."""

    def __init__(self, step, log, reason):
        super().__init__(f"{step}: {reason}; {log}")
        self.step, self.log = step, log


class Linker:
    """A linker, and the name that it has in its outputs."""

    def __init__(self, path):
        self.path = path
        done = subprocess.run([path, "--version"], capture_output=True, text=True)
        self.said = done.stdout.partition("\n")[0]
        found = (re.match(pattern, self.said) for pattern in SAID)
        match = next(filter(None, found), None)
        if done.returncode or not match:
            raise Failure(f"{path}: --version does not say which linker it is")
        self.name = " ".join(match.groups())
        # GNU ld writes its name nowhere.
        self.mark = "" if self.name == "GNU ld" else self.name
        self.digest = hashlib.sha256(path.read_bytes()).hexdigest()[:16]

    def program(self, name):
        """What is called by a name: a shim of its own, where there is one."""
        real = self.path.resolve()
        shim = real.parents[1] / "libexec/objprelink" / name
        return shim if shim.resolve() == real else self.path


class Arm:
    """A way to link: which linker, in which mode. That one may run another."""

    def __init__(self, name, linker, env, under=None):
        self.name, self.linker, self.env = name, linker, env
        self.ours = name != "control"
        self.maker, self.under = under or linker, under and under.path


class Build:
    """A project, built by one compiler for one machine, by a kind of linker."""

    def __init__(self, project, variant, under, source, args):
        self.project, self.args, self.source = project, args, source
        self.variant, self.under = variant, under
        self.name = f"{project.name}-{variant}"
        self.compiler, _, machine = variant.partition("-")
        self.machine = [f"-{machine}"] if machine else []
        self.folder = args.work / "builds" / self.name
        self.build, self.logs = self.folder / "build", self.folder / "logs"
        self.slot = self.folder / "linker"
        self.links_log = self.folder / "links.json"
        self.configuration = self.folder / "configured.json"
        self.is_new = False

    def compilers(self):
        if self.compiler == "gcc":
            cc, cxx = self.args.gcc, self.args.gcc.replace("gcc", "g++")
            how = [f"-B{self.slot}/"]
        else:
            cc, cxx = self.args.clang, self.args.clang.replace("clang", "clang++")
            how = [f"--ld-path={self.slot}/ld.{self.under}"]
            how.append("-Wno-unused-command-line-argument")
        # As part of the compiler's name: libtool drops what it does not know.
        tail = shlex.join([*self.machine, *how])
        return f"{cc} {tail}", f"{cxx} {tail}"

    def environment(self, arm):
        """The user's, without what changes how programs are built or loaded."""
        bad = re.compile(
            r"LD_|GLIBC_TUNABLES|DISPLAY|WAYLAND|DBUS_|XDG_|LC_|LANG|MAKE|CC$|CXX$"
            r"|C\w*FLAGS$|OBJPRELINK|CMAKE_|CTEST_|GTEST_|NINJA_|DESTDIR"
        )
        clean = {k: v for k, v in os.environ.items() if not bad.match(k)}
        cc, cxx = self.compilers()
        flags = f"{self.args.flags} {self.project.flags}".strip()
        clean |= {"CC": cc, "CXX": cxx, "CFLAGS": flags, "CXXFLAGS": flags}
        clean |= {"LDFLAGS": self.args.ldflags, "LC_ALL": "C.UTF-8"}
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        clean |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home)}
        clean |= {"OBJPRELINK_LOG": str(self.links_log)} if arm.ours else {}
        return clean | arm.env | dict(x.split("=", 1) for x in self.project.env)

    def fill(self, words):
        table = {"%s": self.source, "%b": self.build, "%j": self.args.jobs}
        for key, value in table.items():
            words = [word.replace(key, str(value)) for word in words]
        return words

    def commands(self, step):
        """The commands of a step, in the build's folder."""
        p, jobs = self.project, self.args.jobs
        own = {"configure": (), "build": p.build, "test": p.test}[step]
        if own:
            return [self.fill(shlex.split(line)) for line in own]
        if p.system == "cmake":
            top = self.source / p.folder
            cmake = ["cmake", "-G", "Ninja", "-S", str(top), "-B", str(self.build)]
            cmake += ["-DCMAKE_BUILD_TYPE=None", *p.options]
            skip = ["-E", p.skip] if p.skip else []
            ctest = ["ctest", "-V", "--timeout", str(self.args.timeout), *skip]
            ninja = ["ninja", f"-j{jobs}"]
            # One test at a time: they share folders more often than they should.
            return [{"configure": cmake, "build": ninja, "test": ctest}[step]]
        configure = [str(self.source / p.folder / "configure"), *p.options]
        make = ["make", f"-j{jobs}"]
        return {
            "configure": [configure],
            # Programs of tests are linked when no test is run with them.
            "build": [make, [*make, "check", "TESTS="]],
            # automake keeps what its tests say to itself.
            "test": [["make", "-k", "check"], ["sh", "-c", LOGS_OF_TESTS]],
        }[step]

    def recipe(self, arm):
        """How to do by hand what was done here."""
        env = {k: v for k, v in self.environment(arm).items() if os.environ.get(k) != v}
        lines = [f"cd {shlex.quote(str(self.build))}"]
        lines += [f"export {k}={shlex.quote(v)}" for k, v in sorted(env.items())]
        for step in "configure", "build", "test":
            lines += [shlex.join(command) for command in self.commands(step)]
        return lines

    def run(self, step, arm, name="", extra=None, may_fail=False):
        """Runs a step's commands; their status and output, also in a log."""
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{arm.name}-{name or step}.log"
        env = self.environment(arm) | (extra or {})
        limit = self.args.timeout * (1 if step == "test" else 4)
        worst = "0"
        with open(log, "wb") as file:
            for command in self.commands(step):
                file.write(f"$ {shlex.join(command)}\n".encode())
                file.flush()
                process = subprocess.Popen(
                    command,
                    cwd=self.build,
                    stdin=subprocess.DEVNULL,
                    stdout=file,
                    stderr=subprocess.STDOUT,
                    env=env,
                    start_new_session=True,
                )
                try:
                    status = str(process.wait(limit))
                except subprocess.TimeoutExpired:
                    status = f"no end after {limit} s"
                finally:
                    # Servers that tests left behind, too.
                    try:
                        os.killpg(process.pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
                    process.wait()
                worst = status if worst == "0" else worst
                if status != "0" and not may_fail:
                    said = log.read_text(errors="replace")
                    telling = re.compile(r"^.*(?:error|undefined|ld: ).*$", re.M | re.I)
                    lines = telling.findall(said)[:3]
                    reason = "; ".join([f"status {status}", *lines])
                    raise StepFailed(step, log, reason)
        return worst, log.read_text(errors="replace")

    def use(self, arm):
        """Lets the compilers' linker be this one from now on."""
        self.slot.mkdir(parents=True, exist_ok=True)
        for name in NAMES:
            (self.slot / name).unlink(missing_ok=True)
            (self.slot / name).symlink_to(arm.linker.program(name))
        self.links_log.unlink(missing_ok=True)

    def link(self, arm):
        """All outputs, by this arm; the objects too where there are none."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.use(arm)
        # The number of jobs makes no other files.
        jobs = f"-j{self.args.jobs}"
        commands = [
            [word for word in command if word != jobs]
            for step in ("configure", "build")
            for command in self.commands(step)
        ]
        tools = [x.split()[0] for x in self.compilers()]
        versions = [
            subprocess.run([x, "--version"], capture_output=True, text=True).stdout
            for x in tools
        ]
        env = self.environment(arm)
        # What configure finds out may depend on the linker.
        flags = [self.under, *(env[x] for x in ("CC", "CXX", "CFLAGS", "LDFLAGS"))]
        wanted = json.dumps([commands, versions, flags], default=str)
        have = self.configuration
        if not have.exists() or have.read_text() != wanted:
            shutil.rmtree(self.build, ignore_errors=True)
            self.build.mkdir(parents=True)
            have.unlink(missing_ok=True)
            self.run("configure", arm)
            have.write_text(wanted)
        else:
            outputs.remove(self.build)
        self.run("build", arm)
        log = self.links_log if arm.ours and self.args.logs else None
        links = outputs.account(self.build, arm.maker.mark, log, arm.under)
        if not links.outputs:
            raise StepFailed("build", self.logs, "nothing was linked")
        return links

    def answers(self, arm):
        """What the project's configuration finds out, by file."""
        kept, self.build = self.build, self.folder / f"answers-{arm.name}"
        try:
            shutil.rmtree(self.build, ignore_errors=True)
            self.build.mkdir(parents=True)
            self.use(arm)
            self.run("configure", arm, "answers")
            found = {}
            for path in sorted(self.build.rglob("*")):
                if path.name == "CMakeCache.txt" or path.suffix == ".h":
                    text = path.read_text(errors="replace")
                elif path.name == "config.log":
                    text = path.read_text(errors="replace")
                    text = "\n".join(re.findall(r"^\w+_cv_\w+=.*$", text, re.M))
                else:
                    continue
                name = str(path.relative_to(self.build))
                found[name] = text.replace(str(self.build), "%b").splitlines()
            return found
        finally:
            shutil.rmtree(self.build, ignore_errors=True)
            self.build = kept

    def forget(self):
        """So that the next link is a whole build."""
        self.configuration.unlink(missing_ok=True)

    def test(self, arm, name="test", extra=None):
        begin = time.monotonic()
        status, text = self.run("test", arm, name, extra, may_fail=True)
        found = results.collect(text, self.project.results)
        found[results.STATUS, "", status] += 1
        return found, time.monotonic() - begin
