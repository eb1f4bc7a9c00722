// init DATA: looks at data and writes a model file for them. A file that is there stays, unless --force is given.
#include <cstdio>
#include <filesystem>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/base/utf8.h"
#include "synfire/cli/command.h"
#include "synfire/cli/starter.h"

namespace synfire::cli {

namespace fs = std::filesystem;

static std::string file_for(const std::string& data) {
  std::error_code error;
  fs::path whole = fs::absolute(data).lexically_normal();
  if (whole.filename().empty()) whole = whole.parent_path();  // "pictures/"
  std::string name = fs::is_directory(whole, error) ? whole.filename().string() : whole.stem().string();
  return (name.empty() ? "model" : name) + ".toml";
}

int init(const Command& c) {
  std::string output = c.output.empty() ? file_for(c.words[0]) : c.output;
  bool to_stdout = output == "-";
  Pool pool(threads_of(c));
  Starter s = starter_for(c.words, c.target, to_stdout ? "" : folder_of(output), pool);
  if (std::error_code error; !to_stdout && !c.force && fs::exists(fs::symlink_status(output, error)))  // what is wrong with the data is told first
    fail(Code::usage, Where{output}, "is there already", "--output names another file, --force writes over this one");
  if (to_stdout) print(s.text);
  else write_file(output, s.text);
  std::string text;
  for (const std::string& line : s.said) text += printable(line) + "\n";
  if (!to_stdout) text += fmt::format("{} is written; look at it, then\n  synfire train {}\n", output, shell_word(output));
  if (to_stdout || c.json) std::fputs(text.c_str(), stderr);
  else print(text);
  if (c.json) print(fmt::format("{{\"model\":{}}}\n", to_stdout ? "null" : json_text(output)));
  return 0;
}

}  // namespace synfire::cli
