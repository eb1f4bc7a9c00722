// One file is enough: the things of tests/extension/ are known nowhere else, and are listed, checked and
// trained like any other. docs/extending.md shows these files.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "synfire/base/registry.h"
#include "synfire/cli/cli.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SYNFIRE_SOURCE_DIR;

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in) << path;
  return {std::istreambuf_iterator<char>(in), {}};
}

// What `synfire WORDS…` prints to stdout.
std::string said(std::vector<std::string> words, int code = 0) {
  std::vector<char*> argv{const_cast<char*>("synfire")};
  for (std::string& w : words) argv.push_back(w.data());
  ::testing::internal::CaptureStdout();
  int got = run_command_line(static_cast<int>(argv.size()), argv.data());
  std::fflush(stdout);
  std::string text = ::testing::internal::GetCapturedStdout();
  EXPECT_EQ(got, code) << text;
  return text;
}

TEST(Extension, IsInTheCatalogue) {
  for (const auto& [role, name, file] : {std::array<std::string, 3>{"op", "cube", "cube"}, {"layer", "bend", "bend"}, {"optimizer", "sign_momentum", "sign_momentum"}, {"op", "sign_momentum_update", "sign_momentum"}, {"neuron", "leaky_twice", "leaky_twice"}, {"op", "leaky_twice_scan_grad", "leaky_twice"}, {"surrogate", "hill", "hill"}}) {
    const Entry* e = find_entry(role, name);
    ASSERT_TRUE(e) << role << " " << name;
    EXPECT_NE(e->file.find("extension/" + file + ".cpp"), e->file.npos) << e->file;
  }
}

TEST(Extension, IsListedAndExplained) {
  EXPECT_NE(said({"list", "op"}).find("  cube "), std::string::npos);
  EXPECT_NE(said({"list"}).find("  bend "), std::string::npos);
  EXPECT_NE(said({"list", "optimizer"}).find("  sign_momentum "), std::string::npos);
  std::string text = said({"explain", "sign_momentum"});
  for (const char* words : {"an optimizer", "beta", "memory of the mean", "default 0.9", "0 to 1", "sign_momentum.cpp"}) EXPECT_NE(text.find(words), text.npos) << words << " is not in\n" << text;
}

TEST(Extension, IsInTheTestsOfEveryOp) {
  for (const char* suite : {"GradientOp", "RegistryOp", "DeterminismOp"}) {
    bool found = false;
    const auto& all = *::testing::UnitTest::GetInstance();
    for (int i = 0; i < all.total_test_suite_count(); ++i) {
      const auto& s = *all.GetTestSuite(i);
      for (int k = 0; k < s.total_test_count(); ++k) found |= s.name() == std::string(suite) && std::string(s.GetTestInfo(k)->name()).ends_with("/cube");
    }
    EXPECT_TRUE(found) << suite;
  }
}

TEST(Extension, NoSourceFileKnowsIt) {
  std::regex name("\"(cube|bend|sign_momentum|sign_momentum_update|leaky_twice|hill)\"");
  for (const char* folder : {"synfire", "catalog"})
    for (const auto& f : fs::recursive_directory_iterator(kRoot / folder)) {
      if (f.is_regular_file()) { EXPECT_FALSE(std::regex_search(text_of(f.path()), name)) << f.path(); }
    }
}

// Trains the file, resumes it for one epoch more, and gives the test accuracy.
double trained(const std::string& model, int epochs) {
  fs::path folder = fs::temp_directory_path() / ("synfire-extension-" + std::to_string(getpid()));
  fs::create_directories(folder);
  std::ofstream(folder / "m.toml") << model;
  std::string text = said({"train", (folder / "m.toml").string(), "--runs", (folder / "runs").string(), "--progress", "none", "--json", "--threads", "2", "train.epochs=" + std::to_string(epochs)});
  while (text.ends_with('\n')) text.pop_back();
  nlohmann::json result = nlohmann::json::parse(text.substr(text.rfind('\n') + 1), nullptr, false);
  EXPECT_TRUE(result.contains("metrics")) << text;
  if (!result.contains("metrics")) return 0;
  fs::path run = result["run"].get<std::string>();
  std::string resumed = said({"resume", run.string(), "--epochs", "+1", "--progress", "none", "--json"});  // what lasts is in the checkpoint
  EXPECT_NE(resumed.find("\"epochs\":" + std::to_string(epochs + 1)), resumed.npos) << resumed;
  fs::remove_all(folder);
  return result["metrics"]["test"]["accuracy"].get<double>();
}

TEST(Extension, TrainsInAModelFile) {
  EXPECT_GT(trained(R"(data = "digits"
layer = [
  {kind = "dense", units = 32, activation = "tanh"},
  {kind = "bend"},
  {kind = "dense", units = "classes"},
]
[train]
batch = 32
optimizer = {kind = "sign_momentum", lr = 2e-3}
)", 8), 0.9);
}

TEST(Extension, FiresInAModelFile) {
  EXPECT_GT(trained(R"(data = "digits"
time = {steps = 10}
layer = [
  {kind = "dense", units = 64},
  {kind = "leaky_twice", surrogate = {kind = "hill", k = 4}},
  {kind = "dense", units = "classes"},
  {kind = "leaky_twice", surrogate = "hill", recurrent = true},
]
[train]
batch = 32
loss = "ce_count"
optimizer = {kind = "adam", lr = 5e-3}
)", 12), 0.85);
}

TEST(Extension, GuideShowsTheseFiles) {
  std::string guide = text_of(kRoot / "docs/extending.md");
  std::regex listing("`(tests/extension/[a-z_]+\\.cpp)`\n[^`]*(?:`[^`\n]+`[^`]*)*?```cpp\n([^`]*)```");
  std::set<std::string> shown;
  for (std::sregex_iterator i(guide.begin(), guide.end(), listing), end; i != end; ++i) {
    shown.insert((*i)[1]);
    EXPECT_EQ((*i)[2], text_of(kRoot / (*i)[1].str())) << "docs/extending.md shows " << (*i)[1] << " otherwise than it is";
  }
  std::set<std::string> files;
  for (const auto& f : fs::directory_iterator(kRoot / "tests/extension")) files.insert("tests/extension/" + f.path().filename().string());
  EXPECT_EQ(shown, files);
}

}  // namespace
}  // namespace synfire
