// Every input of tests/fuzz, seeds and what once broke a parser, given to its target again, as it is and changed a little: no clang needed.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "synfire/base/random.h"
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

// A small fuzzer that needs no clang and does the same each time: bytes changed, pieces cut out, doubled and taken from another input.
std::string changed(const std::string& seed, const std::string& other, const Random& random) {
  std::string s = seed;
  uint64_t draw = 0;
  auto below = [&](size_t n) { return size_t(random.below(draw++, std::max<size_t>(n, 1))); };
  for (size_t times = 1 + below(4); times > 0; --times) {
    size_t at = below(s.size()), length = below(std::min<size_t>(s.size() - at, 64) + 1);
    switch (below(6)) {
      case 0: if (!s.empty()) s[at] = char(below(256)); break;
      case 1: if (!s.empty()) s[at] = char(s[at] ^ 1 << below(8)); break;
      case 2: s.erase(at, length); break;
      case 3: s.insert(at, s.substr(at, length)); break;
      case 4: s.resize(at); break;
      default: {
        size_t from = below(other.size());
        s.replace(at, length, other.substr(from, below(64)));
      }
    }
  }
  return s;
}

TEST(Fuzz, ChangedSeeds) {
  constexpr uint64_t kChanges = 60;  // of each input
  for (const fuzz::Target& target : fuzz::targets()) {
    std::vector<std::string> seeds;
    for (const fs::path& path : inputs_of(target.name))
      if (auto bytes = read_file(path); bytes.size() <= 4096) seeds.emplace_back(text_of(bytes));
    std::clock_t begin = std::clock();
    for (size_t i = 0; i < seeds.size(); ++i)
      for (uint64_t k = 0; k < kChanges; ++k) {
        std::string input = changed(seeds[i], seeds[k % seeds.size()], Random{1, stream_of(target.name), i * kChanges + k});
        EXPECT_NO_THROW(fuzz::takes(target, bytes_of(input))) << target.name << ": change " << k << " of input " << i;
      }
    EXPECT_LT(double(std::clock() - begin) / CLOCKS_PER_SEC, 6 * kSeconds) << target.name;
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
