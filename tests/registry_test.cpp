// The catalogue against its folder: every file registers what its folder is for, under one name, with a word about everything.
#include "synfire/base/registry.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>

namespace synfire {
namespace {

namespace fs = std::filesystem;

const fs::path kRoot = SYNFIRE_SOURCE_DIR;

// "catalog/ops/add.cpp", however the compiler was called; "" for entries that tests have made.
std::string catalog_file(const Entry& e) {
  size_t at = e.file.rfind("catalog/");
  return at == e.file.npos ? "" : std::string(e.file.substr(at));
}

// What the files of a folder are for: one role, or two where they are kin.
std::set<std::string> roles_of(const std::string& folder) {
  if (folder == "transforms") return {"transform", "augmentation"};
  std::string role = folder.substr(0, folder.size() - 1);
  return {role == "losse" ? "loss" : role};
}

std::vector<fs::path> files_under(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& f : fs::recursive_directory_iterator(folder))
    if (f.is_regular_file() && (f.path().extension() == ".cpp" || f.path().extension() == ".h")) files.push_back(f.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string text_of(const fs::path& path) {
  std::ifstream in(path);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST(Registry, EveryFileIsThereAndOfItsRole) {
  std::map<std::string, std::set<std::string>> roles;  // file -> roles of what it registers
  for (const auto& [key, e] : catalogue()) if (std::string f = catalog_file(e); !f.empty()) roles[f].insert(std::string(e.role));
  size_t files = 0;
  for (const fs::path& path : files_under(kRoot / "catalog")) {
    if (path.extension() != ".cpp") continue;
    ++files;
    std::string file = fs::relative(path, kRoot).string();
    ASSERT_TRUE(roles.count(file)) << file << " is on disk and registers nothing: dropped by the linker, or no SYNFIRE_ macro";
    bool any = false;
    for (const std::string& role : roles_of(path.parent_path().filename())) any |= roles[file].count(role) > 0;
    EXPECT_TRUE(any) << file << " registers nothing of its folder's kind";
  }
  EXPECT_GT(files, 60u);
  EXPECT_EQ(files, roles.size()) << "an entry names a file that is not there";
}

TEST(Registry, EntriesAreNamedAfterTheirFileOrFromIt) {
  for (const auto& [key, e] : catalogue()) {
    std::string file = catalog_file(e);
    if (file.empty() || e.role == "op" || e.role == "dataset") continue;  // a file may hold an op and its kin; datasets have dashes
    EXPECT_EQ(fs::path(file).stem().string(), e.name) << "the " << e.role << " " << e.name << " is in " << file;
  }
}

TEST(Registry, EveryEntryAndParameterHasAWordAboutIt) {
  std::regex name("[a-z][a-z0-9_-]*");
  for (const auto& [key, e] : catalogue()) {
    EXPECT_GE(e.doc.size(), 5u) << key << " has no doc";
    EXPECT_TRUE(e.doc.ends_with('.')) << key << ": the doc is no sentence: " << e.doc;
    EXPECT_TRUE(std::regex_match(std::string(e.name), name)) << key;
    EXPECT_EQ(key, std::string(e.role) + "/" + std::string(e.name));
    for (const ParamInfo& p : e.params) {
      EXPECT_GE(p.doc.size(), 5u) << key << ": parameter " << p.name << " has no doc";
      EXPECT_TRUE(std::regex_match(std::string(p.name), name)) << key << ": " << p.name;
      EXPECT_LE(p.low, p.high) << key << ": range of " << p.name;
      const double* fallback = std::get_if<double>(&p.fallback);
      if (fallback && p.low != p.high) {
        EXPECT_TRUE(*fallback >= p.low && *fallback <= p.high) << key << ": the default of " << p.name << " is out of its range";
      }
      if (p.type == ParamInfo::Type::choice && !std::get<std::vector<Choice>>(p.fallback).empty()) {
        std::string kind = std::get<std::vector<Choice>>(p.fallback)[0].kind;
        EXPECT_TRUE(kind.empty() || find_entry(p.unit, kind)) << key << ": the default of " << p.name << ", " << kind << ", is no " << p.unit;
      }
    }
  }
}

// Source text without comments, without calls of ops ("add" is an op and a layer) and without defaults that are choices ({"relu", …}).
std::string names_left(const std::string& text) {
  std::string s = std::regex_replace(text, std::regex("//[^\n]*"), "");
  s = std::regex_replace(s, std::regex("ops?\\(\"[a-z0-9_]+\""), "");
  return std::regex_replace(s, std::regex("(\\{|choice\\(\"[a-z]+\", )\"[a-z0-9_]+\", "), "");
}

// Who adds a thing edits no list: outside of its own file its name stands only where it is a default or an identity, below.
TEST(Registry, NobodyElseNamesAnEntry) {
  const std::set<std::string> known = {
      "linear", "zeros",                                          // do nothing: left out where they stand
      "torch",                                                    // dense and conv2d: this one initialises the bias, too
      "cross_entropy", "mse",                                     // losses taken where the file names none
      "binary_cross_entropy", "softmax", "sigmoid",               // refused at the end of a net whose loss applies them itself
      "mae", "step",                                              // a metric and the counter of steps are called so, too
      "rate", "if",                                               // the learning rate, and a word of JSON Schema
      "memory",                                                   // data that a program gives, where its description names none
      "digits"};                                                  // what doctor trains on
  std::map<std::string, std::string> texts;
  for (const char* folder : {"synfire", "catalog"})
    for (const fs::path& path : files_under(kRoot / folder)) texts[fs::relative(path, kRoot).string()] = names_left(text_of(path));
  for (const auto& [key, e] : catalogue()) {
    std::string file = catalog_file(e), name(e.name);
    if (e.role == "op" || file.empty() || known.count(name)) continue;
    for (const auto& [path, text] : texts) {
      bool own = path == file || fs::path(path).stem() == fs::path(file).stem();  // catalog/ops/conv2d.cpp is the op of layers/conv2d.cpp
      EXPECT_TRUE(own || text.find("\"" + name + "\"") == text.npos) << path << " names the " << e.role << " " << name << ": ask the registry, or say above why it must";
    }
  }
}

}  // namespace
}  // namespace synfire
