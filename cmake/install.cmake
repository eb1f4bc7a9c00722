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
set_target_properties(synfire_installed PROPERTIES OUTPUT_NAME synfire RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/installed
                      INSTALL_RPATH "$ORIGIN/${from_bin}")
install(TARGETS synfire_installed RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})

install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/synfire DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(EXPORT SynfireTargets NAMESPACE Synfire:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Synfire)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/SynfireConfigVersion.cmake COMPATIBILITY SameMinorVersion)
configure_file(${PROJECT_SOURCE_DIR}/cmake/SynfireConfig.cmake.in ${PROJECT_BINARY_DIR}/SynfireConfig.cmake @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/SynfireConfig.cmake ${PROJECT_BINARY_DIR}/SynfireConfigVersion.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/Synfire)
file(RELATIVE_PATH pc_to_prefix /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(${PROJECT_SOURCE_DIR}/cmake/synfire.pc.in ${PROJECT_BINARY_DIR}/synfire.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/synfire.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
