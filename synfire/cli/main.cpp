// The program `synfire`: everything it does is in the library.
#include "synfire/cli/cli.h"

int main(int argc, char** argv) { return synfire::run_command_line(argc, argv); }
