//===- Sweep.cpp - each byte of the tables of a file, changed -------------===//
//
// Every byte of the headers of FILE and of its dynamic table becomes 00, 7f,
// 80, ff, one more and one less; so does the beginning of each other table, in
// which words become numbers of that kind, too. Each case goes through the
// oracles in memory, thousands in a process, under one setting after the other.
// A sample goes through the driver: what is refused leaves the file as it was
// and nothing beside it.
//
// A case that ends its process (a signal, an oracle that failed, more memory
// or processor time than such a file can be worth) is named, and --only=CASE
// runs it alone, in this process, where a debugger sees it.
//
//===----------------------------------------------------------------------===//

#include "Driver/RewriteFile.h"
#include "ELF/Classify.h"
#include "Oracles.h"
#include "Places.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Compiler.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace llvm;
using namespace objprelink;

static constexpr unsigned kCasesOfProcess = 4000;
/// Memory and processor time that are enough for any file of some kilobytes.
static constexpr uint64_t kMostMemory = 256 << 20;
static constexpr unsigned kMostSeconds = 10;

/// Shadow memory is terabytes.
static constexpr bool kLimitsMemory =
    !LLVM_ADDRESS_SANITIZER_BUILD && !LLVM_THREAD_SANITIZER_BUILD;

namespace {
/// A file in which one byte or word is changed.
struct Case {
  uint64_t offset = 0;
  uint32_t value = 0;
  uint8_t size = 1;
};

/// What a process tells the one that started it.
struct Progress {
  uint64_t current = 0; ///< the number of the case
  uint64_t counts[3] = {};
  uint64_t files = 0;
};

struct Options {
  uint64_t most = 400;
  uint64_t fileStep = 100;
  unsigned mostFailures = 10;
  std::string only;
  std::vector<std::string> files;
};

class Sweep {
public:
  Sweep(StringRef name, Bytes original, const Options &options,
        StringRef folder);
  /// Returns the number of failures.
  unsigned run(Progress &total);
  bool runOnly(StringRef only);

private:
  void findCases();
  std::string describe(const Case &c) const;
  unsigned runProcess(uint64_t begin, uint64_t end, Progress &progress);
  void runCases(uint64_t begin, uint64_t end, Progress &progress);
  void runCase(uint64_t number, Progress &progress);
  void runDriver(Bytes bytes, Config config, Outcome outcome);

  const std::string name;
  const ByteVector original;
  const Options &options;
  const SmallString<128> path; ///< of the file that the driver gets
  std::vector<Config> configs;
  std::vector<Case> cases;
};
} // namespace

static std::vector<Config> configsFor(Bytes file) {
  const FileKind kind = classify(file).kind;
  return kind == FileKind::Image ? imageConfigs() : objectConfigs();
}

static SmallString<128> inFolder(StringRef folder, StringRef name) {
  SmallString<128> path = folder;
  sys::path::append(path, name);
  return path;
}

Sweep::Sweep(StringRef name, Bytes original, const Options &options,
             StringRef folder)
    : name(sys::path::filename(name)),
      original(original.begin(), original.end()), options(options),
      path(inFolder(folder, "file")), configs(configsFor(original)) {
  findCases();
}

void Sweep::findCases() {
  const auto add = [&](uint64_t offset, uint32_t value, uint8_t size) {
    if (offset + size <= original.size() &&
        memcmp(&original[offset], &value, size))
      cases.push_back({offset, value, size});
  };
  std::vector<bool> seen(original.size());
  for (const Place &place : findPlaces(original, options.most))
    for (uint64_t at = place.offset; at < place.offset + place.size; ++at) {
      if (seen[at])
        continue;
      seen[at] = true;
      const uint8_t old = original[at];
      for (uint8_t value : {0, 0x7f, 0x80, 0xff, old + 1, old - 1})
        add(at, value, 1);
      if ((at - place.offset) % 4 == 0)
        for (uint32_t value : {0u, 0x7fffffffu, 0x80000000u, 0xfffffff0u, ~0u})
          add(at, value, 4);
    }
}

std::string Sweep::describe(const Case &c) const {
  return formatv(
      "{0}+{1:x-}={2}", name, c.offset,
      toHex(Bytes(reinterpret_cast<const uint8_t *>(&c.value), c.size),
            /*LowerCase=*/true));
}

/// What the driver does with the same bytes: it must agree, and leave nothing.
void Sweep::runDriver(Bytes bytes, Config config, Outcome outcome) {
  const auto expect = [](bool holds, const Twine &what) {
    if (holds)
      return;
    errs() << "driver: " << what << "\n";
    abort();
  };
  {
    std::error_code ec;
    raw_fd_ostream out(path, ec);
    out << toStringRef(bytes);
  }
  config.inPlace = true;
  Diagnostics diagnostics;
  Error e = rewriteFile(path, config, diagnostics);
  expect(bool(e) == (outcome == Outcome::Refused),
         "not the outcome of the pass in memory");
  consumeError(std::move(e));
  if (outcome != Outcome::Rewritten) {
    Expected<InputFile> after = InputFile::open(path);
    expect(after && after->bytes() == bytes, "the file changed");
  }
  std::error_code ec;
  unsigned left = 0;
  for (sys::fs::directory_iterator entry(sys::path::parent_path(path), ec), end;
       entry != end && !ec; entry.increment(ec))
    ++left;
  expect(left == 1, "something is left in the folder");
}

void Sweep::runCase(uint64_t number, Progress &progress) {
  const Case &c = cases[number];
  // Of the very size, so that a sanitizer sees what is past the end.
  std::vector<uint8_t> bytes(original.begin(), original.end());
  memcpy(&bytes[c.offset], &c.value, c.size);
  const Config &config = configs[number % configs.size()];
  const Outcome outcome = checkAny(bytes, config);
  ++progress.counts[size_t(outcome)];
  if (number % 3 == 0 && classify(bytes).kind == FileKind::Image)
    checkNotes(bytes);
  if (number % options.fileStep || config.linked ||
      classify(bytes).kind == FileKind::ThinArchive)
    return;
  runDriver(bytes, config, outcome);
  ++progress.files;
}

void Sweep::runCases(uint64_t begin, uint64_t end, Progress &progress) {
  // The time is the processor's, which is the case's own.
  const itimerval limit = {{0, 0}, {kMostSeconds, 0}};
  for (progress.current = begin; progress.current < end; ++progress.current) {
    setitimer(ITIMER_VIRTUAL, &limit, nullptr);
    runCase(progress.current, progress);
  }
}

unsigned Sweep::runProcess(uint64_t begin, uint64_t end, Progress &progress) {
  unsigned failures = 0;
  while (begin < end && failures < options.mostFailures) {
    const pid_t child = fork();
    if (child < 0) {
      errs() << "fork: " << strerror(errno) << "\n";
      exit(1);
    }
    if (child == 0) {
      if (kLimitsMemory) {
        const rlimit limit = {kMostMemory, kMostMemory};
        setrlimit(RLIMIT_AS, &limit);
      }
      runCases(begin, end, progress);
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (status == 0)
      return failures;
    const Case &c = cases[progress.current];
    errs() << "--only=" << describe(c) << ": "
           << (WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "exit")
           << "\n";
    ++failures;
    begin = progress.current + 1;
  }
  return failures;
}

unsigned Sweep::run(Progress &total) {
  unsigned failures = 0;
  for (uint64_t begin = 0;
       begin < cases.size() && failures < options.mostFailures;
       begin += kCasesOfProcess)
    failures += runProcess(
        begin, std::min<uint64_t>(begin + kCasesOfProcess, cases.size()),
        total);
  return failures;
}

bool Sweep::runOnly(StringRef only) {
  const auto found =
      find_if(cases, [&](const Case &c) { return describe(c) == only; });
  if (found == cases.end())
    return false;
  Progress progress;
  runCase(found - cases.begin(), progress);
  return true;
}

static bool parse(int argc, char **argv, Options &out) {
  for (StringRef argument : ArrayRef(argv + 1, argc - 1)) {
    if (argument.consume_front("--only="))
      out.only = argument.str();
    else if (argument.consume_front("--most=")) {
      if (argument.getAsInteger(10, out.most))
        return false;
    } else if (argument.consume_front("--file-step=")) {
      if (argument.getAsInteger(10, out.fileStep) || !out.fileStep)
        return false;
    } else if (argument.consume_front("--most-failures=")) {
      if (argument.getAsInteger(10, out.mostFailures))
        return false;
    } else if (argument.starts_with("-"))
      return false;
    else
      out.files.push_back(argument.str());
  }
  return !out.files.empty();
}

static unsigned sweep(const Options &options, StringRef folder,
                      Progress &total) {
  unsigned failures = 0;
  for (const std::string &path : options.files) {
    Expected<InputFile> file = InputFile::open(path);
    if (!file) {
      errs() << "error: " << path << ": " << toString(file.takeError()) << "\n";
      return failures + 1;
    }
    Sweep sweep(path, file->bytes(), options, folder);
    if (options.only.empty())
      failures += sweep.run(total);
    else if (sweep.runOnly(options.only))
      outs() << options.only << ": nothing is wrong\n";
  }
  return failures;
}

int main(int argc, char **argv) {
  Options options;
  if (!parse(argc, argv, options)) {
    errs() << "usage: " << argv[0]
           << " [--only=CASE] [--most=BYTES of a table] [--file-step=N: the "
              "driver gets each Nth] [--most-failures=N of a file] FILE...\n";
    return 2;
  }
  parallel::strategy = hardware_concurrency(1);
  SmallString<128> folder;
  if (std::error_code ec =
          sys::fs::createUniqueDirectory("objprelink-sweep", folder)) {
    errs() << argv[0] << ": error: " << ec.message() << "\n";
    return 1;
  }
  // Shared with the processes that do the work, and so as they leave it.
  void *const shared = mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE,
                            MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  auto &total = *new (shared) Progress;
  const unsigned failures = sweep(options, folder, total);
  sys::fs::remove_directories(folder);
  const auto [refused, leftAlone, rewritten] = total.counts;
  outs() << formatv("{0} cases: {1} refused, {2} left alone, {3} rewritten; "
                    "{4} by the driver, too; {5} failures\n",
                    refused + leftAlone + rewritten, refused, leftAlone,
                    rewritten, total.files, failures);
  return failures != 0;
}
