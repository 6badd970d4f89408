#include "Binding/PrintTable.h"
#include "Binding/Carrier.h"
#include "Runtime/Name.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/BinaryFormat/ELF.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace objprelink {

static StringRef describe(uint32_t state) {
  switch (state) {
  case PreboundFirst:
    return "relocated before";
  case PreboundBound:
    return "bound";
  default:
    return "left to the loader";
  }
}

/// The next of \p entries, 0 behind the last: a table may say more than it has.
template <class T> static T takeOne(ArrayRef<T> &entries) {
  if (entries.empty())
    return 0;
  const T out = entries.front();
  entries = entries.drop_front();
  return out;
}

/// The object that entries of "providers" name by \p index; null if there is
/// none.
static const PreboundObject *providerOf(const TableFile &file, uint32_t index) {
  const PreboundTable &table = file.table;
  if (index < table.objectCount)
    return &table.objects[index];
  for (const PreboundObject &object :
       ArrayRef(table.opened, table.header->opened.count))
    if (object.index == index)
      return &object;
  return nullptr;
}

static void printWords(const TableFile &file, const PreboundObject &object,
                       raw_ostream &out) {
  ArrayRef<uint32_t> values = file.entries<uint32_t>(object.values);
  ArrayRef<uint16_t> places = file.entries<uint16_t>(object.places);
  ArrayRef<uint16_t> providers = file.entries<uint16_t>(object.providers);
  for (const PreboundStrip &strip :
       file.entries<PreboundStrip>(object.strips)) {
    const uint32_t kind = strip.kind;
    const bool isRaw = kind == PreboundRaw || kind == PreboundRawSpread;
    const bool isRun = kind == PreboundRaw || kind == PreboundRun;
    const bool isMixed = kind == PreboundMixed || kind == PreboundIndirect;
    for (uint64_t i = 0; i < strip.count; ++i) {
      if ((!isRaw && values.empty()) || (!isRun && places.empty()))
        return;
      // Addresses are those of the files.
      out << formatv("  {0:x}: ", object.linkedAt + strip.begin +
                                      8 * (isRun ? i : takeOne(places)));
      if (kind == PreboundIndirect)
        out << "the result of ";
      const uint32_t base = isMixed ? takeOne(providers) : strip.base;
      const PreboundObject *provider = providerOf(file, base);
      if (base == object.index)
        out << "its own ";
      else if (provider)
        out << file.text(provider->path) << '+';
      if (isRaw)
        out << "base added\n";
      else
        out << formatv("{0:x}\n",
                       (provider ? provider->linkedAt : 0) + takeOne(values));
    }
  }
  for (const ELF::Elf64_Rela &relocation :
       file.entries<ELF::Elf64_Rela>(object.rest))
    out << formatv("  {0:x}: left to the loader: type {1}, symbol {2}, addend "
                   "{3:x}\n",
                   relocation.r_offset, relocation.getType(),
                   relocation.getSymbol(), uint64_t(relocation.r_addend));
}

static void printObject(const TableFile &file, const PreboundObject &object,
                        bool details, raw_ostream &out) {
  out << formatv("{0}: {1}", file.text(object.path), describe(object.state));
  if (object.linkedAt)
    out << formatv(", linked to {0:x}", object.linkedAt);
  if (object.state == PreboundBound)
    out << formatv(", {0} words in {1} strips, {2} relocations{3} left",
                   file.wordCount(object), object.strips.count,
                   object.rest.count, object.keepsPlt ? " and the PLT" : "");
  out << '\n';
  if (details)
    printWords(file, object, out);
}

void printTable(const TableFile &file, bool details, raw_ostream &out) {
  const PreboundTable &table = file.table;
  const PreboundHeader &header = *table.header;
  out << formatv("program: {0}\n", file.text(header.program));
  out << formatv("layout: {0:x}\n", header.layout);
  out << formatv("size: {0} bytes\n", header.size);
  out << formatv("LD_PRELOAD: {0}\n", file.text(header.preload));
  out << formatv("LD_LIBRARY_PATH: {0}\n", file.text(header.libraryPath));
  out << formatv("entered by: {0}\n",
                 file.text(table.objects[header.hook].path));
  out << formatv("functions left to the first call: {0}\n",
                 header.flags & PreboundHasLazy ? "yes" : "no");
  if (file.isOfImage())
    out << "made for an image: not compared with the loader\n";
  out << formatv("loaded: {0}\n",
                 describeCarrier(header.chain, file.text(header.reason)));
  if (header.chain)
    out << formatv("libraries before the runtime: {0}\n", header.chain);
  if (header.staticTls)
    out << formatv(PREBOUND_TLS_TUNABLE ": {0}\n", header.staticTls);
  out << "objects:\n";
  for (const PreboundObject &object :
       ArrayRef(table.objects, table.objectCount))
    printObject(file, object, details, out);
  for (const PreboundGroup &group :
       ArrayRef(table.groups, header.groups.count)) {
    const ArrayRef objects(table.opened + group.first, group.count);
    out << formatv("plugin: {0}\n", file.text(objects[0].path));
    for (const PreboundObject &object : objects)
      printObject(file, object, details, out);
  }
}

} // namespace objprelink
