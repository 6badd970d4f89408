//===- OldSections.h - for separate debug symbols ---------------*- C++ -*-===//
//
// A file of debug symbols has the section headers of the image that was linked.
// elfutils joins the two: eu-unstrip by the names, flags, addresses and sizes
// of loaded sections, libdwfl (systemtap, systemd-coredump, eu-addr2line,
// eu-stack) by where the first segment ends. A rewrite moves tables, changes
// the sizes of some and extends segments. So did prelink, which left the old
// headers in a section that both look for (elfutils, src/unstrip.c,
// find_alloc_sections_prelink; libdwfl/dwfl_module_getdwarf.c,
// find_prelink_address_sync). A rewrite leaves it, too.
//
// eu-unstrip wants a section of the same name and size for each old one, at any
// address. But the name of a relocation table leads to what the loader reads,
// as long as that is: patchelf makes DT_JMPREL of the first section of the name
// in the file, ltrace and BOLT compare its size with DT_PLTRELSZ. So a table of
// another size has a shadow behind it: a section of the old name and size. It
// cannot be less than that: dwz wants no two sections to share bytes,
// eu-elflint no table without relocations, and none of type NONE. The shadow
// has those of a type that linkers give no image, of the places that the table
// had, so that who counts relocations by their types counts none twice.
//
//===----------------------------------------------------------------------===//

#ifndef OBJPRELINK_IMAGEEDIT_OLDSECTIONS_H
#define OBJPRELINK_IMAGEEDIT_OLDSECTIONS_H

#include "ImageEdit/ImageEdit.h"

namespace objprelink {

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
