//===- OldSections.h - for separate debug symbols ---------------*- C++ -*-===//
//
// A file of debug symbols has the section headers of the image that was linked.
// elfutils joins the two: eu-unstrip by the names, flags, addresses and sizes
// of loaded sections, libdwfl (systemtap, systemd-coredump, eu-addr2line,
// eu-stack) by where the first segment ends. A rewrite moves tables, changes
// the sizes of some and extends segments. So did prelink, which left the old
// headers in a section that both look for (elfutils, src/unstrip.c,
// find_alloc_sections_prelink; libdwfl/dwfl_module_getdwarf.c,
// find_prelink_address_sync). A rewrite leaves such a section, too.
//
// eu-unstrip needs a section of the same name and size for each old one, at any
// address. But the name of a relocation table has to lead to the table that the
// loader reads, with its present size: patchelf takes DT_JMPREL from the first
// section of that name in the file, and ltrace and BOLT compare its size with
// DT_PLTRELSZ. So a table of another size has a shadow behind it: a section of
// the old name and size. The shadow has to be a table of its own: dwz allows no
// two sections to share bytes, and eu-elflint no table without relocations, and
// none of type NONE. The relocations of the shadow have the places that the old
// table had, and a type that linkers put into no image, so that tools which
// count relocations by type count none twice.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_OLDSECTIONS_H
#define OBJPRELINK_IMAGEEDIT_OLDSECTIONS_H

#include "ImageEdit/ImageEdit.h"

namespace objprelink {

/// The name of the section with the old headers.
inline constexpr llvm::StringLiteral kOldSections = ".gnu.prelink_undo";

/// The size of the shadow that the table at \p old needs if it is \p newSize
/// bytes long now: 0 if it needs none.
uint64_t shadowSize(const Image &image, const AddressRange &old,
                    uint64_t newSize);

/// Adds the shadow of \p table, which was at \p old, at \p address.
void addShadow(ImageEdit &edit, const AddressRange &old,
               llvm::ArrayRef<Relocation> table, uint64_t address);

/// Adds to \p edit, which is laid out, the section with the old headers.
void addOldSections(ImageEdit &edit);

} // namespace objprelink

#endif
