"""Changes what a table was made for, and says why it is not used, by the
launcher and by the runtime alone.

usage: stale.py BIND START RUNTIME FOLDER
"""

import os
import re
import shutil
import subprocess
import sys

BIND, START, RUNTIME, FOLDER = sys.argv[1:]
PROGRAM = f"{FOLDER}/program"
CACHE = f"{FOLDER}/cache"


def make(*flags, to="first.so"):
    """The library, with the same build-id and time whatever is in it."""
    source = "second.c" if to == "second.so" else "first.c"
    flags = flags if any("WEAK" in f for f in flags) else ("-DWEAK=", *flags)
    command = ["gcc", "-O1", "-fPIC", "-shared", "-Wl,--build-id=0x1234", *flags]
    subprocess.run([*command, source, "-o", "new.so"], check=True)
    os.utime("new.so", (1000000000, 1000000000))
    os.rename("new.so", to)


def run(command, environment):
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True)
    said = [line.rpartition("objprelink-start: ")[2] for line in done.stderr.splitlines()]
    return (done.returncode, done.stdout), [line for line in said if "begins" not in line]


def reason(said):
    """The last of what was said, without folders and the name of the table."""
    text = said[-1] if said else "nothing was said"
    text = text.removeprefix(f"{PROGRAM}: ").removeprefix(f"{FOLDER}/other: ")
    text = re.sub(r"^\S*/tables/[^:]*: |^\S*/objprelink/[^:]*: ", "", text)
    return re.sub(r"\S*/(?=\w+\.so)", "", text)


def look(what, program=PROGRAM, **environment):
    plain, _ = run([program], environment)
    launched = run([START, program], {**environment, "XDG_CACHE_HOME": CACHE, "OBJPRELINK": "debug"})
    table = f"{CACHE}/objprelink/{min(os.listdir(f'{CACHE}/objprelink'))}"
    audit = ":".join(filter(None, [environment.get("LD_AUDIT"), RUNTIME]))
    alone = run(
        [program],
        {**environment, "LD_AUDIT": audit, "OBJPRELINK_TABLE": table, "OBJPRELINK": "debug"},
    )
    same = plain == launched[0] == alone[0]
    print(f"{what}: {reason(launched[1])}; {reason(alone[1])}{'' if same else ' DIFFERS'}")


def main():
    os.chdir(FOLDER)
    make()
    make(to="second.so")
    for name in ("program", "other"):
        command = ["g++", "-O1", "-fPIE", "-pie", "program.cpp", "-L.", "-l:first.so", "-l:second.so"]
        subprocess.run([*command, f"-Wl,-rpath,{FOLDER}", "-o", name], check=True)
    with open("other", "ab") as file:
        file.write(b"\0" * 16)
    bind()
    look("as it was")
    make("-DMOVED")
    refresh = [BIND, f"--output={CACHE}/objprelink", "--refresh"]
    look("moved")
    assert any(n.endswith('.stale') for n in os.listdir(f'{CACHE}/objprelink'))
    print("marked:", "refreshed" if "words" in run(refresh, {})[0][1] else "not")
    print("refreshed:", run(refresh, {})[0][1].count("words"), "again,",
          len(os.listdir(f"{CACHE}/objprelink")), "file")
    look("moved, refreshed")
    again()
    with open("first.so", "r+b") as file:
        file.seek(0, 2)
        file.write(b"\0")
    look("edited in place")
    for what, flags in [
        ("added", ["-DADDED"]),
        ("removed", ["-DMOVED", "-Db=static_b", "-Wl,--defsym=b=a"]),
        ("weakened", ["-DWEAK=__attribute__((weak))"]),
        ("versioned", ["-Wl,--version-script,other.map"]),
    ]:
        again()
        make(*flags)
        look(what)
    again()
    shutil.copy("second.so", "third.so")
    look("preloaded", LD_PRELOAD=f"{FOLDER}/third.so")
    # The loader looks there first, whichever of these the processor has.
    os.makedirs("glibc-hwcaps/x86-64-v2")
    shutil.copy("first.so", "glibc-hwcaps/x86-64-v2/first.so")
    look("for this processor")
    shutil.rmtree("glibc-hwcaps")
    look("for all again")
    os.mkdir("path")
    shutil.copy("first.so", "path/first.so")
    look("another path", LD_LIBRARY_PATH=f"{FOLDER}/path")
    subprocess.run(["gcc", "-shared", "-fPIC", "-x", "c", "-", "-o", "audit.so"],
                   input=b"unsigned la_version(unsigned v) { return v; }", check=True)
    look("audited", LD_AUDIT=f"{FOLDER}/audit.so")
    look("profiled", LD_PROFILE="nothing.so")
    look("not bound", LD_BIND_NOT="1")
    look("weak", LD_DYNAMIC_WEAK="1")
    look("another program", program=f"{FOLDER}/other")
    look("as it was again")


    # As a package manager does it: another file takes the name, between two starts.
    environment = {**os.environ, "XDG_CACHE_HOME": CACHE}
    before = subprocess.run([START, PROGRAM], env=environment, capture_output=True)
    make("-DMOVED", "-DADDED", to="first.so.dpkg-new")
    os.rename("first.so.dpkg-new", "first.so")
    look("upgraded")
    shutil.copy(PROGRAM, "program.dpkg-new")
    os.rename("program.dpkg-new", PROGRAM)
    look("the program, too")
    bind()
    look("bound again")
    assert before.stdout


def bind():
    subprocess.run([BIND, "-q", f"--output={CACHE}/objprelink", PROGRAM], check=True)


def again():
    """Puts back what the table was made for, and makes it anew."""
    make()
    bind()


main()
