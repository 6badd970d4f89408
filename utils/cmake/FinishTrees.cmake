# What Debian wants of the files of a package, before cpack packs them.
if(NOT CPACK_GENERATOR STREQUAL "DEB")
  return()
endif()
set(share ${CPACK_TEMPORARY_DIRECTORY}/*${CPACK_PACKAGING_INSTALL_PREFIX}/share)
file(GLOB compressed ${share}/man/man1/* ${share}/doc/*/changelog)
foreach(file ${compressed})
  execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
# It is in /usr/share/common-licenses.
file(GLOB licences ${share}/doc/*/LICENSE)
if(licences)
  file(REMOVE ${licences})
endif()
