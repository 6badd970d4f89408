"""Objects of a real library of widgets: Qwt's, of Debian's sources.

Nearly all of its classes are derived from Qt's, so that a link has slots of another
library's functions in each of them. KDE's libraries are of the same kind, but need
more packages to be built. A few large files are compiled in place of many small
ones, since most of the time goes into Qt's headers, and with little optimization,
which no linker sees.
"""

import itertools
import re
import shutil
from pathlib import Path

from harness import run

from projects.sources import Failure, Sources

QT = Path("/usr/include/x86_64-linux-gnu/qt5")
MODULES = "QtCore", "QtGui", "QtWidgets", "QtPrintSupport", "QtConcurrent"
LIBRARIES = "Widgets", "PrintSupport", "Gui", "Concurrent", "Core"
# Those need modules of Qt that are packages of their own.
OTHERS = re.compile(r"glcanvas|svg")
DEFINED = "-DQWT_DLL", "-DQWT_MAKEDLL", "-DQWT_NO_SVG"
FILES_IN_ONE = 12


def widgets(folder):
    """What a link of Qwt has for inputs; a Failure says why there are none."""
    moc = shutil.which("moc", path="/usr/lib/qt5/bin")
    missing = [part for part in MODULES if not (QT / part).exists()]
    if missing or not moc:
        raise Failure("Qwt: no qtbase5-dev, or no moc of Qt 5")
    source = Sources(folder).get("qwt") / "src"
    flags = [*DEFINED, f"-I{source}", f"-I{QT}", *(f"-I{QT / part}" for part in MODULES)]
    files = []
    for header in sorted(source.glob("*.h")):
        if "Q_OBJECT" in header.read_text(errors="replace") and not OTHERS.search(header.name):
            files.append(folder / f"moc_{header.stem}.cpp")
            run(moc, *flags, header, "-o", files[-1])
    files += (f for f in sorted(source.glob("*.cpp")) if not OTHERS.search(f.name))
    objects = []
    for number in itertools.count():
        part = files[number * FILES_IN_ONE :][:FILES_IN_ONE]
        if not part:
            break
        text = folder / f"qwt{number}.cpp"
        text.write_text("".join(f'#include "{path}"\n' for path in part))
        objects.append(text.with_suffix(".o"))
        run("g++", "-w", "-O1", "-fPIC", *flags, "-c", text, "-o", objects[-1])
    return [*objects, *(f"-lQt5{name}" for name in LIBRARIES)]
