# cmake --install: program, library of every level that was built, headers, CMake package, pkg-config file.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# The lowest level lies in the library folder, where linkers look; the loader prefers those in glibc-hwcaps.
install(TARGETS synfire_${lowest} EXPORT SynfireTargets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
foreach(level ${built})
  if(NOT level STREQUAL ${lowest})
    install(TARGETS synfire_${level} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/glibc-hwcaps/x86-64-${level} NAMELINK_SKIP)
  endif()
endforeach()

# The installed program looks for the library where the prefix has it.
add_executable(synfire_installed ${PROJECT_SOURCE_DIR}/synfire/cli/main.cpp)
synfire_settings(synfire_installed)
target_include_directories(synfire_installed PRIVATE ${PROJECT_SOURCE_DIR})
target_link_libraries(synfire_installed PRIVATE synfire_${native})
file(RELATIVE_PATH from_bin ${CMAKE_INSTALL_FULL_BINDIR} ${CMAKE_INSTALL_FULL_LIBDIR})
set_target_properties(synfire_installed PROPERTIES OUTPUT_NAME synfire RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/installed)
if(NOT CMAKE_INSTALL_PREFIX STREQUAL "/usr")  # there the loader looks anyway
  set_target_properties(synfire_installed PROPERTIES INSTALL_RPATH "$ORIGIN/${from_bin}")
endif()
install(TARGETS synfire_installed RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/synfire DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT SynfireTargets NAMESPACE Synfire:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Synfire)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/SynfireConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_file(${PROJECT_SOURCE_DIR}/cmake/SynfireConfig.cmake.in ${PROJECT_BINARY_DIR}/SynfireConfig.cmake @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/SynfireConfig.cmake ${PROJECT_BINARY_DIR}/SynfireConfigVersion.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Synfire)
file(RELATIVE_PATH pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/synfire.pc.in ${PROJECT_BINARY_DIR}/synfire.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/synfire.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

# What people read: licences, what is new, bash completion, and the schema that editors take.
install(FILES ${PROJECT_SOURCE_DIR}/cmake/copyright DESTINATION ${CMAKE_INSTALL_DOCDIR})
set(SYNFIRE_CONTACT "Whoever built this package <root@localhost>" CACHE STRING "who answers for the package: NAME <ADDRESS>")
string(TIMESTAMP SYNFIRE_DATE "%a, %d %b %Y 00:00:00 +0000" UTC)  # SOURCE_DATE_EPOCH where it is set
configure_file(${PROJECT_SOURCE_DIR}/cmake/changelog.in ${PROJECT_BINARY_DIR}/changelog @ONLY)
execute_process(COMMAND gzip -9nc INPUT_FILE ${PROJECT_BINARY_DIR}/changelog OUTPUT_FILE ${PROJECT_BINARY_DIR}/changelog.gz COMMAND_ERROR_IS_FATAL ANY)
install(FILES ${PROJECT_BINARY_DIR}/changelog.gz DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES ${PROJECT_SOURCE_DIR}/tools/completion.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME synfire)
add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/model.schema.json COMMAND synfire schema --output ${PROJECT_BINARY_DIR}/model.schema.json DEPENDS synfire)
add_custom_target(synfire_schema ALL DEPENDS ${PROJECT_BINARY_DIR}/model.schema.json)
add_dependencies(synfire_installed synfire_schema)
install(FILES ${PROJECT_BINARY_DIR}/model.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/synfire)

# The man page is the program's own help, and that of each verb.
find_program(SYNFIRE_HELP2MAN help2man)
if(SYNFIRE_HELP2MAN)
  add_custom_command(OUTPUT ${PROJECT_BINARY_DIR}/synfire.1.gz DEPENDS synfire ${PROJECT_SOURCE_DIR}/tools/man_verbs
                     COMMAND ${PROJECT_SOURCE_DIR}/tools/man_verbs $<TARGET_FILE:synfire> >${PROJECT_BINARY_DIR}/synfire.inc
                     COMMAND ${CMAKE_COMMAND} -E env LC_ALL=C.UTF-8 ${SYNFIRE_HELP2MAN} --no-info --include ${PROJECT_BINARY_DIR}/synfire.inc --name "trains neural networks that a text file describes" --output ${PROJECT_BINARY_DIR}/synfire.1 $<TARGET_FILE:synfire>
                     COMMAND gzip -9nf ${PROJECT_BINARY_DIR}/synfire.1)
  add_custom_target(synfire_man ALL DEPENDS ${PROJECT_BINARY_DIR}/synfire.1.gz)
  add_dependencies(synfire_installed synfire_man)
  install(FILES ${PROJECT_BINARY_DIR}/synfire.1.gz DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
endif()

# cpack -G DEB: one package with all levels that were built.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME synfire)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "${SYNFIRE_CONTACT}")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION "A network, its data and its training stand in one file. It is trained on the
processor, with the same bits on any number of threads, goes on after every
interruption, and one HTML file tells what was learned and what is wrong.

The package holds the command line, the library with headers for C++ and C,
and builds of the library for every x86-64 processor and for newer ones,
which the dynamic loader chooses between.")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
include(CPack)
