# Which LLVM and LLD are built upon. Debian's LLVM 22 answers
# find_package(LLVM 22) with "version mismatch" (its config file asks for the
# exact minor), so the prefix is asked of llvm-config and the major version is
# checked here.
set(OBJPRELINK_LLVM 22 CACHE STRING "LLVM's major version: 19 to 22")
set_property(CACHE OBJPRELINK_LLVM PROPERTY STRINGS 22 21 20 19)
if(NOT OBJPRELINK_LLVM MATCHES "^(19|20|21|22)$")
  message(FATAL_ERROR "OBJPRELINK_LLVM is '${OBJPRELINK_LLVM}': 19 to 22 build")
endif()
find_program(LLVM_CONFIG
             NAMES llvm-config-${OBJPRELINK_LLVM} llvm-config REQUIRED)
execute_process(COMMAND ${LLVM_CONFIG} --prefix
                OUTPUT_VARIABLE llvmPrefix OUTPUT_STRIP_TRAILING_WHITESPACE
                COMMAND_ERROR_IS_FATAL ANY)
list(PREPEND CMAKE_PREFIX_PATH ${llvmPrefix})
find_package(LLVM REQUIRED CONFIG)
if(NOT LLVM_VERSION_MAJOR EQUAL OBJPRELINK_LLVM)
  message(FATAL_ERROR
          "OBJPRELINK_LLVM is ${OBJPRELINK_LLVM}, and this build folder has found "
          "LLVM ${LLVM_VERSION}: each LLVM wants a folder of its own")
endif()
message(STATUS "LLVM ${LLVM_PACKAGE_VERSION} in ${LLVM_TOOLS_BINARY_DIR}")

list(APPEND CMAKE_MODULE_PATH ${LLVM_CMAKE_DIR})
include(TableGen)
set(LLVM_TABLEGEN_EXE ${LLVM_TOOLS_BINARY_DIR}/llvm-tblgen)

# LLVMSupport names shared zlib, zstd and z3 as its dependencies. A static
# program wants the archives, of which it then takes nothing it does not call.
find_library(LIBZ_ARCHIVE libz.a REQUIRED)
find_library(LIBZSTD_ARCHIVE libzstd.a REQUIRED)
set_target_properties(LLVMSupport PROPERTIES INTERFACE_LINK_LIBRARIES
                      "LLVMDemangle;${LIBZ_ARCHIVE};${LIBZSTD_ARCHIVE}")

# LLD's own archives. What they name as their dependency is libLLVM.so, and two
# copies of LLVM must not meet in a program, so they get the archives: all of
# LLD's machines can be linked, and those that link-time optimization compiles
# for are all that LLVM has.
find_package(LLD REQUIRED CONFIG)
set(distributed) # ThinLTO on other machines, since 22
if(TARGET LLVMDTLTO)
  set(distributed DTLTO)
endif()
llvm_map_components_to_libnames(lldNeeds
  BitReader BitWriter CodeGen Core DebugInfoDWARF LTO MC Object Option
  ${distributed} Passes ProfileData Support TargetParser TransformUtils
  AllTargetsAsmParsers AllTargetsCodeGens AllTargetsDescs AllTargetsInfos)
set_target_properties(lldCommon PROPERTIES INTERFACE_LINK_LIBRARIES
                      "${lldNeeds}")
set_target_properties(lldELF PROPERTIES INTERFACE_LINK_LIBRARIES lldCommon)
