// Runs the verb that the command line names, and turns what is thrown into lines on stderr and an exit code.
#include "synfire/cli/cli.h"

#include <cerrno>
#include <csignal>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <algorithm>
#include <map>
#include <sched.h>
#include <stdexcept>

#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace cli {

std::string json_text(const std::string& s) { return write_json(Node::of(s)); }

void refuse_picture_name(const std::string& output, std::string_view hint) {
  for (std::string_view end : {".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf"})
    if (output.ends_with(end)) fail(Code::usage, Where{output}, fmt::format("{} files are not written", end), std::string(hint));
}

std::string shell_word(const std::string& s) {
  if (!s.empty() && s.find_first_of(" \t\n'\"\\$`*?[](){}<>|&;#~!") == s.npos) return s;
  std::string r = "'";
  for (char c : s) r += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return r + "'";
}

void print(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() || std::fflush(stdout) != 0)
    fail(Code::io, fmt::format("stdout cannot be written: {}", std::strerror(errno)));
}

std::string in_units(double v) {
  if (v < 10000) return fmt::format("{}", std::llround(v));
  const char* names[] = {"k", "M", "G", "T"};
  int i = -1;
  while (v >= 999.5 && i < 3) v /= 1000, ++i;
  return fmt::format("{:.3g} {}", v, names[i]);
}

std::string in_bytes(double v) {
  const char* names[] = {"B", "KB", "MB", "GB", "TB"};
  int i = 0;
  while (v >= 1023.5 && i < 4) v /= 1024, ++i;
  return fmt::format("{:.{}f} {}", v, i == 0 || v >= 100 ? 0 : 1, names[i]);
}

int threads_of(const Command& c) {
  if (c.threads > 0) return c.threads;
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(1, CPU_COUNT(&set)) : 1;
}

static const char* word_of(Code code) {
  switch (code) {
    case Code::usage: return "usage";
    case Code::config: return "config";
    case Code::shape: return "shape";
    case Code::data: return "data";
    case Code::io: return "io";
    case Code::diverged: return "diverged";
    case Code::interrupted: return "interrupted";
    default: return "internal";
  }
}

static std::string json_of(const Error& e) {
  return fmt::format("{{\"code\":\"{}\",\"where\":{},\"message\":{},\"hint\":{}}}", word_of(e.code), json_text(e.where.str()), json_text(e.message), json_text(e.hint));
}

static int tell(const std::vector<Error>& errors, bool json) {
  for (const Error& e : errors) std::fprintf(stderr, "error: %s\n", e.str().c_str());
  if (json) {
    std::string all;
    for (const Error& e : errors) all += (all.empty() ? "" : ",") + json_of(e);
    std::printf("{\"error\":%s,\"errors\":[%s]}\n", json_of(errors.front()).c_str(), all.c_str());
    std::fflush(stdout);
  }
  return exit_code(errors.front().code);
}

static int dispatch(const Command& c) {
  static const std::map<std::string, int (*)(const Command&)> table = {{"train", train}, {"resume", resume}, {"evaluate", evaluate}, {"predict", predict}, {"check", check},
                                                                           {"describe", describe}, {"list", list}, {"explain", explain}, {"doctor", doctor}, {"schema", schema}, {"draw", draw}, {"init", init}, {"lr-find", lr_find}, {"report", report}};
  return table.at(c.verb)(c);
}

// A closed stdin, stdout or stderr would give its number to the next file that is opened, and what is printed would go into a checkpoint.
// Opened the wrong way round, the place is taken and reading or writing still fails.
static void hold_standard_streams() {
  for (int fd : {0, 1, 2})
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) (void)!::open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);  // takes the lowest free number
}

}  // namespace cli

int run_command_line(int argc, char** argv) {
  cli::hold_standard_streams();
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on file sizes is then an error of the write, like a full disk
  const Error too_large{Code::io, {}, "there is not enough memory for this", "a smaller batch or model needs less; `synfire describe` tells how much"};
  bool json = false;
  for (int i = 1; i < argc; ++i) json = json || std::strcmp(argv[i], "--json") == 0;
  try {
    cli::Command c = cli::parse(argc, argv);
    if (c.help.empty()) return cli::dispatch(c);
    cli::print(c.help);
    return 0;
  } catch (const Failure& f) {
    return cli::tell(f.errors(), json);
  } catch (const std::bad_alloc&) {
    return cli::tell({too_large}, json);
  } catch (const std::length_error&) {  // more than any memory
    return cli::tell({too_large}, json);
  } catch (const std::exception& e) {
    return cli::tell({Error{Code::internal, {}, e.what(), "this is a mistake in synfire; please report it with the command"}}, json);
  }
}

}  // namespace synfire
