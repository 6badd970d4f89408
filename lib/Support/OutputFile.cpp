#include "Support/OutputFile.h"
#include "Support/Diagnostics.h"
#include "Support/TemporaryFiles.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Alignment.h"
#include "llvm/Support/Errc.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Parallel.h"
#include "llvm/Support/Path.h"
#include <atomic>
#include <climits>
#include <fcntl.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utility>

using namespace llvm;

namespace objprelink {

static Error lastError() {
  return errorCodeToError(errnoAsErrorCode());
}

/// Below this, a system call of its own costs more than the copy it saves.
static constexpr size_t kKernelCopyMinimum = size_t(64) << 10;

/// What file systems give out, at the least.
static constexpr uint64_t kDiskBlock = 4096;

namespace {
/// Writes extents to a descriptor: small ones gathered, large ones that stand
/// in an input file copied by the kernel from there, and large ones that are
/// written already passed over.
class ExtentWriter {
public:
  /// The file \p fd begins with \p written.
  ExtentWriter(int fd, const OutputSource &source, Bytes written = {})
      : fd(fd), source(source), written(written) {}
  Error write(const Extents &contents);
  /// What the kernel copied, given where the output is mapped now.
  Copies copies(const uint8_t *output) const;
  /// Has the file system take back the blocks of the zeros that were written.
  void makeHoles() const;

private:
  void noteHoles(Bytes bytes, uint64_t offset);
  Error writeGathered();
  Expected<bool> copyInKernel(Bytes bytes);
  bool standsInSource(Bytes bytes) const;
  bool isWritten(Bytes bytes, uint64_t offset) const {
    return offset <= written.size() &&
           bytes.size() <= written.size() - offset &&
           bytes.data() == written.data() + offset;
  }

  int fd;
  OutputSource source;
  Bytes written;
  SmallVector<iovec, 64> gathered;
  bool kernelCopies = true;
  /// Each range that the kernel copied and its offset in the output.
  SmallVector<std::pair<Bytes, uint64_t>, 16> copied;
  /// Offset and size of whole blocks of zeros that are not of the source.
  SmallVector<std::pair<uint64_t, uint64_t>, 4> holes;
};
} // namespace

bool ExtentWriter::standsInSource(Bytes bytes) const {
  const std::less_equal<> le;
  return le(source.bytes.begin(), bytes.begin()) &&
         le(bytes.end(), source.bytes.end());
}

/// Returns false, with nothing written, where the kernel or the file system
/// cannot do it (EXDEV, EINVAL, ENOSYS, EOPNOTSUPP: Linux before 5.3, network
/// file systems, pipes).
Expected<bool> ExtentWriter::copyInKernel(Bytes bytes) {
  loff_t offset = bytes.begin() - source.bytes.begin();
  size_t left = bytes.size();
  while (left) {
    const ssize_t n =
        ::copy_file_range(source.fd, &offset, fd, nullptr, left, 0);
    if (n > 0) {
      left -= n;
      continue;
    }
    if (n < 0 && errno == EINTR)
      continue;
    if (left != bytes.size())
      return n < 0 ? lastError() : error("the input shrank while it was read");
    if (n < 0 && (errno == ENOSPC || errno == EFBIG || errno == EIO))
      return lastError();
    return false;
  }
  return true;
}

Error ExtentWriter::writeGathered() {
  iovec *next = gathered.begin();
  while (next != gathered.end()) {
    const int count = std::min<ptrdiff_t>(gathered.end() - next, IOV_MAX);
    ssize_t n = ::writev(fd, next, count);
    if (n < 0) {
      if (errno == EINTR)
        continue;
      return lastError();
    }
    for (; next != gathered.end() && size_t(n) >= next->iov_len; ++next)
      n -= next->iov_len;
    if (n) {
      next->iov_base = static_cast<char *>(next->iov_base) + n;
      next->iov_len -= n;
    }
  }
  gathered.clear();
  return Error::success();
}

Copies ExtentWriter::copies(const uint8_t *output) const {
  Copies out;
  for (const auto &[bytes, offset] : copied)
    out.add(bytes.begin(), Bytes(output + offset, bytes.size()));
  return out;
}

void ExtentWriter::noteHoles(Bytes bytes, uint64_t offset) {
  const uint64_t end = offset + bytes.size();
  for (uint64_t at = alignTo(offset, kDiskBlock); at + kDiskBlock <= end;
       at += kDiskBlock) {
    if (any_of(bytes.slice(at - offset, kDiskBlock),
               [](uint8_t byte) { return byte; }))
      continue;
    if (!holes.empty() && holes.back().first + holes.back().second == at)
      holes.back().second += kDiskBlock;
    else
      holes.emplace_back(at, kDiskBlock);
  }
}

void ExtentWriter::makeHoles() const {
  // Where the file system has no holes the zeros stay.
  for (const auto &[offset, size] : holes)
    (void)::fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset,
                      size);
}

Error ExtentWriter::write(const Extents &contents) {
  uint64_t end = 0;
  for (Bytes bytes : contents.list()) {
    const uint64_t offset = end;
    end += bytes.size();
    if (bytes.size() >= kKernelCopyMinimum && standsInSource(bytes)) {
      if (source.fd < 0)
        copied.emplace_back(bytes, offset);
      if (isWritten(bytes, offset)) {
        if (Error e = writeGathered())
          return e;
        if (::lseek(fd, end, SEEK_SET) < 0)
          return lastError();
        continue;
      }
      if (source.fd >= 0 && kernelCopies) {
        if (Error e = writeGathered())
          return e;
        Expected<bool> done = copyInKernel(bytes);
        if (!done)
          return done.takeError();
        if (*done) {
          copied.emplace_back(bytes, offset);
          continue;
        }
        kernelCopies = false;
      }
    }
    if (!standsInSource(bytes))
      noteHoles(bytes, offset);
    gathered.push_back({const_cast<uint8_t *>(bytes.data()), bytes.size()});
  }
  return writeGathered();
}

/// Copies extended attributes (ACLs and capabilities are such). What the file
/// system or our rights do not allow is passed over, as cp -p does.
static void copyAttributes(int from, int to) {
  SmallVector<char, 256> names(::flistxattr(from, nullptr, 0) + 1);
  const ssize_t length = ::flistxattr(from, names.data(), names.size());
  SmallVector<char, 256> value;
  for (const char *name = names.begin();
       length > 0 && name < names.begin() + length; name += strlen(name) + 1) {
    const ssize_t size = ::fgetxattr(from, name, nullptr, 0);
    if (size < 0)
      continue;
    value.resize_for_overwrite(size);
    if (::fgetxattr(from, name, value.data(), value.size()) == size)
      (void)::fsetxattr(to, name, value.data(), size, 0);
  }
}

/// Gives \p fd the owner and mode of \p from, in this order: chown clears
/// set-user-ID bits and file capabilities.
static Error copyOwnerAndMode(const struct stat &from, int fd) {
  struct stat to;
  if (::fstat(fd, &to) != 0)
    return lastError();
  mode_t mode = from.st_mode & 07777;
  if ((to.st_uid != from.st_uid || to.st_gid != from.st_gid) &&
      ::fchown(fd, from.st_uid, from.st_gid) != 0)
    mode &= 0777; // Not our file to give away: no set-ID bits for our own user.
  return ::fchmod(fd, mode) == 0 ? Error::success() : lastError();
}

static Error readBack(int fd, uint64_t size, const ExtentWriter &writer,
                      OutputCheck check) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> written = MemoryBuffer::getOpenFile(
      sys::fs::convertFDToNativeFile(fd), "output", size,
      /*RequiresNullTerminator=*/false);
  if (!written)
    return errorCodeToError(written.getError());
  const Bytes bytes = arrayRefFromStringRef((*written)->getBuffer());
  return check(bytes, writer.copies(bytes.begin()));
}

/// Writes by a thread of LLVM's pool.
class PendingFile::Start {
public:
  Start(int fd, Bytes contents) : contents(contents) {
    thread.spawn([this, fd] { write(fd); });
  }
  ~Start() { isVain = true; }

  const Bytes contents;
  /// What stands in the file now; of no more use if that is not \p wanted. The
  /// error is that of the file system.
  Expected<Bytes> finish(Bytes wanted) {
    isVain = contents.data() != wanted.data();
    thread.sync();
    if (failed)
      return errorCodeToError(failed);
    return isVain ? Bytes() : contents;
  }

private:
  void write(int fd) {
    constexpr size_t piece = size_t(4) << 20;
    for (size_t at = 0; at < contents.size() && !isVain;) {
      const size_t size = std::min(piece, contents.size() - at);
      const ssize_t n = ::pwrite(fd, contents.data() + at, size, at);
      if (n >= 0) {
        at += n;
      } else if (errno != EINTR) {
        failed = errnoAsErrorCode();
        return;
      }
    }
  }

  std::atomic<bool> isVain = false;
  std::error_code failed;
  /// Last, because it waits.
  parallel::TaskGroup thread;
};

PendingFile::PendingFile(StringRef path) : path(path) {}

PendingFile::~PendingFile() {
  discard();
}

Expected<PendingFile> PendingFile::create(StringRef path, unsigned mode,
                                          uint64_t size) {
  PendingFile out(path);
  std::error_code ec = make_error_code(errc::file_exists);
  for (int tries = 0; tries != 128 && ec == errc::file_exists; ++tries) {
    SmallString<256> name;
    sys::fs::createUniquePath(path + ".objprelink-%%%%%%%%", name,
                              /*MakeAbsolute=*/false);
    ec = createTemporary(name, mode, out.descriptor);
    if (!ec)
      out.temporary = name.str();
  }
  if (ec)
    return errorCodeToError(ec);
  if (size)
    if (std::error_code ec = sys::fs::resize_file(out.fd(), size))
      return errorCodeToError(ec);
  return out;
}

PendingFile::PendingFile(PendingFile &&other)
    : path(std::move(other.path)),
      temporary(std::exchange(other.temporary, std::string())),
      descriptor(std::exchange(other.descriptor, -1)),
      start(std::move(other.start)) {}

void PendingFile::begin(Bytes contents) {
  // Less is written sooner than another thread is asked to.
  constexpr size_t least = size_t(1) << 20;
  if (start && start->contents.data() == contents.data())
    return;
  start.reset();
  if (contents.size() >= least)
    start = std::make_unique<Start>(fd(), contents);
}

Error PendingFile::fill(Extents contents, const OutputSource &source,
                        OutputCheck check) {
  // More may have been reserved, or written by an attempt before this one.
  const uint64_t size = contents.size();
  Bytes written;
  if (start) {
    Expected<Bytes> found = start->finish(source.bytes);
    start.reset();
    if (!found)
      return found.takeError();
    written = *found;
  }
  struct stat now;
  if (::fstat(fd(), &now) != 0 || ::lseek(fd(), 0, SEEK_SET) != 0 ||
      (uint64_t(now.st_size) > size && ::ftruncate(fd(), size) != 0))
    return lastError();
  ExtentWriter writer(fd(), source, written);
  if (Error e = writer.write(contents))
    return e;
  writer.makeHoles();
  // What was new is written: its memory serves the check.
  contents = Extents();
  return readBack(fd(), size, writer, check);
}

static Error unchecked(Bytes, const Copies &) {
  return Error::success();
}

Error PendingFile::fill(Bytes contents) {
  Extents extents;
  extents.append(contents);
  return fill(std::move(extents), {contents}, unchecked);
}

Error PendingFile::keep(AfterCrash crash) {
  // First, because what could not be written may be said as late as this.
  if (::close(std::exchange(descriptor, -1)) != 0)
    return lastError();
  // Then the old file has the name of the temporary one. Without one, or where
  // the file system cannot do it, nothing has happened.
  if (crash == AfterCrash::MayBeEmpty &&
      ::renameat2(AT_FDCWD, temporary.c_str(), AT_FDCWD, path.c_str(),
                  RENAME_EXCHANGE) == 0)
    ::unlink(temporary.c_str());
  else if (std::error_code ec = sys::fs::rename(temporary, path))
    return errorCodeToError(ec);
  forgetTemporary(temporary);
  temporary.clear();
  return Error::success();
}

void PendingFile::discard() {
  start.reset();
  if (descriptor >= 0)
    ::close(std::exchange(descriptor, -1));
  if (temporary.empty())
    return;
  ::unlink(temporary.c_str());
  forgetTemporary(temporary);
  temporary.clear();
}

static Error replaceFile(StringRef path, Extents contents,
                         const InputFile &input, OutputCheck check) {
  // Ours alone until the input's mode is known to be on it.
  const unsigned mode = input.isStdin()
                            ? sys::fs::all_read | sys::fs::all_write
                            : sys::fs::owner_read | sys::fs::owner_write;
  Expected<PendingFile> file = PendingFile::create(path, mode);
  if (!file)
    return file.takeError();
  if (Error e =
          file->fill(std::move(contents), {input.bytes(), input.fd}, check))
    return e;
  // Last, because writing to a file takes set-ID bits from it.
  if (!input.isStdin()) {
    if (Error e = copyOwnerAndMode(input.status, file->fd()))
      return e;
    copyAttributes(input.fd, file->fd());
  }
  return file->keep();
}

Error writeExtents(int fd, const Extents &contents) {
  return ExtentWriter(fd, OutputSource()).write(contents);
}

/// Writes to something that has no contents to replace. The check runs first:
/// what went down a pipe cannot be taken back.
static Error writeThrough(int fd, const Extents &contents, OutputCheck check) {
  if (Error e = check(contents.flatten(), Copies()))
    return e;
  return writeExtents(fd, contents);
}

namespace {
/// What is at the name of an output.
struct Place {
  /// A link that stands there stays; its target is what is replaced.
  SmallString<256> path;
  bool exists = false;
  struct stat old;

  /// A device or a pipe has no contents to replace.
  bool isStream() const { return exists && !S_ISREG(old.st_mode); }
};
} // namespace

static Expected<Place> findPlace(StringRef path) {
  Place out;
  out.path = path;
  out.exists = ::stat(out.path.c_str(), &out.old) == 0;
  if (!out.exists && errno != ENOENT)
    return lastError();
  if (out.exists && S_ISDIR(out.old.st_mode))
    return errorCodeToError(make_error_code(errc::is_a_directory));
  if (out.exists && !out.isStream())
    if (std::error_code ec = sys::fs::real_path(path, out.path))
      return errorCodeToError(ec);
  return out;
}

static Error writeToStream(Place &place, const Extents &contents,
                           OutputCheck check) {
  const int fd = sys::RetryAfterSignal(-1, ::open, place.path.c_str(),
                                       O_WRONLY | O_CLOEXEC);
  if (fd < 0)
    return lastError();
  Error e = writeThrough(fd, contents, check);
  if (::close(fd) != 0 && !e)
    return lastError();
  return e;
}

Error writeOutput(StringRef path, Extents contents, const InputFile &input,
                  OutputCheck check, Diagnostics &diagnostics) {
  if (path == "-")
    return writeThrough(STDOUT_FILENO, contents, check);
  Expected<Place> place = findPlace(path);
  if (!place)
    return place.takeError();
  if (place->isStream())
    return writeToStream(*place, contents, check);
  if (place->exists && place->old.st_nlink > 1)
    diagnostics.warn(": has " + Twine(place->old.st_nlink) +
                     " hard links: the other names keep the old contents");
  return replaceFile(place->path, std::move(contents), input, check);
}

Error writeFile(StringRef path, Bytes contents) {
  Expected<Place> place = findPlace(path);
  if (!place)
    return place.takeError();
  if (place->isStream()) {
    Extents extents;
    extents.append(contents);
    return writeToStream(*place, extents, unchecked);
  }
  Expected<PendingFile> file =
      PendingFile::create(place->path, sys::fs::all_read | sys::fs::all_write);
  if (!file)
    return file.takeError();
  if (Error e = file->fill(contents))
    return e;
  if (place->exists)
    if (Error e = copyOwnerAndMode(place->old, file->fd()))
      return e;
  return file->keep();
}

} // namespace objprelink
