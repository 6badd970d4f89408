# What find_package(objprelink) finds: in an installed tree, which may be moved
# as a whole, and in this build tree, which has the layout of an installed one.
include(CMakePackageConfigHelpers)

set(packageSources ${PROJECT_SOURCE_DIR}/utils/cmake/package)
set(packageDir ${CMAKE_INSTALL_DATADIR}/cmake/objprelink)

# objprelink_package(FOLDER PREFIX DESTINATION BINDIR LIBEXECDIR): the package,
# in FOLDER, for a tree at PREFIX that has it in DESTINATION.
function(objprelink_package folder prefix destination bindir libexecdir)
  set(linker ${bindir}/ld.objprelink)
  set(libexec ${libexecdir}/objprelink)
  configure_package_config_file(
    ${packageSources}/objprelinkConfig.cmake.in
    ${folder}/objprelinkConfig.cmake
    INSTALL_PREFIX ${prefix}
    INSTALL_DESTINATION ${destination}
    PATH_VARS linker libexec
    NO_SET_AND_CHECK_MACRO NO_CHECK_REQUIRED_COMPONENTS_MACRO)
  # The linker runs on this machine and links for others: the size of a pointer
  # in the project that asks is no matter.
  write_basic_package_version_file(
    ${folder}/objprelinkConfigVersion.cmake
    COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
  configure_file(${packageSources}/objprelink-linker.cmake
                 ${folder}/objprelink-linker.cmake COPYONLY)
endfunction()

objprelink_package(${PROJECT_BINARY_DIR}/share/cmake/objprelink
                   ${PROJECT_BINARY_DIR} share/cmake/objprelink bin libexec)
objprelink_package(${PROJECT_BINARY_DIR}/utils/cmake/installed
                   ${CMAKE_INSTALL_PREFIX} ${packageDir}
                   ${CMAKE_INSTALL_BINDIR} ${CMAKE_INSTALL_LIBEXECDIR})
install(DIRECTORY ${PROJECT_BINARY_DIR}/utils/cmake/installed/
        DESTINATION ${packageDir} COMPONENT dev)
