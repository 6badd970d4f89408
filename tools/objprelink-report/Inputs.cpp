#include "Inputs.h"
#include "ELF/ImageFiles.h"
#include "Program/ProgramSearch.h"
#include "Report/ReadJson.h"
#include "Support/Diagnostics.h"
#include "Support/InputFile.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Program.h"

using namespace llvm;

namespace objprelink {

static Expected<std::vector<Document>> readJsonReports(StringRef path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return file.takeError();
  return readReports(toStringRef(file->bytes()));
}

static bool isJson(StringRef path) {
  // Standard input can be read once.
  if (path == "-")
    return false;
  const ErrorOr<std::unique_ptr<MemoryBuffer>> file =
      MemoryBuffer::getFileSlice(path, 64, 0);
  return file && looksLikeJson((*file)->getBuffer());
}

/// The file that a shell would run for \p name; in another root its own files
/// are all that there is.
static std::string programPath(const CommandLine &commandLine, StringRef name) {
  if (name.contains('/') || !commandLine.closure.sysroot.empty() ||
      sys::fs::exists(name))
    return name.str();
  const ErrorOr<std::string> found = sys::findProgramByName(name);
  return found ? *found : name.str();
}

static bool isScript(StringRef path) {
  const ErrorOr<std::unique_ptr<MemoryBuffer>> head =
      MemoryBuffer::getFileSlice(path, 2, 0);
  return head && (*head)->getBuffer() == "#!";
}

/// A script is not run, but read for the program that it starts.
static Expected<Document> reportProgram(const CommandLine &commandLine,
                                        StringRef name) {
  const std::string path = programPath(commandLine, name);
  const ClosureOptions &options = commandLine.closure;
  if (!options.sysroot.empty() || !isScript(path))
    return reportClosure(path, options);
  SmallString<128> whole = StringRef(path);
  if (const std::error_code ec = sys::fs::make_absolute(whole))
    return error("{0}: {1}", path, ec.message());
  Expected<FoundProgram> started = findStarted(whole, "");
  if (!started)
    return error("a script, and it is not known what it starts: {0}; name the "
                 "program, or use --run",
                 toString(started.takeError()));
  Expected<Document> document = reportClosure(started->program, options);
  if (document)
    document->remarks.insert(document->remarks.begin(),
                             path + " is a script that starts " +
                                 started->program);
  return document;
}

static Expected<std::vector<Document>> reportOne(const CommandLine &commandLine,
                                                 StringRef path) {
  const auto read = [&]() -> Expected<std::vector<Document>> {
    if (isJson(path))
      return readJsonReports(path);
    Expected<Document> document =
        commandLine.action == CommandLine::Action::Closures
            ? reportProgram(commandLine, path)
            : reportFile(path);
    if (!document)
      return document.takeError();
    return std::vector<Document>{std::move(*document)};
  };
  Expected<std::vector<Document>> out = read();
  if (!out)
    return inContext(path, out.takeError());
  return out;
}

Error readInputs(const CommandLine &commandLine, Inputs &out) {
  out.reports.resize(commandLine.files.size());
  Error errors = Error::success();
  std::vector<std::string> paths;
  std::vector<size_t> arguments;
  for (auto [index, file] : enumerate(commandLine.files)) {
    if (sys::fs::is_directory(file)) {
      const size_t before = paths.size();
      errors = joinErrors(std::move(errors), addImages(file, paths));
      if (paths.size() == before)
        errors = joinErrors(std::move(errors),
                            error("{0}: no images in this folder", file));
    } else {
      paths.push_back(file);
    }
    arguments.resize(paths.size(), index);
  }
  std::vector<std::optional<Expected<std::vector<Document>>>> results(
      paths.size());
  const auto work = [&](size_t i) {
    results[i].emplace(reportOne(commandLine, paths[i]));
  };
  // One file leaves the threads to what it consists of.
  if (results.size() == 1)
    work(0);
  else
    parallelFor(0, results.size(), work);
  for (auto [argument, result] : zip_equal(arguments, results)) {
    if (*result)
      append_range(out.reports[argument], std::move(**result));
    else
      errors = joinErrors(std::move(errors), result->takeError());
  }
  return errors;
}

} // namespace objprelink
