// From a model file's layers to a Net and a graph: names, blocks, repeats, connections, shape errors, counts.
#include <gtest/gtest.h>

#include "synfire/model/names.h"
#include "synfire/model/net.h"
#include "synfire/model/toml.h"
#include "synfire/model/unroll.h"

namespace synfire {
namespace {

const DataInfo kDigits{{8, 8, 1}, 10, 1};
const std::string kData = "data = \"digits\"\n";

std::vector<FlatLayer> flat(const std::string& layers) {
  Problems p;
  std::vector<FlatLayer> f = unroll(parse_toml(kData + layers, "m.toml"), p);
  p.throw_if_any();
  return f;
}

std::string names_of(const std::vector<FlatLayer>& layers) {
  std::string s;
  for (const FlatLayer& l : layers) {
    s += (s.empty() ? "" : " ") + l.name + "(";
    for (size_t i = 0; i < l.from.size(); ++i) s += (i ? "," : "") + l.from[i];
    s += ")";
  }
  return s;
}

std::string message_of(auto&& f) {
  try {
    f();
  } catch (const Failure& failure) {
    return failure.what();
  }
  return "nothing was thrown";
}

Net net_of(const std::string& text, const DataInfo& data = kDigits) { return read_net(parse_toml(kData + text, "m.toml"), data); }

TEST(Names, AreMadeFromKindAndCount) {
  EXPECT_EQ(base_name("conv2d"), "conv");
  EXPECT_EQ(base_name("global_avg_pool2d"), "global_avg_pool");
  EXPECT_EQ(names_of(flat("layer = [{kind='conv2d', filters=2}, {kind='conv2d', name='stem', filters=2}, {kind='conv2d', filters=2}, {kind='relu'}]")),
            "conv1(input) stem(conv1) conv3(stem) relu1(conv3)");
}

TEST(Unroll, RepeatsDifferByCopy) {
  auto f = flat("layer = [{kind='dense', units=[4, 5, 6], repeat=3, activation='relu'}, {kind='conv2d', name='c', filters=1, kernel=[3, 5], repeat=2}]");
  EXPECT_EQ(names_of(f), "dense1(input) dense2(dense1) dense3(dense2) c_1(dense3) c_2(c_1)");
  EXPECT_EQ(f[0].table.find("units")->integer, 4);
  EXPECT_EQ(f[2].table.find("units")->integer, 6);
  EXPECT_EQ(f[3].table.find("kernel")->str(), "[3, 5]");  // a pair is one value
}

TEST(Unroll, BlocksHaveParametersAndNamesOfTheirOwn) {
  auto f = flat(R"(
[block.residual]
parameters = {filters = 16, stride = 1}
layer = [
  {kind = "conv2d", filters = "$filters", stride = "$stride"},
  {kind = "shortcut_a", filters = "$filters", stride = "$stride", from = "input"},
  {kind = "add", from = ["conv1", "shortcut_a1"]},
]
[[layer]]
kind = "conv2d"
filters = 16
[[layer]]
kind = "residual"
stride = [2, 1]
filters = 32
repeat = 2
[[layer]]
kind = "add"
from = ["residual2", "residual1", "residual1.conv1"]
)");
  EXPECT_EQ(names_of(f),
            "conv1(input) residual1.conv1(conv1) residual1.shortcut_a1(conv1) residual1.add1(residual1.conv1,residual1.shortcut_a1) "
            "residual2.conv1(residual1.add1) residual2.shortcut_a1(residual1.add1) residual2.add1(residual2.conv1,residual2.shortcut_a1) "
            "add1(residual2.add1,residual1.add1,residual1.conv1)");
  EXPECT_EQ(f[1].table.find("filters")->integer, 32);
  EXPECT_EQ(f[1].table.find("stride")->integer, 2);
  EXPECT_EQ(f[4].table.find("stride")->integer, 1);
}

TEST(Unroll, BlocksInBlocks) {
  auto f = flat(R"(
[block.inner]
parameters = {n = 1}
layer = [{kind = "dense", units = "$n"}]
[block.outer]
parameters = {n = 2}
layer = [{kind = "inner", n = "$n", repeat = 2}, {kind = "relu"}]
[[layer]]
kind = "outer"
n = 7
[[layer]]
kind = "dense"
units = 3
)");
  EXPECT_EQ(names_of(f), "outer1.inner1.dense1(input) outer1.inner2.dense1(outer1.inner1.dense1) outer1.relu1(outer1.inner2.dense1) dense1(outer1.relu1)");
  EXPECT_EQ(f[1].table.find("units")->integer, 7);
}

TEST(ReadNet, ClassesAndTargets) {
  EXPECT_EQ(net_of("[[layer]]\nkind='dense'\nunits='classes'").layers[0].attrs.integer("units"), 10);
  EXPECT_EQ(net_of("[[layer]]\nkind='dense'\nunits='targets'", {{13}, 0, 2}).layers[0].attrs.integer("units"), 2);
  EXPECT_EQ(net_of("[[layer]]\nkind='dense'\nunits='classes'").loss.kind, "cross_entropy");
  EXPECT_EQ(net_of("[[layer]]\nkind='dense'\nunits='targets'", {{13}, 0, 2}).loss.kind, "mse");
  EXPECT_NE(message_of([] { net_of("[[layer]]\nkind='dense'\nunits='classes'", {{13}, 0, 2}); }).find("m.toml:4:7: the data has no classes"), std::string::npos);
}

TEST(ReadNet, AllMistakesAtOnceInOrder) {
  std::string m = message_of([] { net_of("[[layer]]\nkind='dens'\n[[layer]]\nkind='dense'\nunits=-1\n[train]\nepochz=3\nbatch=0\n"); });
  for (const char* place : {"m.toml:3:6", "m.toml:6:7", "m.toml:8:8", "m.toml:9:7"}) EXPECT_NE(m.find(place), std::string::npos) << m;
  EXPECT_LT(m.find("m.toml:3:6"), m.find("m.toml:9:7"));
}

TEST(ReadNet, AMistakeInABlockIsToldOnce) {
  std::string m = message_of([] { net_of("[block.b]\nlayer=[{kind='dense', units=0}]\n[[layer]]\nkind='b'\nrepeat=5\n[[layer]]\nkind='dense'\nunits='classes'"); });
  EXPECT_EQ(m.find("m.toml:3:"), m.rfind("m.toml:3:")) << m;
}

TEST(Trace, ShapesParametersAndCosts) {
  Traced t = trace(net_of("[[layer]]\nkind='dense'\nunits=32\nactivation='relu'\n[[layer]]\nkind='dense'\nunits='classes'"), kDigits, 4, Mode::train, 1);
  ASSERT_EQ(t.rows.size(), 2u);
  EXPECT_EQ(t.rows[0].output.str(), "[4, 32]");
  EXPECT_EQ(t.rows[0].parameters, 64 * 32 + 32);
  EXPECT_NEAR(t.rows[0].macs, 64 * 32, 200);
  EXPECT_EQ(t.output.shape().str(), "[4, 10]");
  EXPECT_EQ(t.loss.shape().numel(), 1);
  EXPECT_TRUE(t.graph->find("dense1.weight"));
  EXPECT_TRUE(t.graph->find("dense2.bias"));
}

TEST(Trace, ShapeErrorsHaveTheLayerAndItsPlace) {
  std::string m = message_of([] { trace(net_of("[[layer]]\nkind='dense'\nunits=7"), kDigits, 4, Mode::train, 1); });
  EXPECT_NE(m.find("m.toml:2:1: layer \"dense1\": the network ends in [7], the data has 10 classes"), std::string::npos) << m;
  m = message_of([] { trace(net_of("[[layer]]\nkind='dense'\nunits=4\n[[layer]]\nkind='dense'\nunits=6\n[[layer]]\nname='sum'\nkind='add'\nfrom=['dense1','dense2']\n"), kDigits, 4, Mode::train, 1); });
  EXPECT_NE(m.find("m.toml:8:1: layer \"sum\":"), std::string::npos) << m;
}

TEST(DefaultNetwork, ForImagesAndVectors) {
  for (const DataInfo& d : {kDigits, DataInfo{{28, 28, 1}, 10, 1}, DataInfo{{32, 32, 3}, 100, 1}, DataInfo{{13}, 0, 2}, DataInfo{{2, 2, 1}, 3, 1}}) {
    Net net = net_of("", d);
    ASSERT_FALSE(net.layers.empty());
    Traced t = trace(net, d, 2, Mode::train, 1);
    EXPECT_EQ(t.output.shape()[1], d.classes > 0 ? d.classes : d.targets);
    EXPECT_EQ(net.layers[0].kind, d.sample.rank() == 3 && d.sample[0] > 4 ? "conv2d" : "dense");
  }
}

}  // namespace
}  // namespace synfire
