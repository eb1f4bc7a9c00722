// The command line as a function, so that the program is one call and tests can call it too.
#pragma once

namespace synfire {

// Exit codes: 0 ok, 1 failure, 2 usage or config, 3 data, 4 diverged, 130 interrupted.
int run_command_line(int argc, char** argv);

}  // namespace synfire
