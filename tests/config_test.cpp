// Overrides, training settings, defaults filled in.
#include <gtest/gtest.h>

#include "synfire/model/config.h"
#include "synfire/model/settings.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

const char* kModel = R"(data = "digits"
[[layer]]
kind = "dense"
units = 32
[[layer]]
name = "out"
kind = "dense"
units = "classes"
[train]
optimizer = {kind = "sgd", lr = 0.1}
epochs = 2
)";

Node with(const std::vector<std::string>& overrides) {
  Node t = parse_toml(kModel, "m.toml");
  apply_overrides(t, overrides);
  return t;
}

std::string refusal(const std::vector<std::string>& overrides) {
  try {
    with(overrides);
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::config);
    return f.what();
  }
  return "";
}

TEST(Override, SetsValuesByPath) {
  Node t = with({"train.epochs=7", "--train.batch=16", "layer.dense1.units=8", "layer.out.bias=false", "train.optimizer.momentum=0.9"});
  EXPECT_EQ(t.find("train")->find("epochs")->integer, 7);
  EXPECT_EQ(t.find("train")->find("batch")->integer, 16);
  EXPECT_EQ(t.find("layer")->items[0].find("units")->integer, 8);
  EXPECT_FALSE(t.find("layer")->items[1].find("bias")->boolean);
  EXPECT_EQ(t.find("train")->find("optimizer")->find("momentum")->real, 0.9);
  EXPECT_EQ(t.find("train")->find("optimizer")->find("lr")->real, 0.1);
  EXPECT_EQ(t.find("train")->find("epochs")->origin, Origin::command_line);
  EXPECT_EQ(t.find("train")->find("optimizer")->find("lr")->origin, Origin::file);
}

TEST(Override, BareWordsAreTextAndNamedThingsBecomeTables) {
  Node t = with({"data.shuffle=false", "train.schedule=one_cycle", "train.schedule.x=1", "train.loss=mse", "data.path=a/b=c"});
  EXPECT_EQ(t.find("data")->find("kind")->text, "digits");
  EXPECT_FALSE(t.find("data")->find("shuffle")->boolean);
  EXPECT_EQ(t.find("data")->find("path")->text, "a/b=c");
  EXPECT_EQ(t.find("train")->find("schedule")->find("kind")->text, "one_cycle");
  EXPECT_EQ(t.find("train")->find("loss")->text, "mse");
}

TEST(Override, AThingLeftOutGetsItsDefaultKind) {
  Node t = parse_toml("data = 'digits'\n", "m.toml");
  apply_overrides(t, {"train.optimizer.lr=0.5"});
  EXPECT_EQ(t.find("train")->find("optimizer")->find("kind")->text, "adam");
}

TEST(Override, PathsThatLeadNowhere) {
  EXPECT_NE(refusal({"trian.epochs=3"}).find("did you mean \"train\"?"), std::string::npos);
  EXPECT_NE(refusal({"layer.dence1.units=3"}).find("did you mean \"dense1\"?"), std::string::npos);
  EXPECT_NE(refusal({"train.epochs.x=3"}).find("no settings of its own"), std::string::npos);
  EXPECT_NE(refusal({"layer.out=3"}).find("whole layer"), std::string::npos);
  EXPECT_NE(refusal({"train.epochs="}).find("a value is missing"), std::string::npos);
  EXPECT_NE(refusal({"epochs"}).find("this is no setting"), std::string::npos);
  EXPECT_NE(refusal({"train..epochs=1"}).find("a name is missing"), std::string::npos);
  EXPECT_NE(refusal({"train.batch=[1"}).find("not TOML"), std::string::npos);
  std::string both = refusal({"trian.epochs=3", "layer.nothing.x=1"});
  EXPECT_NE(both.find("trian"), std::string::npos);
  EXPECT_NE(both.find("nothing"), std::string::npos);
}

TEST(Override, CopiesAreSetThroughTheFirst) {
  Node t = parse_toml("[[layer]]\nkind = 'dense'\nunits = 4\nrepeat = 3\n", "m.toml");
  apply_overrides(t, {"layer.dense1.units=[1, 2, 3]"});
  EXPECT_EQ(t.find("layer")->items[0].find("units")->items.size(), 3u);
  EXPECT_THROW(apply_overrides(t, {"layer.dense2.units=9"}), Failure);
}

TEST(Settings, DefaultsAndMistakes) {
  Problems none;
  TrainSettings s = read_settings(Node::table(), none);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(s.epochs, 10);
  EXPECT_EQ(s.loss.kind, "");
  EXPECT_EQ(s.optimizer.kind, "adam");
  Problems p;
  Node bad = parse_toml("[train]\nepochz = 3\nbatch = 0\nl2 = 'x'\noptimizer = 'adamm'\nseed = 1.5\n", "m.toml");
  read_settings(bad, p);
  try {
    p.throw_if_any();
    FAIL();
  } catch (const Failure& f) {
    ASSERT_EQ(f.errors().size(), 5u);
    for (int i = 0; i < 5; ++i) EXPECT_EQ(f.errors()[static_cast<size_t>(i)].where.line, i + 2);
    EXPECT_NE(f.errors()[0].hint.find("epochs"), std::string::npos);
    EXPECT_NE(f.errors()[3].hint.find("adam"), std::string::npos);
  }
}

TEST(Defaults, FilledInAndReadAgain) {
  Node t = with({"train.epochs=5"});
  Node full = with_defaults(t);
  EXPECT_EQ(full.find("train")->find("batch")->origin, Origin::fallback);
  EXPECT_EQ(full.find("train")->find("epochs")->origin, Origin::command_line);
  EXPECT_EQ(full.find("train")->find("optimizer")->find("lr")->origin, Origin::file);
  EXPECT_EQ(full.find("train")->find("optimizer")->find("momentum")->origin, Origin::fallback);
  std::string text = write_toml(full, true);
  EXPECT_NE(text.find("epochs = 5  # command line"), std::string::npos);
  EXPECT_NE(text.find("batch = 64  # default"), std::string::npos);
  EXPECT_NE(text.find("lr = 0.1  # m.toml:10"), std::string::npos);
  Node again = with_defaults(parse_toml(text, "again.toml"));
  EXPECT_EQ(write_toml(again, false), write_toml(full, false));
  Problems p;
  read_settings(again, p);
  EXPECT_TRUE(p.empty());
}

}  // namespace
}  // namespace synfire
