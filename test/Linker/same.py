#!/usr/bin/env python3
"""Compare what two linkers do with the same commands.

usage: same.py --lld=LLD --linker=LINKER [--help-options] INPUTS [COMMANDS]

INPUTS is a folder that each run of a command begins with. COMMANDS has a shell
command on each line; $ld is the linker and $o the object. --help-options adds a
link with each option that LLD's --help lists, without the second kind. Both linkers are called by one
name in a folder of one name. Three links of each kind are compared:

  off        LINKER is told to leave v.o, which has a vtable, alone
  nothing    LINKER finds nothing to do in n.o, which has none
  rewritten  LINKER rewrites what is made of v.o

In the first two all is the same to the last byte: status, both streams, and each
file that appears, with its mode, links and contents. In the third the same holds
but for the output, the numbers and new rows of a map, and the changes that
follow a map on standard output.
"""

import argparse
import io
import json
import multiprocessing
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile

# Values of options that take one and do little with a wrong one.
VALUES = {
    "--Map": "x.map",
    "--dependency-file": "x.d",
    "--why-extract": "x.why",
    "--print-archive-stats": "x.stats",
    "--print-symbol-order": "x.order",
    "--print-gc-sections": "x.gc",
    "--reproduce": "x.tar",
    "--time-trace": "x.json",
    "--opt-remarks-filename": "x.yaml",
    "--hash-style": "sysv",
    "--image-base": "0x10000",
    "--defsym": "x=1",
    "--section-start": ".text=0x5000",
    "--Ttext": "0x5000",
    "--Tdata": "0x8000",
    "--Tbss": "0x9000",
    "--script": "script",
    "-T": "script",
    "--default-script": "script",
    "--version-script": "version",
    "--output": "x.so",
    "-o": "x.so",
    "-m": "elf_x86_64",
    "-z": "now",
    "--threads": "1",
    "--chroot": ".",
    "--package-metadata": "x%20y",
    "--build-id": "md5",
    "--error-limit": "1",
    "-O": "2",
    "--unresolved-symbols": "ignore-all",
    "--wrap": "f",
    "--entry": "f",
    "-e": "f",
}
# They say who the linker is, or how long something took.
IDENTITY = {"--help", "--version", "-v", "-V", "--build-id=uuid"}
ROW = re.compile(r"^ *[0-9a-f]+ +[0-9a-f]+ +[0-9a-f]+ +\d+ ")
REMARK = re.compile(
    rb"^ld.lld: remark: .*: linked without objprelink: (no room for|the program "
    rb"headers are not in|DT_ANDROID_RELA? is not).*\n"
)
ADDED = re.compile(
    r"objprelink|\.plt\.(bnd|got)|\.(lazy|relay)\)?$"
    # What a PLT brings, where the plain link has none.
    r"|\.(got|plt|got\.plt|rela\.plt)\)?$"
)


def help_options(lld):
    text = subprocess.run([lld, "--help"], capture_output=True, text=True).stdout
    for option in re.findall(r"^  (-\S+(?: [<\[\w]\S*)?)(?:  |$)", text, re.M):
        if option in IDENTITY or "save-temps" in option:
            continue
        name, separator, form = re.match(r"([^=\[< ]+)([= ]?)(.*)", option).groups()
        if form.startswith("["):
            values = form.strip("[]").split(",")
        elif form:
            values = [VALUES.get(name, "x")]
        else:
            values = [""]
        for value in values:
            if name + separator + value not in IDENTITY:
                yield f"$ld -shared $o -o a.so '{name}'{separator}'{value}'"


def state(folder):
    found = {}
    for parent, folders, names in os.walk(folder):
        for name in folders + names:
            path = os.path.join(parent, name)
            status = os.lstat(path)
            contents = None
            if os.path.islink(path):
                contents = os.readlink(path).encode()
            elif os.path.isfile(path):
                with open(path, "rb") as file:
                    contents = file.read()
            key = os.path.relpath(path, folder)
            found[key] = [oct(status.st_mode), status.st_nlink, contents]
    return found


def run(args, linker, command, env):
    shutil.rmtree("work", ignore_errors=True)
    shutil.copytree(args.inputs, "work", symlinks=True)
    os.mkdir("bin") if not os.path.isdir("bin") else os.remove("bin/ld.lld")
    os.symlink(linker, "bin/ld.lld")
    environment = dict(os.environ, ld=os.path.abspath("bin/ld.lld"), **env)
    environment["LLD_VERSION"] = "one and the same"
    # A user who is not allowed everything.
    environment["as"] = "setpriv --reuid=65534 --clear-groups"
    os.chmod("work", 0o777)
    child = subprocess.Popen(
        ["bash", "-c", command],
        cwd="work",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        start_new_session=True,
    )
    try:
        out, err = child.communicate(timeout=100)
        status = child.returncode
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        out, err = child.communicate()
        status = "it waits"
    result = state("work")
    result["status"] = [status]
    result["standard output"] = [out]
    result["standard error"] = [err]
    return result


def without_identity(name, contents):
    """The parts that name the linker or tell the time are left out."""
    if not contents:
        return contents
    if name.endswith(".tar"):
        with tarfile.open(fileobj=io.BytesIO(contents)) as tar:
            members = {
                member.name: tar.extractfile(member).read()
                for member in tar.getmembers()
                if not member.name.endswith("/version.txt")
            }
        return members
    if name.endswith(".time-trace") or contents.startswith(b'{"traceEvents"'):
        return {
            event["name"]
            for event in json.loads(contents)["traceEvents"]
            if event["name"].startswith("Total ")
            and "objprelink" not in event["name"]
            # An empty one stands for room that no link needs.
            and "Read linker script" not in event["name"]
        }
    return contents


def without_changes(contents):
    """What is left of a report where the output was rewritten."""
    if not isinstance(contents, bytes):
        return contents
    if contents.startswith(b"\x7fELF"):
        return "an output"
    text = contents.decode("latin1")
    if "     Size Align Out     In      Symbol\n" not in text:
        return contents
    text = re.sub(r"\nChanges by objprelink\n\n(.*\n)*", "", text)
    lines = []
    for line in text.splitlines():
        row = ROW.match(line)
        if row and ADDED.search(line):
            continue
        lines.append(line[row.end() :] if row else line)
    return lines


def differences(kind, command, expected, found):
    """What differs, and whether the output was rewritten."""
    # What is left alone is LLD's, with a remark.
    remark = REMARK.search(found["standard error"][0])
    found["standard error"][0] = REMARK.sub(b"", found["standard error"][0])
    lines = []
    if remark and kind != "rewritten":
        lines.append(f"{kind}: {command}\n  {remark[0]}\n")
    for name in sorted(expected.keys() | found.keys()):
        pair = []
        for entry in (expected.get(name), found.get(name)):
            if entry and isinstance(entry[-1], bytes):
                contents = without_identity(name, entry[-1])
                if kind == "rewritten" and not remark:
                    contents = without_changes(contents)
                entry = entry[:-1] + [contents]
            pair.append(entry)
        if pair[0] != pair[1]:
            text = f"{kind}: {command}\n  {name}\n    {pair[0]}\n    {pair[1]}"
            lines.append(text[:2000] + "\n")
    return "".join(lines)


def compare(job):
    args, kinds, command = job
    folder = f"run{os.getpid()}"
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    expected = {}
    out = []
    try:
        for kind in kinds:
            env = {"o": "n.o" if kind == "nothing" else "v.o"}
            if env["o"] not in expected:
                expected[env["o"]] = run(args, args.lld, command, env)
            if kind == "off":
                env["OBJPRELINK"] = "0"
            found = run(args, args.linker, command, env)
            out.append(differences(kind, command, expected[env["o"]], found))
    finally:
        os.chdir("..")
    added = b'"slots":' in (found.get("a.so") or [b""])[-1]
    return "".join(out), added


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lld", required=True)
    parser.add_argument("--linker", required=True)
    parser.add_argument("--help-options", action="store_true")
    parser.add_argument("inputs", type=os.path.abspath)
    parser.add_argument("commands", nargs="?")
    args = parser.parse_args()
    jobs = []
    if args.help_options:
        for command in help_options(args.lld):
            jobs.append((args, ["off", "rewritten"], command))
    if args.commands:
        with open(args.commands) as file:
            for line in file.read().splitlines():
                jobs.append((args, ["off", "nothing", "rewritten"], line))
    failed = rewritten = 0
    with multiprocessing.Pool(2) as pool:
        for text, added in pool.imap(compare, jobs, chunksize=4):
            print(text, end="")
            failed += bool(text)
            rewritten += added
    print(f"{len(jobs)} commands, {rewritten} outputs rewritten, {failed} differences")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
