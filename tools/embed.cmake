# Makes a C++ file that holds another file as bytes: cmake -DIN=file -DOUT=file.cpp -DNAME=function -P embed.cmake
file(READ ${IN} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(................................................................................)" "\\1\n" bytes "${bytes}")
file(WRITE ${OUT} "// Made from ${NAME} by tools/embed.cmake.\n#include <string_view>\nnamespace synfire {\nstatic const unsigned char bytes[] = {\n${bytes}\n};\nstd::string_view ${NAME}() { return {reinterpret_cast<const char*>(bytes), ${size}}; }\n}\n")
