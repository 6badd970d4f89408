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


# ID3v1's tag has the function of its base, by a slot that is rewritten.
TAG = """
#include <id3v1tag.h>
int main() {
  TagLib::ID3v1::Tag made;
  TagLib::Tag *tag = &made;
  return !tag->isEmpty();
}
"""

PACKAGES = [
    Package("uchardet", "CMake", "encodings; vtables of hidden functions alone"),
    Package(
        "taglib",
        "CMake",
        "tags of audio files; hundreds of classes; GCC's LTO",
        client=TAG,
        libraries="-I/usr/include/taglib -ltag",
        function="TagLib::Tag::isEmpty",
    ),
    Package("tinyxml2", "CMake", "XML; visitors"),
    Package("libjsoncpp", "CMake", "JSON; writers and readers by factories"),
    Package("kcodecs", "CMake", "a KDE framework; codecs"),
    Package("kcoreaddons", "CMake", "a KDE framework; jobs, plugins, watched files"),
    Package(
        "cpp-httplib",
        "Meson",
        "HTTP; streams and servers",
        # Its tests have a certificate that is out of date.
        options="nocheck",
    ),
    Package("zimlib", "Meson", "archives of ZIM files"),
    Package("appstream", "Meson", "descriptions of software; a library for Qt"),
    Package("librevenge", "libtool", "documents; streams and generators"),
    Package("libvisio", "libtool", "documents of Visio; parsers and collectors"),
    Package("libodfgen", "libtool", "OpenDocument; generators"),
    Package(
        "qtsvg-opensource-src",
        "qmake",
        "SVG of Qt; plugins of images",
        # One of its tests wants the libraries two folders down.
        options="nocheck",
    ),
    Package("qtcharts-opensource-src", "qmake", "charts of Qt; graphics items"),
]
