#!/usr/bin/env python3
"""Run a command again and again, each time with one fault at one system call.

usage: inject.py [--threads] BEFORE COMMAND...

BEFORE is a folder. Its copy, "work", is where each run of COMMAND begins. A run
without a fault says which system calls there are and what the files become.
Then strace lets each call in turn fail, or sends a signal as it begins, from
the first one on that names a file of the folder. After each such run each file
must be what it was before or what it has to become, contents and mode; nothing
else may be there, unless it was SIGKILL; and the status must be 0 if and only if
all that had to be done was done. An error is no reason to die by a signal.

The calls are those of the main thread. With --threads they are those of all:
strace counts for each thread by itself, so that a fault may come to several of
them in one run, and which thread does what is another matter in each run. There
it is the calls of FAIL and those that keep signals away, not the many of locks
and memory. What met one outside of the main thread is named at the end.
"""

import argparse
import collections
import multiprocessing
import os
import re
import shutil
import subprocess
import sys

# Failures of these are tried. The others do not fail, or for want of memory; and
# where unlink fails there is no way to leave nothing behind.
FAIL = """access chmod close copy_file_range fallocate fchmod fcntl flistxattr fstat fsync
ftruncate getcwd link lseek lstat newfstatat open openat pread64 pwrite64 pwritev read readlink
rename renameat2 stat statx utimensat write writev""".split()
ERRORS = ["ENOSPC", "EIO", "EACCES", "EINTR"]
SIGNALS = ["SIGTERM", "SIGKILL"]


def state(folder):
    """name -> link or not, mode, and contents"""
    found = {}
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            with open(path, "rb") as file:
                contents = file.read()
            name = os.path.relpath(path, folder)
            found[name] = os.path.islink(path), os.stat(path).st_mode, contents
    return found


def strace(args, options):
    """status, log and resulting files of one run in a folder of its own"""
    work = f"work{os.getpid()}"
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(args.before, work, symlinks=True)
    log = os.path.abspath(f"{work}.log")
    done = subprocess.run(
        ["strace", *["-f"] * args.threads, "-o", log, *options, *args.command],
        cwd=work,
        capture_output=True,
        text=True,
        timeout=60,
    )
    with open(log) as file:
        return done, file.read(), state(work)


def judge(old, new, found, status, fault):
    """What is wrong with the files, or nothing."""
    for name in found.keys() - (old.keys() | new.keys()):
        if fault != "SIGKILL":
            return f"left {name}"
    for name in old.keys() | new.keys():
        if found.get(name) not in (old.get(name), new.get(name)):
            return f"{name} is neither the old file nor the new one"
    isDone = all(found.get(name) == new[name] for name in new)
    if fault in ERRORS and status < 0:
        return f"died by signal {-status}"
    if fault in ERRORS and isDone != (status == 0):
        return f"status {status}, but the work is {'' if isDone else 'not '}done"
    return ""


def attempt(job):
    args, old, new, (call, number, fault) = job
    kind = "signal" if fault in SIGNALS else "error"
    inject = f"inject={call}:{kind}={fault}:when={number}"
    # The first line tells the main thread.
    options = ["-e", f"trace=execve,{call}", "-e", inject]
    done, log, found = strace(args, options)
    problem = judge(old, new, found, done.returncode, fault)
    signs = "(INJECTED)", f"--- {fault}", f"killed by {fault}"
    felt = [line for line in log.splitlines() if any(sign in line for sign in signs)]
    # What else a thread does, locks and memory, may depend on the other threads.
    if not problem and call in FAIL and not felt and not args.threads:
        problem = "the fault did not happen"
    if problem:
        problem = f"{call} {number} {fault}: {problem}\n{done.stdout}{done.stderr}{log}"
    main_thread = log.split(maxsplit=1)[0] if args.threads else ""
    # SIGKILL is met by all threads at once.
    met = [line for line in felt if "killed by" not in line]
    elsewhere = any(not line.startswith(main_thread) for line in met)
    return problem, done.returncode != 0, call if elsewhere else ""


def places_of(log, files):
    """Each thread's calls by name and number, from the first on that names one of
    the files: what is before it is the loader's and the runtime's."""
    threads = collections.defaultdict(list)
    for thread, call, rest in re.findall(r"^(\d* *)(\w+)(\(.*)", log, re.MULTILINE):
        threads[thread].append((call, rest))
    places, is_begun = {}, False
    for calls in threads.values():  # the main thread's are the first
        count = collections.Counter()
        for call, rest in calls:
            count[call] += 1
            names_file = any(f'"{name}"' in rest for name in files)
            is_begun |= names_file and call != "execve"
            if is_begun and call not in ("execve", "exit_group"):
                places[call, count[call]] = None
    return places


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", action="store_true")
    parser.add_argument("before")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    args = parser.parse_args()
    old = state(args.before)
    done, log, new = strace(args, [])
    if done.returncode or new == old:
        sys.exit(f"status {done.returncode} without a fault, {new != old}\n{done.stderr}")
    places = [
        place
        for place in places_of(log, old)
        if not args.threads or place[0] in FAIL or place[0] == "rt_sigprocmask"
    ]
    faults = [p + (f,) for p in places for f in SIGNALS + ERRORS * (p[0] in FAIL)]
    jobs = [(args, old, new, fault) for fault in faults]
    with multiprocessing.Pool(2) as pool:
        results = pool.map(attempt, jobs, chunksize=4)
    problems = [problem for problem, _, _ in results if problem]
    print("\n".join(problems))
    failed = sum(failed for _, failed, _ in results)
    print(f"{len(jobs)} faults at {len(places)} calls, {failed} runs failed, {len(problems)} wrongly")
    if args.threads:
        print("elsewhere:", *sorted({call for _, _, call in results if call}))
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
