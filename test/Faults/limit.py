#!/usr/bin/env python3
"""Run a command under limits on the size of files (RLIMIT_FSIZE).

usage: limit.py BEFORE COMMAND...

BEFORE is a folder, in a copy of which COMMAND begins. A run without a limit says
what the files become. Under each limit then that lets less be written each file
must be what it was before or what it has to become, and nothing else may be
there; the status must be 0 if and only if all is done, and else 1, with an
error that names a file and the reason. SIGXFSZ ends nothing.
"""

import os
import re
import resource
import shutil
import signal
import subprocess
import sys

from inject import judge, state

STEPS = 8


def run(before, command, limit):
    shutil.rmtree("limited", ignore_errors=True)
    shutil.copytree(before, "limited", symlinks=True)

    def begin():
        # Python ignores it, and what is ignored stays so.
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        command,
        cwd="limited",
        capture_output=True,
        text=True,
        timeout=60,
        preexec_fn=begin,
    )
    return done, state("limited")


def main():
    before, command = sys.argv[1], sys.argv[2:]
    old = state(before)
    done, new = run(before, command, resource.RLIM_INFINITY)
    if done.returncode or new == old:
        sys.exit(f"status {done.returncode} without a limit\n{done.stderr}")
    written = [name for name in new if new[name] != old.get(name)]
    sizes = sorted(len(new[name][2]) for name in written)
    limits = {sizes[-1] * step // STEPS for step in range(STEPS)}
    limits |= {1, 4096} | {size - 1 for size in sizes}
    failed = 0
    for limit in sorted(limit for limit in limits if limit < sizes[-1]):
        done, found = run(before, command, limit)
        problem = judge(old, new, found, done.returncode, "ENOSPC")
        names = "|".join(re.escape(os.path.basename(name)) for name in written)
        if not problem and done.returncode not in (0, 1):
            problem = f"status {done.returncode}"
        if not problem and done.returncode:
            if not re.search(rf"error: .*({names}).*: File too large\n", done.stderr):
                problem = "the message names no file or no reason"
        if problem:
            sys.exit(f"limit {limit}: {problem}\n{done.stdout}{done.stderr}")
        failed += done.returncode
    print(f"{len(written)} files, {failed} runs failed, none wrongly")


if __name__ == "__main__":
    main()
