"""The commands that try-closure knows by a name."""

import os
import shlex
from pathlib import Path
from typing import NamedTuple

PARTS = Path(__file__).resolve().parent
VTK = "CommonCore CommonDataModel CommonExecutionModel CommonMisc FiltersCore"
VTK += " FiltersSources ImagingHybrid IOXML"
QT_PLUGINS = "/usr/lib/x86_64-linux-gnu/qt5/plugins/platforms"
OFFICE = "/usr/lib/libreoffice/program"
TEXT = "A small text.\n\nWith two paragraphs, the second one not much longer.\n"
CXX = """#include <map>
#include <memory>
#include <string>
struct Shape {
  virtual ~Shape() = default;
  virtual double area() const = 0;
};
struct Square : Shape {
  double side = 2;
  double area() const override { return side * side; }
};
double sum(int count) {
  std::map<std::string, std::unique_ptr<Shape>> shapes;
  for (int i = 0; i < count; ++i)
    shapes[std::to_string(i)] = std::make_unique<Square>();
  double total = 0;
  for (const auto &[name, shape] : shapes)
    total += name.size() * shape->area();
  return total;
}
"""


class Preset(NamedTuple):
    """A command worth trying, with the options that it needs."""

    about: str
    command: list
    options: list = []
    files: dict = {}  # what is to be in %t before each run
    build: str = ""  # a shell command that makes the program, in %b


def desktop(name, *arguments):
    options = ["--plugins", QT_PLUGINS, "--loaded"]
    return {
        name: Preset(f"{name} --version", [name, "--version"], options),
        f"{name}-run": Preset(
            f"{name} with a session bus but no display, for some seconds",
            ["dbus-run-session", "--", name, *arguments],
            ["--plugins", QT_PLUGINS, f"/usr/bin/{name}", "--loaded"]
            # Konqueror's web engine wants no sandbox when root runs it.
            + ["--env", "QTWEBENGINE_DISABLE_SANDBOX=1", "--for", "12"],
        ),
    }


PRESETS = {
    **desktop("dolphin", "%t"),
    **desktop("kate", "%t/home/text.txt"),
    **desktop("konqueror", "file:///usr/share/doc"),
    "soffice-version": Preset(
        "LibreOffice's program itself, --version",
        [f"{OFFICE}/soffice.bin", "--version"],
        ["--loaded"],
    ),
    "soffice": Preset(
        "LibreOffice makes a PDF of a small text",
        ["soffice", "--headless", "-env:UserInstallation=file://%t/profile"]
        + ["--convert-to", "pdf", "--outdir", "%t", "%t/text.txt"],
        ["--plugins", OFFICE, "--output", "%t/text.pdf"]
        # When it was made, and digests of that.
        + ["--ignore", "/CreationDate|^/ID |^<[0-9A-F]{32}> |^/DocChecksum"],
        {"text.txt": TEXT},
    ),
    "clang-version": Preset("clang-14 --version", ["clang-14", "--version"]),
    "clang": Preset(
        "clang-14 compiles C++",
        "clang-14 -std=c++17 -O2 -g -c %t/shapes.cpp -o %t/shapes.o".split(),
        ["--output", "%t/shapes.o"],
        {"shapes.cpp": CXX},
    ),
    "vtk": Preset(
        "a pipeline of VTK's filters",
        ["%b/vtk", "%t/out.vtp"],
        ["--output", "%t/out.vtp", "--gdb", "vtkPolyDataNormals::RequestData"],
        {},
        f"{os.environ.get('CXX', 'g++')} -O1 -w -I/usr/include/vtk-9.1"
        f" {shlex.quote(str(PARTS / 'vtk.cpp'))} -o %b/vtk "
        + " ".join(f"-lvtk{name}-9.1" for name in VTK.split()),
    ),
}
