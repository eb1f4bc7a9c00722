// What a run wrote while it trained, as the report and a resumed run read it: the input is its metrics.jsonl, health.jsonl, health.json and
// metrics.csv alike.
#include <filesystem>

#include "synfire/inspect/health_log.h"
#include "synfire/report/curves.h"
#include "tests/fuzz/target.h"

namespace synfire::fuzz {
namespace {

constexpr const char* kLogs[] = {"metrics.jsonl", "health.jsonl", "health.json", "metrics.csv"};

struct Folder {  // of links to one file in memory
  std::string path = (std::filesystem::temp_directory_path() / "synfire-fuzz-XXXXXX").string();
  explicit Folder(const std::string& file) {
    expect(::mkdtemp(path.data()) != nullptr, "a folder for temporary files");
    for (const char* name : kLogs) std::filesystem::create_symlink(file, path + "/" + name);
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path, ignored);
  }
};

void parse(Bytes bytes) {
  std::string file = as_file(bytes);
  static const Folder run(file);
  Notes notes;
  Node curves = read_curves(run.path, notes), health = read_health(run.path, notes);
  expect(curves.find("loss") && curves.find("epochs"), "curves are there, whatever the log holds");
  Measurement m;
  bool measured = measurement_of(text_of(bytes), m);
  for (const std::string& note : notes) expect(note.size() < 1000, "a note is short");
  if (!measured && curves.find("loss")->text.empty()) fail(Code::data, "nothing could be read");
}
SYNFIRE_FUZZ_TARGET(logs, parse);

}  // namespace
}  // namespace synfire::fuzz
