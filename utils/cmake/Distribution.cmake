# Packages: cpack -G DEB makes one for each component, cpack -G TXZ one archive
# of all. The programs are static, so the archive runs wherever the kernel does.

set(OBJPRELINK_MAINTAINER "objprelink developers <objprelink@localhost>"
    CACHE STRING "Who a package says is responsible for it")

# objprelink_component(NAME PACKAGE SECTION DEPENDS DESCRIPTION): what a component
# is as a package of Debian.
function(objprelink_component name package section depends description)
  string(TOUPPER ${name} upper)
  foreach(setting
      "PACKAGE_NAME=${package}" "PACKAGE_SECTION=${section}"
      "PACKAGE_DEPENDS=${depends}" "DESCRIPTION=${description}")
    string(FIND "${setting}" "=" at)
    string(SUBSTRING "${setting}" 0 ${at} key)
    math(EXPR at "${at} + 1")
    string(SUBSTRING "${setting}" ${at} -1 value)
    set(CPACK_DEBIAN_${upper}_${key} "${value}" PARENT_SCOPE)
  endforeach()
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE RENAME copyright
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
          COMPONENT ${name})
endfunction()

objprelink_component(tools objprelink devel "" "\
make vtable slots of C++ files cheap to load
 objprelink1 and objprelink2 rewrite objects, archives and finished libraries
 so that a vtable slot costs the loader no symbol look-up of its own;
 objprelink-note says in them what they open by dlopen(), and
 objprelink-report says what the start of a program costs, and where.")
objprelink_component(linker objprelink-linker devel "libc6 (>= 2.34)" "\
LLD with vtable slots that cost the loader no look-up each
 ld.objprelink takes every option of ld.lld; objprelink-build runs a build with
 it. No other linker is replaced.")
objprelink_component(starts objprelink-starts utils "libc6 (>= 2.31)" "\
start installed programs by tables of their look-ups
 objprelink-bind makes the look-ups of a program's start once, and
 objprelink-start starts it with them. No installed file is changed.")
objprelink_component(dev objprelink-dev devel "\
objprelink (= ${PROJECT_VERSION}), objprelink-linker (= ${PROJECT_VERSION})" "\
link packages with ld.objprelink
 The package objprelink for CMake, dh_objprelink for debhelper, macros for RPM
 and a snippet for makepkg.")

set(CPACK_DEBIAN_DEV_PACKAGE_PROVIDES dh-sequence-objprelink)
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS debhelper)

install(FILES ${PROJECT_SOURCE_DIR}/README.md
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/objprelink COMPONENT tools)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/objprelink COMPONENT tools
        FILES_MATCHING PATTERN "*.md" PATTERN "man" EXCLUDE)

set(package ${PROJECT_SOURCE_DIR}/utils/package)
install(PROGRAMS ${package}/dh_objprelink
        DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT dev)
find_program(POD2MAN pod2man)
if(POD2MAN)
  set(page ${PROJECT_BINARY_DIR}/docs/dh_objprelink.1)
  add_custom_command(OUTPUT ${page}
    COMMAND ${POD2MAN} --section=1 --center=Debhelper
            "--release=objprelink ${PROJECT_VERSION}" --date "" --utf8
            ${package}/dh_objprelink ${page}
    DEPENDS ${package}/dh_objprelink VERBATIM)
  add_custom_target(dh-docs ALL DEPENDS ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man1
          COMPONENT dev)
endif()
install(FILES ${package}/objprelink.pm
        DESTINATION ${CMAKE_INSTALL_DATADIR}/perl5/Debian/Debhelper/Sequence
        COMPONENT dev)
install(FILES ${package}/macros.objprelink
        DESTINATION lib/rpm/macros.d COMPONENT dev)
install(FILES ${package}/makepkg-objprelink.conf
        DESTINATION ${CMAKE_INSTALL_DATADIR}/objprelink COMPONENT dev)

set(CPACK_PACKAGE_NAME objprelink)
set(CPACK_PACKAGE_VENDOR objprelink)
set(CPACK_PACKAGE_CONTACT "${OBJPRELINK_MAINTAINER}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_COMPONENTS_ALL tools linker starts dev)
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB TXZ)
set(CPACK_THREADS 2)
set(CPACK_SOURCE_GENERATOR "")
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE
    WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
# Upgrades of libraries put tables out of date.
set(CPACK_DEBIAN_STARTS_PACKAGE_CONTROL_EXTRA
    ${package}/triggers ${package}/postinst)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
include(CPack)
