#include "Binding/BindProgram.h"
#include "Binding/TableStore.h"
#include "Binding/TableWriter.h"
#include "Binding/VerifyTable.h"
#include "Loader/Sysroot.h"
#include "Runtime/Name.h"
#include "Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

using namespace llvm;

namespace objprelink {

static Expected<std::string> findInside(StringRef name, StringRef root) {
  const Sysroot sysroot(root);
  const StringRef folders[] = {"/usr/local/bin/", "/usr/bin/", "/bin/"};
  std::vector<std::string> paths;
  if (name.contains('/'))
    paths.push_back(("/" + name.ltrim('/')).str());
  else
    for (StringRef folder : folders)
      paths.push_back((folder + name).str());
  for (const std::string &path : paths)
    if (std::optional<std::string> real = sysroot.realPath(path))
      return std::move(*real);
  return error("{0}: it is not below {1}", name, root);
}

Expected<std::string> findProgram(StringRef name, StringRef root) {
  if (!root.empty())
    return findInside(name, root);
  ErrorOr<std::string> path = sys::findProgramByName(name);
  if (!path)
    return error("{0}: {1}", name, path.getError().message());
  SmallString<256> real;
  if (const std::error_code ec = sys::fs::real_path(*path, real))
    return error("{0}: {1}", *path, ec.message());
  return real.str().str();
}

Error checkPrivileges(const std::string &path) {
  struct stat status;
  if (::stat(path.c_str(), &status))
    return error("{0}", ::strerror(errno));
  if (status.st_mode & (S_ISUID | S_ISGID))
    return error("it runs with the rights of another user or group");
  if (::getxattr(path.c_str(), "security.capability", nullptr, 0) > 0)
    return error("it runs with capabilities");
  return Error::success();
}

static std::string environmentValue(const char *name) {
  return sys::Process::GetEnv(name).value_or("");
}

namespace {
struct BoundPlugin {
  Plugin plugin;
  /// It was asked for, so it has to fit.
  bool isNamed = false;
  /// After the loader alone has opened it.
  Start plain = {};
};

class Binder {
public:
  Binder(const BindRequest &wish, Interruptible &signals)
      : wish(wish), signals(signals) {
    out.path = wish.program;
    out.tablePath = wish.tablePath;
    hostPath = out.path;
    if (!wish.root.empty())
      hostPath = Sysroot(wish.root).resolve(out.path).value_or("");
  }
  Expected<BoundProgram> run();

private:
  ClosureRequest closureOf(std::vector<std::string> plugins) const;
  Error load();
  Error loadChain();
  Error bindPlugins();
  Error bindImage();
  Expected<ByteVector> makeTable(ArrayRef<uint32_t> list);
  Expected<PendingFile> writeFile(ArrayRef<uint32_t> list);
  Error checkPlugins();
  Error writeAndVerify(const Start &plain);
  Error verifyPlugins(ArrayRef<std::string> variables);
  std::vector<std::string> carrierVariables() const;
  StartRequest request(ArrayRef<std::string> variables) const;
  Expected<Start> observe(ArrayRef<std::string> variables);
  void sumUp(ArrayRef<uint32_t> list, uint64_t compared);

  const BindRequest &wish;
  Interruptible &signals;
  std::optional<ResolvedClosure> closure;
  Binding binding;
  std::vector<BoundPlugin> plugins;
  /// The one that was found not to fit.
  std::optional<size_t> misfit;
  /// Where the program says why it did not start.
  std::string errorFile;
  Carrier carrier;
  /// The number of the library that is preloaded; 0 is none.
  uint32_t chain = 0;
  /// The program, whatever the root is.
  std::string hostPath;
  BoundProgram out;
};
} // namespace

/// The folder of the runtime.
static std::string runtimeFolder() {
  const std::string self = sys::fs::getMainExecutable(nullptr, nullptr);
  return sys::path::parent_path(self).str() + "/" OBJPRELINK_RUNTIME;
}

/// What the loader loads for the program, which opens \p plugins. The
/// environment of another system is not known.
ClosureRequest Binder::closureOf(std::vector<std::string> plugins) const {
  ClosureRequest request;
  request.program = hostPath;
  request.sysroot = wish.root;
  if (wish.root.empty()) {
    request.libraryPath = environmentValue("LD_LIBRARY_PATH");
    request.preload = environmentValue("LD_PRELOAD");
  }
  if (chain)
    request.preload += (request.preload.empty() ? "" : ":") +
                       chainPath(runtimeFolder(), chain);
  request.plugins = std::move(plugins);
  request.dlopenNotes = false;
  return request;
}

Error Binder::load() {
  if (Error e = checkPrivileges(hostPath))
    return e;
  Expected<ResolvedClosure> loaded = resolveClosure(closureOf({}));
  if (!loaded)
    return loaded.takeError();
  closure.emplace(std::move(*loaded));
  Expected<Carrier> chosen =
      chooseCarrier(*closure, wish.carrier, environmentValue("GLIBC_TUNABLES"));
  if (!chosen)
    return chosen.takeError();
  carrier = std::move(*chosen);
  if (carrier.isPreload)
    if (Error e = loadChain())
      return e;
  Expected<Binding> bound = bindClosure(*closure);
  if (!bound)
    return bound.takeError();
  binding = std::move(*bound);
  binding.carrier = carrier;
  binding.chain = chain;
  out.carrier = describeCarrier(carrier.isPreload, carrier.reason);
  return Error::success();
}

/// Loads the program anew, with the runtime among its libraries.
Error Binder::loadChain() {
  // Where the runtime is in another system is not known.
  if (!wish.root.empty())
    return error("{0}, so LD_PRELOAD would have to bring the runtime, which is "
                 "done for programs of this system alone",
                 carrier.reason);
  Expected<uint32_t> number = findChain(closureOf({}), runtimeFolder());
  if (!number)
    return number.takeError();
  chain = *number;
  Expected<ResolvedClosure> loaded = resolveClosure(closureOf({}));
  if (!loaded)
    return loaded.takeError();
  closure.emplace(std::move(*loaded));
  return Error::success();
}

/// Binds each plugin as if it were the only one. What cannot be bound is left
/// out, unless it was named.
Error Binder::bindPlugins() {
  if (carrier.isPreload) {
    if (!wish.pluginFiles.empty())
      return error("plugins are bound by an audit object alone: {0}",
                   carrier.reason);
    return Error::success();
  }
  ClosureRequest noting = closureOf({});
  Expected<std::vector<WantedPlugin>> wanted =
      findPlugins(wish.plugins, wish.pluginFiles, out.tablePath, noting);
  if (!wanted)
    return wanted.takeError();
  for (const WantedPlugin &want : *wanted) {
    const auto bind = [&]() -> Expected<Plugin> {
      Expected<ResolvedClosure> loaded = resolveOpened(closureOf({want.path}));
      if (!loaded)
        return loaded.takeError();
      return bindPlugin(want.path, std::move(*loaded));
    };
    Expected<Plugin> plugin = bind();
    if (plugin) {
      plugins.push_back({std::move(*plugin), want.isNamed});
      continue;
    }
    Error e = inContext(want.path, plugin.takeError());
    if (want.isNamed)
      return e;
    out.left.push_back(toString(std::move(e)));
  }
  return Error::success();
}

/// Has the loader alone open each plugin.
Error Binder::checkPlugins() {
  std::vector<BoundPlugin> kept;
  for (BoundPlugin &bound : plugins) {
    Expected<Start> plain = observePlugin(request({}), bound.plugin, signals);
    if (plain) {
      bound.plain = std::move(*plain);
      kept.push_back(std::move(bound));
      continue;
    }
    Error e = inContext(bound.plugin.path, plain.takeError());
    if (bound.isNamed)
      return e;
    out.left.push_back(toString(std::move(e)));
  }
  plugins = std::move(kept);
  return Error::success();
}

/// Has each plugin opened by the table, and compares its words.
Error Binder::verifyPlugins(ArrayRef<std::string> variables) {
  for (auto [index, bound] : enumerate(plugins)) {
    misfit = index;
    const Plugin &plugin = bound.plugin;
    Expected<Start> prebound =
        observePlugin(request(variables), plugin, signals);
    if (!prebound)
      return inContext(plugin.path, prebound.takeError());
    Expected<uint64_t> compared =
        compareStarts(plugin.closure, plugin.binding, bound.plain, *prebound);
    if (!compared)
      return inContext(plugin.path, compared.takeError());
    out.compared += *compared;
  }
  misfit.reset();
  return Error::success();
}

/// The program with \p variables, and without what else changes the loader's
/// ways.
StartRequest Binder::request(ArrayRef<std::string> variables) const {
  static constexpr StringRef kOurs[] = {
      "LD_AUDIT",         "LD_BIND_NOT",     "LD_BIND_NOW",
      "LD_DEBUG",         "LD_DEBUG_OUTPUT", "LD_DYNAMIC_WEAK",
      "LD_PROFILE",       "LD_SHOW_AUXV",    "LD_TRACE_LOADED_OBJECTS",
      "LD_VERBOSE",       "LD_WARN",         "OBJPRELINK",
      "OBJPRELINK_TABLE", PREBOUND_TLS_MARK};
  StartRequest request;
  request.program = out.path;
  request.errorFile = errorFile;
  for (char **entry = environ; *entry; ++entry)
    if (!is_contained(kOurs, StringRef(*entry).split('=').first))
      request.environment.push_back(*entry);
  llvm::append_range(request.environment, variables);
  return request;
}

Expected<Start> Binder::observe(ArrayRef<std::string> variables) {
  return observeStart(request(variables), *closure, binding, signals);
}

/// What has the loader load the runtime.
std::vector<std::string> Binder::carrierVariables() const {
  if (carrier.isPreload)
    return {"LD_PRELOAD=" + closureOf({}).preload};
  std::vector<std::string> out = {"LD_AUDIT=" + runtimeFolder() +
                                  "/libobjprelink-start.so"};
  if (carrier.staticTls) {
    out.push_back("GLIBC_TUNABLES=" PREBOUND_TLS_TUNABLE "=" +
                  itostr(carrier.staticTls));
    out.push_back(PREBOUND_TLS_MARK "=");
  }
  return out;
}

/// The table for ld.so's list of indices of libraries.
Expected<ByteVector> Binder::makeTable(ArrayRef<uint32_t> list) {
  const bool isOfImage = !wish.root.empty();
  // The environment in which the launcher is called.
  const auto value = [&](const char *name) {
    return isOfImage ? "" : environmentValue(name);
  };
  const std::string preload = value("LD_PRELOAD");
  const std::string libraryPath = value("LD_LIBRARY_PATH");
  std::vector<const Plugin *> opened;
  for (const BoundPlugin &bound : plugins)
    opened.push_back(&bound.plugin);
  return writeTable({*closure, binding, list, out.path, preload, libraryPath,
                     opened, isOfImage});
}

/// Writes the table for \p list to a file that has not its name yet.
Expected<PendingFile> Binder::writeFile(ArrayRef<uint32_t> list) {
  Expected<ByteVector> table = makeTable(list);
  if (!table)
    return table.takeError();
  if (Error e = prepareFolder(sys::path::parent_path(out.tablePath)))
    return e;
  Expected<PendingFile> file =
      PendingFile::create(out.tablePath, 0644, table->size());
  if (!file)
    return inContext(out.tablePath, file.takeError());
  // Whatever the umask is: the runtime believes no file that others may write.
  if (::fchmod(file->fd(), 0644))
    return error("{0}: {1}", out.tablePath, ::strerror(errno));
  if (Error e = file->fill(*table))
    return inContext(out.tablePath, std::move(e));
  out.tableBytes = table->size();
  return file;
}

/// Binds a program that is not to be run. ld.so's list is the program's search
/// list: it has its own place there if anything needs it, and else it has none.
Error Binder::bindImage() {
  if (Error e = bindPlugins())
    return e;
  const std::vector<uint32_t> &list = closure->scopes[0];
  Expected<PendingFile> file = writeFile(list);
  if (!file)
    return file.takeError();
  sumUp(list, /*compared=*/0);
  out.table.emplace(std::move(*file));
  return Error::success();
}

Error Binder::writeAndVerify(const Start &plain) {
  std::vector<uint32_t> list;
  for (const StartedObject &object : plain.objects)
    list.push_back(object.library);
  if (carrier.isPreload) {
    // The runtime does nothing where no table is named.
    Expected<Start> with = observe(carrierVariables());
    if (!with)
      return with.takeError();
    list.clear();
    for (const StartedObject &object : with->objects)
      list.push_back(object.library);
  }
  Expected<PendingFile> file = writeFile(list);
  if (!file)
    return file.takeError();
  const std::string path =
      "/proc/" + itostr(::getpid()) + "/fd/" + itostr(file->fd());
  std::vector<std::string> variables = carrierVariables();
  variables.push_back("OBJPRELINK=require");
  variables.push_back("OBJPRELINK_TABLE=" + path);
  Expected<Start> prebound = observe(variables);
  if (!prebound)
    return inContext("prebound", prebound.takeError());
  Expected<uint64_t> compared =
      compareStarts(*closure, binding, plain, *prebound);
  if (!compared)
    return compared.takeError();
  sumUp(list, *compared);
  if (Error e = verifyPlugins(variables))
    return e;
  // These starts were ours.
  ::fremovexattr(file->fd(), PREBOUND_COUNTS);
  out.table.emplace(std::move(*file));
  return Error::success();
}

void Binder::sumUp(ArrayRef<uint32_t> list, uint64_t compared) {
  out.compared = compared;
  out.words = binding.wordCount();
  out.rest = binding.restCount();
  out.plugins = plugins.size();
  out.libraries = out.bound = 0;
  for (const BoundPlugin &bound : plugins) {
    out.words += bound.plugin.binding.wordCount();
    out.rest += bound.plugin.binding.restCount();
  }
  for (uint32_t library : list) {
    if (isOfChain(closure->libraries[library]))
      continue;
    ++out.libraries;
    const BoundObject &bound = binding.objects[library];
    if (bound.state == PreboundBound)
      ++out.bound;
    else if (!misfit)
      out.left.push_back(closure->libraries[library].path + ": " +
                         bound.reason);
  }
}

Expected<BoundProgram> Binder::run() {
  SmallString<128> said;
  if (const std::error_code ec =
          sys::fs::createTemporaryFile("objprelink-bind", "txt", said))
    return error("temporary file: {0}", ec.message());
  errorFile = said.str().str();
  const FileRemover remover(said);
  if (Error e = load())
    return e;
  if (!wish.root.empty()) {
    if (Error e = bindImage())
      return e;
    return std::move(out);
  }
  Expected<Start> plain = observe({"LD_BIND_NOW=1"});
  if (!plain)
    return plain.takeError();
  if (Error e = bindPlugins())
    return e;
  if (Error e = checkPlugins())
    return e;
  for (;;) {
    Error e = writeAndVerify(*plain);
    if (!e)
      break;
    if (!misfit || plugins[*misfit].isNamed)
      return e;
    // The table without it is another one, and is verified anew.
    out.left.push_back(toString(std::move(e)));
    std::vector<BoundPlugin> kept;
    for (auto [index, bound] : enumerate(plugins))
      if (index != *misfit)
        kept.push_back(std::move(bound));
    plugins = std::move(kept);
    misfit.reset();
  }
  return std::move(out);
}

Error BoundProgram::install() {
  if (Error e = table->keep())
    return e;
  removeMark(tablePath);
  return Error::success();
}

Expected<BoundProgram> bindProgram(const BindRequest &request,
                                   Interruptible &signals) {
  return Binder(request, signals).run();
}

} // namespace objprelink
