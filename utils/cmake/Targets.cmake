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
  # A build starts objprelink thousands of times. Without -fPIE the program has
  # no relocations of its own to process.
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

# objprelink_options(TARGET): makes Options.inc of the folder's Options.td.
#
# The targets take their names from the program, and the include folder of LLVM is
# where tablegen looks for what Options.td includes.
function(objprelink_options target)
  include_directories(${LLVM_INCLUDE_DIRS})
  set(LLVM_TARGET_DEFINITIONS Options.td)
  tablegen(LLVM Options.inc -gen-opt-parser-defs)
  add_custom_target(${target}-options DEPENDS ${TABLEGEN_OUTPUT})
  add_dependencies(${target} ${target}-options)
  target_include_directories(${target} PRIVATE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()

# objprelink_program(NAME SOURCES... LINK rooms...): a program that has options.
function(objprelink_program name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  objprelink_options(${name})
  list(TRANSFORM ARG_LINK PREPEND objprelink)
  target_link_libraries(${name} PRIVATE ${ARG_LINK} objprelinkTool)
  target_link_options(${name} PRIVATE -Wl,--gc-sections)
  if(OBJPRELINK_STATIC)
    # The loader and its relocations cost a dynamic program of this size 3 ms.
    target_link_options(${name} PRIVATE -static)
  endif()
  install(TARGETS ${name})
endfunction()

# objprelink_strip(FILE...): strips installed files that are no targets, where
# targets are stripped. Paths are below the prefix. What has to stay has a .dynsym.
function(objprelink_strip)
  foreach(file ${ARGN})
    install(CODE "
      if(CMAKE_INSTALL_DO_STRIP)
        execute_process(
          COMMAND \"${CMAKE_STRIP}\" --strip-unneeded
                  \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${file}\"
          COMMAND_ERROR_IS_FATAL ANY)
      endif()")
  endforeach()
endfunction()
