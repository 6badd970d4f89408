"""The projects: Debian source packages of C++ with tests of their own.

In commands, %s is the source's folder, %b the build's and %j a number of jobs.
What needs the network, a display or much time is switched off in the options,
and what needs big packages too: the libraries and their tests are meant."""

from typing import NamedTuple

# A line of CppUnit's for each test, and one of the old copy that poco has.
CPPUNIT = r"(?P<name>[\w:]+::\w+) : (?P<status>\S+)"
POCO = r"(?P<name>test\w+): (?P<status>\S*)"
BOTH = ("gcc", "clang")
BOTH_32 = ("gcc", "clang", "gcc-m32", "clang-m32")


class Project(NamedTuple):
    name: str
    about: str
    system: str  # cmake, autotools
    source: str = ""  # Debian's source package, where the name is another
    folder: str = ""  # of the project in the source
    options: tuple = ()  # for cmake or configure
    packages: tuple = ()  # what it needs to be built, next to a compiler
    variants: tuple = BOTH
    build: tuple = ()  # commands, where the build system's usual one will not do
    test: tuple = ()
    results: tuple = ()  # patterns of results that only this project prints
    skip: str = ""  # names of ctest's tests that are left out
    env: tuple = ()
    flags: str = ""  # for the compilers
    big: bool = False  # takes so long that it is to be asked for


PROJECTS = [
    Project(
        "tinyxml2",
        "XML; visitors",
        "cmake",
        options=("-DBUILD_SHARED_LIBS=ON", "-Dtinyxml2_BUILD_TESTING=ON"),
        variants=BOTH_32,
        results=(
            r"(?P<name>Pass \d+, Fail \d+)(?P<status>)",
            r"\[(?P<status>pass|fail)\] ?(?P<name>.*)",
        ),
    ),
    Project(
        "jsoncpp",
        "JSON; writers and readers by factories",
        "cmake",
        source="libjsoncpp",
        options=(
            "-DBUILD_SHARED_LIBS=ON",
            "-DBUILD_STATIC_LIBS=OFF",
            "-DBUILD_OBJECT_LIBS=OFF",
            "-DJSONCPP_WITH_POST_BUILD_UNITTEST=OFF",
        ),
        results=(r"Testing (?P<name>\S+): (?P<status>\w+)",),
    ),
    Project(
        "muparser",
        "mathematical expressions",
        "cmake",
        options=("-DBUILD_SHARED_LIBS=ON", "-DENABLE_OPENMP=OFF"),
        variants=BOTH_32,
        results=(r"(?P<name>testing .*?)\.\.\. *(?P<status>passed|.*fail.*)",),
    ),
    Project(
        "uchardet",
        "encodings; 60 classes of probers",
        "cmake",
        options=("-DBUILD_SHARED_LIBS=ON", "-DBUILD_STATIC=OFF"),
    ),
    Project(
        "snappy",
        "compression; sources and sinks",
        "cmake",
        options=(
            "-DBUILD_SHARED_LIBS=ON",
            "-DSNAPPY_BUILD_BENCHMARKS=OFF",
            "-DSNAPPY_ENABLE_RTTI=ON",
            "-DSNAPPY_USE_BUNDLED_GTEST=OFF",
        ),
        packages=("libgtest-dev", "libgmock-dev"),
    ),
    Project(
        "cppunit",
        "tests of another test library; libtool",
        "autotools",
        options=("--disable-doxygen", "--disable-html-docs", "--disable-static"),
        results=(CPPUNIT,),
    ),
    Project(
        "leveldb",
        "database; iterators, environments, caches",
        "cmake",
        options=("-DBUILD_SHARED_LIBS=ON", "-DLEVELDB_BUILD_BENCHMARKS=OFF"),
        packages=("libgtest-dev", "libgmock-dev", "libbenchmark-dev"),
    ),
    Project(
        "yaml-cpp",
        "YAML; event handlers",
        "cmake",
        options=("-DYAML_BUILD_SHARED_LIBS=ON", "-DYAML_CPP_BUILD_TESTS=ON"),
        packages=("libgtest-dev", "libgmock-dev"),
    ),
    Project(
        "log4cplus",
        "logging; appenders and layouts by factories",
        "cmake",
        packages=("catch",),
    ),
    Project(
        "taglib",
        "tags of audio files; hundreds of virtual classes",
        "cmake",
        options=("-DBUILD_SHARED_LIBS=ON", "-DBUILD_TESTING=ON"),
        packages=("libcppunit-dev", "libutfcpp-dev", "zlib1g-dev"),
        results=(CPPUNIT,),
    ),
    Project(
        "pugixml",
        "XML; XPath",
        "cmake",
        options=("-DBUILD_SHARED_LIBS=ON", "-DPUGIXML_BUILD_TESTS=ON"),
        variants=BOTH_32,
        results=(
            r"(?P<status>Success): (?P<name>\d+ tests passed)",
            r"(?P<name>Test .*) (?P<status>failed)",
        ),
    ),
    Project(
        "fmt",
        "formatting; GoogleTest linked from source",
        "cmake",
        source="fmtlib",
        options=("-DFMT_DOC=OFF", "-DBUILD_SHARED_LIBS=ON", "-DFMT_PEDANTIC=OFF"),
        packages=("googletest",),
        variants=BOTH_32,
    ),
    Project(
        "xerces-c",
        "XML; DOM, SAX, schemas",
        "cmake",
        options=(
            "-DBUILD_SHARED_LIBS=ON",
            "-Dnetwork=OFF",
            "-Dtranscoder=gnuiconv",
            "-Dmessage-loader=inmemory",
        ),
        # Each of these takes 20 seconds whatever the machine; one is left.
        skip="^ThreadTest([1-9]|1[0-4])$",
        big=True,
    ),
    Project(
        "poco",
        "Foundation, XML, JSON, Util; class loader with dlopen",
        "cmake",
        results=(POCO,),
        options=(
            "-DENABLE_TESTS=ON",
            "-DBUILD_SHARED_LIBS=ON",
            *(
                f"-DENABLE_{name}=OFF"
                for name in (
                    "ENCODINGS NET NETSSL CRYPTO JWT MONGODB REDIS DATA DATA_SQLITE"
                    " DATA_MYSQL DATA_ODBC DATA_POSTGRESQL ZIP PAGECOMPILER"
                    " PAGECOMPILER_FILE2PAGE ACTIVERECORD ACTIVERECORD_COMPILER"
                    " APACHECONNECTOR"
                ).split()
            ),
        ),
        big=True,
    ),
    Project(
        "googletest",
        "tests of the test library itself, as shared libraries",
        "cmake",
        options=(
            "-DBUILD_SHARED_LIBS=ON",
            "-Dgmock_build_tests=ON",
            "-Dgtest_build_tests=ON",
            "-Dgtest_build_samples=ON",
        ),
        packages=("python3",),
        big=True,
    ),
    Project(
        "kcoreaddons",
        "a KDE framework; QObjects, plugins",
        "cmake",
        options=("-DBUILD_TESTING=ON", "-DBUILD_QCH=OFF"),
        packages=(
            "extra-cmake-modules",
            "qtbase5-dev",
            "qttools5-dev",
            "qttools5-dev-tools",
            "shared-mime-info",
        ),
        # The same tests as with inotify, 20 seconds by the clock for each.
        skip="^kdirwatch_(stat|qfswatch)_",
        env=("QT_QPA_PLATFORM=offscreen",),
        big=True,
    ),
    Project(
        "protobuf",
        "messages by generated classes; protoc with its plugins",
        "cmake",
        options=(
            "-Dprotobuf_BUILD_SHARED_LIBS=ON",
            "-Dprotobuf_BUILD_TESTS=ON",
            "-Dprotobuf_USE_EXTERNAL_GTEST=ON",
        ),
        packages=("libgtest-dev", "libgmock-dev", "zlib1g-dev"),
        big=True,
    ),
    Project(
        "icu",
        "Unicode; 1,500 classes",
        "autotools",
        folder="source",
        options=("--disable-samples", "--disable-layoutex", "--disable-extras"),
        big=True,
    ),
    Project(
        "wxwidgets",
        "wxBase alone: strings, files, streams, events, threads",
        "autotools",
        source="wxwidgets3.2",
        options=("--disable-gui", "--disable-tests"),
        big=True,
    ),
]
