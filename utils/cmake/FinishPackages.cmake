# cpack counts a symbolic link as what it leads to, so a package of a linker with five
# names says that it takes six times its size. This puts the size that dpkg-gencontrol
# has: files in KiB, rounded up, and one for everything else.
foreach(deb ${CPACK_PACKAGE_FILES})
  if(deb MATCHES "[.]deb$")
    execute_process(COMMAND bash ${CMAKE_CURRENT_LIST_DIR}/../package/set-size
                            ${deb} COMMAND_ERROR_IS_FATAL ANY)
  endif()
endforeach()
