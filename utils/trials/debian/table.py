"""The packages: sources of C++ libraries in Debian 12, of four build systems."""

from typing import NamedTuple


class Package(NamedTuple):
    name: str
    system: str
    about: str
    # A program that uses its libraries, how that is linked, and a function that it
    # comes to by a vtable.
    client: str = ""
    libraries: str = ""
    function: str = ""
    options: str = ""  # of DEB_BUILD_OPTIONS
    results: tuple = ()  # patterns of results that only its tests print


GENERATOR = """
#include <librevenge/librevenge.h>
#include <librevenge-generators/librevenge-generators.h>
int main() {
  librevenge::RVNGString text;
  librevenge::RVNGTextTextGenerator generator(text);
  librevenge::RVNGTextInterface *interface = &generator;
  interface->insertText("text");
}
"""

PACKAGES = [
    Package("uchardet", "CMake", "encodings; vtables of hidden functions alone"),
    Package("taglib", "CMake", "tags of audio files; hundreds of classes"),
    Package("kcodecs", "CMake", "a KDE framework; codecs"),
    Package("kcoreaddons", "CMake", "a KDE framework; jobs, plugins, watched files"),
    Package("zimlib", "Meson", "archives of ZIM files"),
    Package("tuiwidgets", "Meson", "widgets in terminals, by Qt's objects"),
    Package(
        "librevenge",
        "libtool",
        "documents; streams and generators",
        client=GENERATOR,
        libraries="-I/usr/include/librevenge-0.0 -lrevenge-generators-0.0 -lrevenge-0.0",
        function="librevenge::RVNGTextTextGenerator::insertText",
    ),
    Package("libvisio", "libtool", "documents of Visio; parsers and collectors"),
    Package("libodfgen", "libtool", "OpenDocument; generators"),
    Package("qtsvg-opensource-src", "qmake", "SVG of Qt; plugins of images"),
    Package("qtcharts-opensource-src", "qmake", "charts of Qt; graphics items"),
]
