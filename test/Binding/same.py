"""Runs programs as they are and by a table, and says whether they do the same.

usage: same.py BIND START FOLDER [--carrier=preload] PROGRAM...
"""

import os
import re
import subprocess
import sys


def main():
    bind, start, folder, *programs = sys.argv[1:]
    flags = [programs.pop(0)] if programs[0].startswith("--") else []
    cache = f"{folder}/cache"
    environment = {**os.environ, "XDG_CACHE_HOME": cache, "OBJPRELINK": "require"}
    for program in programs:
        path = f"{folder}/{program}"
        command = [bind, "-q", f"--output={cache}/objprelink", *flags, path]
        subprocess.run(command, check=True)
        for now in ({}, {"LD_BIND_NOW": "1"}, {"plugin": f"{folder}/plugin.so"}):
            if "plugin" in now and not flags:
                subprocess.run([*command, "--plugin", now["plugin"]], check=True)
            plain = run([path, folder], {**os.environ, **now})
            # What waits for a first call cannot, with LD_BIND_NOW.
            mode = {"OBJPRELINK": "use"} if now else {}
            bound = run([start, path, folder], {**environment, **now, **mode})
            if plain != bound:
                print(f"{program}: not\n{plain}\nbut\n{bound}")
        counts = [
            look_ups([path, folder], os.environ),
            look_ups([start, path, folder], environment),
        ]
        few = "few" if counts[1] * 5 < counts[0] else f"{counts[1]} of {counts[0]}"
        inherited = re.search(r"inherited (\d+)", plain[1])[1]
        print(f"{program}: the same output, {inherited} of the environment, {few} look-ups")


def run(command, environment):
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def look_ups(command, environment):
    _, _, said = run(command, {**environment, "LD_DEBUG": "statistics"})
    return int(re.search(r" number of relocations: (\d+)", said)[1])


main()
