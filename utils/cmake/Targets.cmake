# objprelink_library(NAME SOURCES... LINK other-rooms... LLVM components...)
#
# One room of lib/ is one static library objprelink<NAME>; LINK names the rooms
# to its left, so that a layering mistake is a link error.

add_compile_options(-Wall -Wextra -Wno-unused-parameter
                    $<$<COMPILE_LANGUAGE:CXX>:-fno-rtti>
                    -fno-exceptions -fvisibility=hidden
                    -ffunction-sections -fdata-sections)
separate_arguments(definitions NATIVE_COMMAND "${LLVM_DEFINITIONS}")
add_compile_options(${definitions})
if(OBJPRELINK_WERROR)
  add_compile_options(-Werror)
endif()
if(OBJPRELINK_STATIC)
  # Without -fPIE the program has no relocations of its own to process.
  add_compile_options(-fno-pie)
  add_link_options(-no-pie)
endif()

set(OBJPRELINK_INCLUDES ${PROJECT_SOURCE_DIR}/lib)

function(objprelink_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK;LLVM" ${ARGN})
  add_library(objprelink${name} STATIC ${ARG_SOURCES})
  target_include_directories(objprelink${name} PUBLIC ${OBJPRELINK_INCLUDES})
  target_include_directories(objprelink${name} SYSTEM PUBLIC
                             ${LLVM_INCLUDE_DIRS})
  list(TRANSFORM ARG_LINK PREPEND objprelink)
  list(TRANSFORM ARG_LLVM PREPEND LLVM)
  target_link_libraries(objprelink${name} PUBLIC ${ARG_LINK} ${ARG_LLVM})
endfunction()
