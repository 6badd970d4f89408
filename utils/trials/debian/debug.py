"""Whether debug symbols that were packaged apart fit: by eu-unstrip, and by what
gdb says of functions and of a stack."""

import re
import tempfile

from debian.compare import diff

# Not each has a symbol.
ADDRESS = re.compile(r"0x[0-9a-f]+(?: <\S*?>)?|<\S*?>")
# So many functions of a library.
FUNCTIONS = 80
# Compiles a program with the packages installed, and prints its stack in a function.
STACK = """
dpkg -i --force-depends "$1"/*.deb >/dev/null 2>&1
echo "$2" >/tmp/client.cpp
g++ -g /tmp/client.cpp $3 -o /tmp/client
exec gdb -nx -batch -iex 'set debuginfod enabled off' -ex 'set breakpoint pending on' \\
  -ex "break $4" -ex run -ex backtrace -ex continue -ex backtrace \\
  /tmp/client 2>&1
"""


class DebugCheck:
    def __init__(self, comparison):
        self.c = comparison
        self.root, self.arms = comparison.root, comparison.arms

    def debug_file(self, arm, inside):
        """The file with the debug symbols of a library, by its build-id."""
        path = self.c.place(arm, inside)
        _, text = self.root.run("readelf", "-nW", path)
        if found := re.search(r"Build ID: (..)([0-9a-f]+)", text):
            name = f"debug/usr/lib/debug/.build-id/{found[1]}/{found[2]}.debug"
            debug = self.c.source.place(arm, name)
            if self.root.outside(debug).exists():
                return debug
        return None

    def lines(self, arm, inside):
        """The source line of each function that the library gives, as gdb knows it."""
        path = self.c.place(arm, inside)
        _, text = self.root.run("readelf", "--dyn-syms", "-W", path)
        found = re.findall(r"(?m)^ *\d+: ([0-9a-f]+) +\S+ FUNC .* \d+ (\S+)$", text)
        found = sorted(found, key=lambda row: row[1])[:FUNCTIONS]
        command = ["gdb", "-nx", "-batch", "-iex", "set debuginfod enabled off"]
        folder = self.c.source.place(arm, "debug/usr/lib/debug")
        command += ["-iex", f"set debug-file-directory {folder}"]
        for address, _ in found:
            command += ["-ex", f"info line *0x{address}"]
        _, text = self.root.run(*command, path)
        said = [line for line in text.splitlines() if re.match(r"Line |No line", line)]
        return [f"{name}: {ADDRESS.sub('', line)}" for (_, name), line in zip(found, said)]

    def unstrip(self, inside):
        new = self.arms[1]
        debug = self.debug_file(new, inside)
        if not debug:
            return [f"{inside}: no debug symbols"]
        command = ["eu-unstrip", self.c.place(new, inside), debug, "-o", "/build/unstripped"]
        status, text = self.root.run(*command)
        return text.splitlines() or [f"status {status}"] if status else []

    def run(self):
        """What a cell of the table says."""
        wrong, known = [], 0
        names = [name for name, made in self.c.images[1].items() if made.note()]
        for inside in names:
            if inside not in self.c.images[0]:
                continue
            wrong += self.unstrip(inside)
            old, new = (self.lines(arm, inside) for arm in self.arms)
            known += sum(": Line " in line for line in new)
            wrong += [f"{inside}: {line}" for line in diff(old, new)]
        self.c.judge("debug symbols", self.c.keep("debug.diff", wrong))
        package = self.c.source.package
        stack = package.client and self.stack(package)
        return f"{known} lines" + (f", stack {stack}" if stack else "")

    def stack(self, package):
        found = []
        for arm in self.arms:
            script = ["sh", "-ec", STACK, "sh", self.c.source.place(arm, ""), package.client]
            script += [package.libraries, package.function]
            with tempfile.TemporaryDirectory(dir=self.root.folder.parent) as changes:
                _, text = self.root.run(*script, user="root", changes=changes)
            self.c.keep(f"stack-{arm.name}", text.splitlines())
            frames = [line for line in text.splitlines() if line.startswith("#")]
            # A breakpoint has a place in the code that leads there, too.
            if frames and "@plt" in frames[0]:
                frames = frames[next((i for i, x in enumerate(frames) if i and x[:2] == "#0"), 0) :]
            found.append([ADDRESS.sub("", line) for line in frames])
        lines = diff(*found) if found[1] else ["the program does not come to the function"]
        return self.c.judge("stack", lines)
