/* The smallest auditor that sees everything: each binding, and each call
 * through a PLT on its way in. It changes nothing. */
#define _GNU_SOURCE
#include <link.h>

unsigned la_version(unsigned version) {
  (void)version;
  return LAV_CURRENT;
}

unsigned la_objopen(struct link_map *map, Lmid_t list, uintptr_t *cookie) {
  (void)map, (void)list, (void)cookie;
  return LA_FLG_BINDTO | LA_FLG_BINDFROM;
}

#define BIND (void)index, (void)from, (void)to, (void)flags, (void)name
#define ENTER BIND, (void)registers, (void)frame

#ifdef __x86_64__
uintptr_t la_symbind64(Elf64_Sym *symbol, unsigned index, uintptr_t *from,
                       uintptr_t *to, unsigned *flags, const char *name) {
  BIND;
  return symbol->st_value;
}

Elf64_Addr la_x86_64_gnu_pltenter(Elf64_Sym *symbol, unsigned index,
                                  uintptr_t *from, uintptr_t *to,
                                  La_x86_64_regs *registers, unsigned *flags,
                                  const char *name, long *frame) {
  ENTER;
  return symbol->st_value;
}
#else
uintptr_t la_symbind32(Elf32_Sym *symbol, unsigned index, uintptr_t *from,
                       uintptr_t *to, unsigned *flags, const char *name) {
  BIND;
  return symbol->st_value;
}

Elf32_Addr la_i86_gnu_pltenter(Elf32_Sym *symbol, unsigned index,
                               uintptr_t *from, uintptr_t *to,
                               La_i86_regs *registers, unsigned *flags,
                               const char *name, long *frame) {
  ENTER;
  return symbol->st_value;
}
#endif
