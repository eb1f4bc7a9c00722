// Model files as text: places of values, syntax errors, JSON and TOML to the same tree, trees back to TOML.
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "synfire/model/toml.h"

namespace synfire {
namespace {

const char* kToml = R"(data = "digits"

[[layer]]
kind = "conv2d"
filters = 8
kernel = [3, 5]

[[layer]]
kind = "dense"
units = "classes"

[train]
epochs = 3
optimizer = {kind = "adam", lr = 3e-4}
drop_last = true
)";

const char* kJson = R"({"data": "digits",
 "layer": [
  {"kind": "conv2d", "filters": 8, "kernel": [3, 5]},
  {"kind": "dense", "units": "classes"}],
 "train": {"epochs": 3,
   "optimizer": {"kind": "adam", "lr": 3e-4},
   "drop_last": true}
})";

Error error_of(auto&& f) {
  try {
    f();
  } catch (const Failure& failure) {
    return failure.errors().front();
  }
  ADD_FAILURE() << "nothing was thrown";
  return {};
}

TEST(Toml, PlacesOfValues) {
  Node t = parse_toml(kToml, "m.toml");
  EXPECT_EQ(t.find("data")->where.str(), "m.toml:1:8");
  const Node& conv = t.find("layer")->items[0];
  EXPECT_EQ(conv.where.line, 3);
  EXPECT_EQ(conv.find("filters")->where.str(), "m.toml:5:11");
  EXPECT_EQ(conv.find("kernel")->items[1].where.str(), "m.toml:6:14");
  EXPECT_EQ(t.find("layer")->items[1].where.line, 8);
  EXPECT_EQ(t.find("train")->where.line, 12);
  EXPECT_EQ(t.find("train")->find("optimizer")->find("lr")->where.str(), "m.toml:14:34");
}

TEST(Toml, KeysKeepTheOrderOfTheFile) {
  Node t = parse_toml(kToml, "m.toml");
  EXPECT_EQ(t.keys(), (std::vector<std::string>{"data", "layer", "train"}));
  EXPECT_EQ(t.find("train")->keys(), (std::vector<std::string>{"epochs", "optimizer", "drop_last"}));
}

TEST(Toml, SyntaxErrorNamesThePlace) {
  Error e = error_of([] { parse_toml("data = \"digits\"\n[train\nepochs = 3\n", "m.toml"); });
  EXPECT_EQ(e.code, Code::config);
  EXPECT_EQ(e.where.line, 2);
  EXPECT_EQ(e.where.file, "m.toml");
  EXPECT_GT(e.where.column, 0);
  EXPECT_EQ(error_of([] { parse_toml("a = 1\na = 2\n", "m.toml"); }).where.line, 2);
  EXPECT_EQ(error_of([] { parse_toml("a = 2020-01-01\n", "m.toml"); }).where.str(), "m.toml:1:5");
}

TEST(Json, SameTreeAsToml) {
  EXPECT_EQ(parse_json(kJson, "m.json").str(), parse_toml(kToml, "m.toml").str());
}

TEST(Json, PlacesOfValues) {
  Node t = parse_json(kJson, "m.json");
  EXPECT_EQ(t.find("data")->where.str(), "m.json:1:10");
  const Node& conv = t.find("layer")->items[0];
  EXPECT_EQ(conv.find("kind")->where.str(), "m.json:3:12");
  EXPECT_EQ(conv.find("filters")->where.str(), "m.json:3:33");
  EXPECT_EQ(conv.find("kernel")->items[1].where.str(), "m.json:3:50");
  EXPECT_EQ(t.find("train")->find("epochs")->where.str(), "m.json:5:22");
  EXPECT_EQ(t.find("train")->find("drop_last")->where.line, 7);
}

TEST(Json, Mistakes) {
  EXPECT_EQ(error_of([] { parse_json("{\"a\": 1,\n \"b\" 2}", "m.json"); }).where.line, 2);
  EXPECT_EQ(error_of([] { parse_json("{\"a\": null}", "m.json"); }).code, Code::config);
  EXPECT_EQ(error_of([] { parse_json("[1]", "m.json"); }).code, Code::config);
  EXPECT_EQ(error_of([] { parse_json("", "m.json"); }).code, Code::config);
  EXPECT_EQ(error_of([] { parse_json("{\"a\": 1, \"a\": 2}", "m.json"); }).code, Code::config);
  EXPECT_EQ(error_of([] { parse_json(std::string(100000, '['), "m.json"); }).code, Code::config);
  EXPECT_EQ(error_of([] { parse_toml("a = " + std::string(100000, '['), "m.toml"); }).code, Code::config);
}

TEST(Toml, WrittenTreesAreReadAgain) {
  Node t = parse_toml(kToml, "m.toml");
  Node blocks = parse_toml("data = 'x'\n[block.res]\nparameters = {f = 1}\n[[block.res.layer]]\nkind = 'relu'\n[[block.res.layer]]\nkind = 'add'\nfrom = ['a', 'input']\n", "b.toml");
  for (const Node& n : {t, blocks})
    for (bool origins : {false, true}) {
      Node again = parse_toml(write_toml(n, origins), "again");
      EXPECT_EQ(parse_toml(write_toml(again, false), "third").str(), again.str());
      EXPECT_EQ(again.find("data")->text, n.find("data")->text);
      for (const char* part : {"layer", "block"}) {
        ASSERT_EQ(again.find(part) == nullptr, n.find(part) == nullptr);
        if (n.find(part)) { EXPECT_EQ(again.find(part)->str(), n.find(part)->str()); }
      }
    }
}

TEST(Toml, EveryTruncationParsesOrSaysWhere) {
  std::string toml = kToml, json = kJson;
  int refused = 0;
  for (size_t n = 0; n < toml.size(); ++n) {
    try { parse_toml(toml.substr(0, n), "m.toml"); } catch (const Failure& f) { ++refused; EXPECT_GT(f.errors()[0].where.line, 0); }
  }
  for (size_t n = 0; n < json.size(); ++n) {
    try { parse_json(json.substr(0, n), "m.json"); } catch (const Failure& f) { ++refused; EXPECT_GT(f.errors()[0].where.line, 0); }
  }
  EXPECT_GT(refused, static_cast<int>(json.size()) / 2);
}

TEST(Toml, OneValue) {
  EXPECT_EQ(parse_toml_value("3", {}).integer, 3);
  EXPECT_EQ(parse_toml_value("1e-3", {}).real, 1e-3);
  EXPECT_EQ(parse_toml_value("[1, 2]", {}).items.size(), 2u);
  EXPECT_TRUE(parse_toml_value("dfa", {}).is(Node::Kind::none));
  EXPECT_TRUE(parse_toml_value("20ms", {}).is(Node::Kind::none));
  EXPECT_TRUE(parse_toml_value("1\nb = 2", {}).is(Node::Kind::none));
}

TEST(ModelText, FilesThatCannotBeRead) {
  EXPECT_EQ(error_of([] { read_text("/nonexistent/a.toml"); }).code, Code::config);
  EXPECT_EQ(error_of([] { read_text("/tmp"); }).code, Code::config);
}

}  // namespace
}  // namespace synfire
