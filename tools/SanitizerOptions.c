/*===- SanitizerOptions.c - what a sanitizer must know of our programs ------===
 *
 * In each program of the presets asan and tsan. LLVM is not instrumented: it
 * uses memory again that inlined functions of its allocators, which are, have
 * poisoned (allow_user_poisoning), and it gives threads a signal stack, which
 * the sanitizer would then unmap in place of its own (use_sigaltstack).
 * objprelink-build puts a library before the sanitizer's
 * (verify_asan_link_order). What is found ends a program by a signal: that is
 * never the failure which a test expects.
 *
 *===----------------------------------------------------------------------===*/

#define OPTIONS                                                                \
  __attribute__((used, retain, visibility("default"))) const char *

OPTIONS __asan_default_options(void) {
  return "abort_on_error=1:allow_user_poisoning=0:use_sigaltstack=0:"
         "verify_asan_link_order=0";
}

OPTIONS __ubsan_default_options(void) {
  return "abort_on_error=1:print_stacktrace=1";
}

OPTIONS __tsan_default_options(void) {
  return "abort_on_error=1:halt_on_error=1:history_size=7";
}

/* What LLVM publishes by atomic operations of its own, which are not seen: the
 * objects of ManagedStatic, of which the lock of the signal handlers is one,
 * and the names of files that a signal is to remove. These are compared with
 * strings by a function of libstdc++. */
OPTIONS __tsan_default_suppressions(void) {
  return "race:llvm::object_creator<\n"
         "race:^RegisterHandlers\n"
         "race:llvm::sys::RemoveFileOnSignal\n"
         "race:llvm::sys::DontRemoveFileOnSignal\n"
         "race:basic_string<*>::compare(char const*)\n";
}
