# Links all of a project with ld.objprelink, without a word in the project:
#
#   cmake -DCMAKE_PROJECT_TOP_LEVEL_INCLUDES=<this file>   (CMake 3.24 or later)
#   cmake -DCMAKE_PROJECT_INCLUDE=<this file>              (CMake 3.18 or later)
#
# and, where wanted, -DOBJPRELINK_MODE=auto|lazy|relay|off. The first way is for
# what CMake itself links to get to know the compilers, too. What the project's
# checks link is linked so either way.

include("${CMAKE_CURRENT_LIST_DIR}/objprelinkConfig.cmake")
if(DEFINED objprelink_NOT_FOUND_MESSAGE)
  message(FATAL_ERROR "objprelink: ${objprelink_NOT_FOUND_MESSAGE}")
endif()

# GCC and clang both take -B, so that nothing need be known of the compilers.
set(objprelink_flags "-B${objprelink_LIBEXEC_DIR}/")
if(objprelink_flags MATCHES " ")
  set(objprelink_flags "\"${objprelink_flags}\"")
endif()

get_property(objprelink_languages GLOBAL PROPERTY ENABLED_LANGUAGES)
list(REMOVE_ITEM objprelink_languages NONE)
if(NOT objprelink_languages)
  # Too early for the flags themselves: project() is yet to make them. It reads
  # this file once more at its end, because *_INIT counts in new build trees
  # only, and only where nobody gave flags.
  foreach(kind IN ITEMS EXE SHARED MODULE)
    string(APPEND CMAKE_${kind}_LINKER_FLAGS_INIT " ${objprelink_flags}")
  endforeach()
  if(CMAKE_PROJECT_INCLUDE AND CMAKE_VERSION VERSION_LESS 3.29)
    message(FATAL_ERROR "objprelink: CMake ${CMAKE_VERSION} takes one file as "
            "CMAKE_PROJECT_INCLUDE, and it is given: include "
            "${CMAKE_CURRENT_LIST_FILE} there")
  endif()
  list(APPEND CMAKE_PROJECT_INCLUDE "${CMAKE_CURRENT_LIST_FILE}")
else()
  # Nested projects come here again and have the flags from above.
  if(OBJPRELINK_MODE)
    string(APPEND objprelink_flags " -Wl,--objprelink=${OBJPRELINK_MODE}")
  endif()
  foreach(kind IN ITEMS EXE SHARED MODULE)
    string(FIND "${CMAKE_${kind}_LINKER_FLAGS}" "${objprelink_flags}"
           objprelink_place)
    if(objprelink_place EQUAL -1)
      string(APPEND CMAKE_${kind}_LINKER_FLAGS " ${objprelink_flags}")
    endif()
  endforeach()
endif()
unset(objprelink_flags)
unset(objprelink_languages)
unset(objprelink_place)
