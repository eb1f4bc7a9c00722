// Every input of tests/fuzz, seeds and what once broke a parser, given to its target again: no clang needed.
#include <gtest/gtest.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "tests/fuzz/target.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;
const fs::path kRoot = SYNFIRE_SOURCE_DIR;
constexpr double kSeconds = 10;  // of the processor, an input, under sanitizers too

std::vector<fs::path> inputs_of(const std::string& target) {
  std::set<fs::path> folders{kRoot / "tests/fuzz/corpus" / target, kRoot / "tests/fuzz/crashes" / target}, files;
  std::ifstream seeds(kRoot / "tests/fuzz/seeds.txt");
  for (std::string line; std::getline(seeds, line);)
    if (std::string name, folder; std::istringstream(line) >> name >> folder && name == target) folders.insert(kRoot / folder);
  for (const fs::path& folder : folders)
    if (fs::is_directory(folder))
      for (const auto& entry : fs::directory_iterator(folder))
        if (entry.is_regular_file()) files.insert(entry.path());
  return {files.begin(), files.end()};
}

TEST(Fuzz, SeedsAndPastCrashes) {
  ASSERT_GE(fuzz::targets().size(), 9u);
  for (const fuzz::Target& target : fuzz::targets()) {
    int taken = 0;
    for (const fs::path& path : inputs_of(target.name)) {
      SCOPED_TRACE(std::string(target.name) + ": " + path.string());
      std::vector<std::byte> bytes = read_file(path);
      std::clock_t begin = std::clock();
      EXPECT_NO_THROW(taken += fuzz::takes(target, bytes));
      EXPECT_LT(double(std::clock() - begin) / CLOCKS_PER_SEC, kSeconds);
    }
    EXPECT_GT(taken, 0) << target.name << " takes none of its inputs: a fuzzer that begins with such seeds finds nothing";
  }
}

TEST(Fuzz, EachInputLiesWhereATargetFindsIt) {
  for (const char* kind : {"corpus", "crashes"})
    for (const auto& entry : fs::directory_iterator(kRoot / "tests/fuzz" / kind)) {
      auto& all = fuzz::targets();
      EXPECT_TRUE(std::any_of(all.begin(), all.end(), [&](const fuzz::Target& t) { return t.name == entry.path().filename(); })) << entry.path();
    }
}

}  // namespace
}  // namespace synfire
