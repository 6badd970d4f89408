"""Makes the paper's test libraries, testclassN.so of N classes derived from Qt
5's QWidget or from the project's own Widget, and programs that use them.

The machine's Qt serves x86-64. That of i386 is in a root of its own, made by
utils/trials/make-i386-root, whose loader and libc belong together: programs name that
loader, and its libraries are found by LD_LIBRARY_PATH.
"""

import os
import shlex
import subprocess
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "bench/testclass"
MACHINE = {"x86-64": "-m64", "i386": "-m32"}
QT = ["Qt5Widgets", "Qt5Gui", "Qt5Core"]
I386_LIB = "usr/lib/i386-linux-gnu"


class Failure(Exception):
    pass


def run(*command, **options):
    """Returns what a command prints, which must succeed and warn of nothing."""
    command = [str(part) for part in command]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, **options
    )
    if done.returncode or done.stderr:
        line, message = shlex.join(command), done.stderr.strip()[:2000]
        raise Failure(f"status {done.returncode}: {message}\nof: {line}")
    return done.stdout


class TestClasses:
    """How to compile against a base class, to link, and to run.

    With bare, a driver that links C such as musl-gcc, the base is Widget without
    RTTI and without a C++ library."""

    def __init__(self, folder, arch, qt=False, root=None, bare=None):
        self.folder, self.qt = folder, qt
        compiler = shlex.split(os.environ.get("CXX", "g++"))
        self.cxx = [*compiler, MACHINE[arch], "-O2", "-fPIC"]
        self.linker = [bare, MACHINE[arch]] if bare else self.cxx
        self.ldflags = shlex.split(os.environ.get("LDFLAGS", ""))
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        self.env = {**os.environ, "LC_ALL": "C", "QT_QPA_PLATFORM": "offscreen"}
        self.env |= {"XDG_RUNTIME_DIR": str(runtime), "HOME": str(runtime)}
        # Folders of libraries, and what names a loader other than the system's.
        self.paths, self.loader = [], []
        if not qt:
            self.use_widget(bare)
        elif arch == "i386":
            self.use_root(root)
        else:
            self.use_qt()

    def use_widget(self, bare):
        self.base, self.flags = "Widget", ["-I", SOURCES]
        sources, self.libraries = ["Widget"], []
        if bare:
            self.flags += ["-fno-exceptions", "-fno-rtti"]
            sources += ["allocation"]
        objects = [
            self.compile(SOURCES / f"{name}.cpp", self.folder / f"{name}.o")
            for name in sources
        ]
        widget = self.link(objects, self.folder / "libWidget.so")
        self.libraries, self.paths = [widget], [self.folder]

    def use_qt(self):
        version = run("pkg-config", "--modversion", "Qt5Widgets").strip()
        self.base = f"Qt {version}'s QWidget"
        self.flags = run("pkg-config", "--cflags", "Qt5Widgets").split()
        self.libraries = [f"-l{name}" for name in QT]

    def use_root(self, root):
        lib, include = root / I386_LIB, root / "usr/include"
        qt = include / "i386-linux-gnu/qt5"
        if not (qt / "QtWidgets").is_dir():
            raise Failure(f"no Qt in {root}: utils/trials/make-i386-root {root}")
        version = os.readlink(lib / "libQt5Widgets.so").partition(".so.")[2]
        self.base = f"Qt {version}'s QWidget"
        folders = [qt, *(qt / name for name in ("QtCore", "QtGui", "QtWidgets"))]
        self.flags = [f"-I{path}" for path in folders]
        # The machine's own headers of libc and libstdc++ come before.
        self.flags += ["-idirafter", include]
        self.libraries = [f"-L{lib}", f"-Wl,-rpath-link,{lib}"]
        self.libraries += [f"-l{name}" for name in QT]
        self.loader = [f"-Wl,--dynamic-linker={root}/lib/ld-linux.so.2"]
        self.paths = [lib]
        self.env |= {"QT_PLUGIN_PATH": str(lib / "qt5/plugins")}

    def compile(self, source, out):
        run(*self.cxx, *self.flags, "-c", source, "-o", out)
        return out

    def compile_main(self):
        """The program that calls through all vtables."""
        source = SOURCES / ("main-qt.cpp" if self.qt else "main.cpp")
        return self.compile(source, self.folder / "main.o")

    def compile_classes(self, count):
        source = self.folder / f"testclass{count}.cpp"
        generate = [SOURCES / "generate", *["--qt"] * self.qt, count]
        source.write_text(run(*generate))
        return self.compile(source, source.with_suffix(".o"))

    def link(self, objects, out, *options):
        """A library; its soname is the name of the file."""
        options = ["-shared", f"-Wl,-soname,{out.name}", *self.ldflags, *options]
        run(*self.linker, *options, *objects, *self.libraries, "-o", out)
        return out

    def link_program(self, main, library, out, *options):
        options = [*self.loader, *self.ldflags, *options]
        run(*self.linker, *options, main, library, *self.libraries, "-o", out)
        return out

    def run(self, program, folder, **variables):
        """What a program prints with the test library in a folder."""
        paths = ":".join(map(str, [folder, *self.paths]))
        env = self.env | {"LD_LIBRARY_PATH": paths} | variables
        return run(program, env=env)
