"""One case: its commands in a folder of their own, and what they leave there."""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

SECONDS = 600


def hash_of(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def call(command, folder):
    """The status and the messages of a command, which knows no path."""
    try:
        done = subprocess.run(
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=SECONDS,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C", "LLD_VERSION": "same"},
        )
    except subprocess.TimeoutExpired:
        return "no end", b""
    text = done.stdout.replace(str(folder).encode(), b".")
    return done.returncode, text


def outcome(case, tools, args):
    """Status, hash of the messages, and hashes of all files, as a list of words."""
    folder = Path(tempfile.mkdtemp(dir=args.work))
    for name, path in case.inputs.items():
        os.symlink(path, folder / name)
    out, messages = [], b""
    for command in case.commands:
        status, text = call([tools / command[0], *command[1:]], folder)
        out.append(f"status={status}")
        messages += text
    # Where libraries are that a program would load, and how long anything took.
    messages = re.sub(rb"\d+\.\d+ m?s\b", b"time", messages)
    out.append(f"messages={hashlib.sha256(messages).hexdigest()}")
    for name in sorted(os.listdir(folder)):
        if name not in case.inputs:
            out.append(f"{name}={hash_of(folder / name)}")
    if args.keep:
        kept = args.keep / re.sub(r"[^\w.+=-]+", "_", case.name)
        kept.mkdir(parents=True, exist_ok=True)
        (kept / "messages").write_bytes(messages)
        for name in os.listdir(folder):
            if name not in case.inputs:
                shutil.copy(folder / name, kept)
    shutil.rmtree(folder)
    return out


def difference(before, after):
    """What of two outcomes is not the same, in words."""
    if before is None:
        return "a new case"
    names = [word.split("=")[0] for word in sorted(set(before) ^ set(after))]
    return ", ".join(dict.fromkeys(names)) + " differ"
