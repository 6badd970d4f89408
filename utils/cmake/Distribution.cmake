# Packages: cpack -G DEB makes one for each component, cpack -G TXZ one archive
# of all. The programs are static, so the archive runs wherever the kernel does.

# As debchange has it, or else nobody in particular.
set(maintainer "objprelink developers <objprelink@localhost>")
if(DEFINED ENV{DEBEMAIL} AND DEFINED ENV{DEBFULLNAME})
  set(maintainer "$ENV{DEBFULLNAME} <$ENV{DEBEMAIL}>")
endif()
set(OBJPRELINK_MAINTAINER "${maintainer}"
    CACHE STRING "Who a package says is responsible for it")

set(package ${PROJECT_SOURCE_DIR}/utils/package)
set(packageOutputs ${PROJECT_BINARY_DIR}/utils/package)
configure_file(${package}/changelog.in ${packageOutputs}/changelog @ONLY)

# objprelink_component(NAME PACKAGE SECTION DEPENDS DESCRIPTION): what a component
# is as a package of Debian. What its copyright file, changelog and exceptions for
# lintian are called there does no harm elsewhere, except for the licence's text,
# which Debian has in one place for all.
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
  set(mailHost)
  if(NOT OBJPRELINK_MAINTAINER MATCHES "@[^>]*[.]")
    set(mailHost "# Who builds packages for others gives OBJPRELINK_MAINTAINER.
${package}: bogus-mail-host *
${package}: bogus-mail-host-in-debian-changelog *
")
  endif()
  set(overrides ${PROJECT_BINARY_DIR}/utils/package/${package}.overrides)
  configure_file(${PROJECT_SOURCE_DIR}/utils/package/overrides/${name}.in
                 ${overrides} @ONLY)
  install(FILES ${PROJECT_SOURCE_DIR}/LICENSE
                ${PROJECT_SOURCE_DIR}/utils/package/copyright
                ${PROJECT_BINARY_DIR}/utils/package/changelog
          DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/${package}
          COMPONENT ${name})
  install(FILES ${overrides} RENAME ${package}
          DESTINATION ${CMAKE_INSTALL_DATADIR}/lintian/overrides
          COMPONENT ${name})
endfunction()

objprelink_component(tools objprelink devel "" "\
make vtable slots of C++ files cheap to load
objprelink1 and objprelink2 rewrite objects, archives and finished libraries
so that a vtable slot costs the loader no symbol look-up of its own.
objprelink-note says in them what they open by dlopen(), and
objprelink-report says what the start of a program costs, and where.")
objprelink_component(linker objprelink-linker devel "libc6 (>= 2.34)" "\
LLD with vtable slots that cost the loader no look-up each
ld.objprelink takes every option of ld.lld, and objprelink-build runs a build
with it. No other linker is replaced.")
objprelink_component(starts objprelink-starts utils "libc6 (>= 2.31)" "\
start installed programs by tables of their look-ups
Large programs of many C++ libraries start faster after objprelink-program has
had their symbol look-ups made once. No installed file is changed. After
upgrades the tables are made anew.")
objprelink_component(dev objprelink-dev devel "\
objprelink (= ${PROJECT_VERSION}), objprelink-linker (= ${PROJECT_VERSION})" "\
link packages with ld.objprelink
This has the package objprelink for CMake, dh_objprelink for debhelper, macros
for RPM and a snippet for makepkg.")

set(CPACK_DEBIAN_DEV_PACKAGE_PROVIDES dh-sequence-objprelink)

install(FILES ${PROJECT_SOURCE_DIR}/README.md
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/objprelink COMPONENT tools)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/
        DESTINATION ${CMAKE_INSTALL_DATADIR}/doc/objprelink COMPONENT tools
        FILES_MATCHING PATTERN "*.md" PATTERN "man" EXCLUDE
        PATTERN "paper" EXCLUDE PATTERN "reports" EXCLUDE)

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
# Only this text lets a component's own first line be the synopsis.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_NAME} built using CMake")
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
    ${package}/triggers ${package}/postinst ${package}/prerm)
set(CPACK_DEBIAN_COMPRESSION_TYPE xz)
set(CPACK_PRE_BUILD_SCRIPTS
    ${PROJECT_SOURCE_DIR}/utils/cmake/FinishTrees.cmake)
set(CPACK_POST_BUILD_SCRIPTS
    ${PROJECT_SOURCE_DIR}/utils/cmake/FinishPackages.cmake)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
include(CPack)
