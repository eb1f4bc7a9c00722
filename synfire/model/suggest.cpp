// What beginners would be told to try first.
#include "synfire/model/suggest.h"

#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

constexpr std::string_view kPlace = "default network";

struct Text {
  std::string s;
  void layer(std::string_view keys) { s += fmt::format("[[layer]]\n{}\n\n", keys); }
  void dense(std::string_view units, bool last) { layer(fmt::format("kind = \"dense\"\nunits = {}{}", units, last ? "" : "\nactivation = \"relu\"")); }
  void conv(int filters) { layer(fmt::format("kind = \"conv2d\"\nfilters = {}\nkernel = 3\nactivation = \"relu\"", filters)); }
  void norm_conv(int filters) {
    layer(fmt::format("kind = \"conv2d\"\nfilters = {}\nkernel = 3\nbias = false", filters));
    layer("kind = \"batch_norm\"\nactivation = \"relu\"");
  }
  void pool() { layer("kind = \"max_pool2d\"\nsize = 2"); }
};

bool is_image(const DataInfo& d) { return d.sample.rank() == 3 && d.sample[0] >= 4 && d.sample[1] >= 4; }

void convolutions(Text& t, const DataInfo& d) {
  int64_t side = std::min(d.sample[0], d.sample[1]);
  if (side < 16) {
    t.conv(16), t.conv(32), t.pool(), t.dense("64", false);
  } else if (side < 48) {
    t.conv(32), t.pool(), t.conv(64), t.pool(), t.dense("128", false);
  } else {
    for (int filters = 16; side > 8; side /= 2, filters = std::min(2 * filters, 128)) t.norm_conv(filters), t.pool();
    t.layer("kind = \"global_avg_pool2d\"");
  }
}

void mark_default(Node& n) {
  n.origin = Origin::fallback;
  for (Node& i : n.items) mark_default(i);
  for (auto& f : n.fields) mark_default(f.second);
}

}  // namespace

std::string default_layers(const DataInfo& d) {
  Text t;
  if (is_image(d)) convolutions(t, d);
  else t.dense("64", false), t.dense("64", false);
  t.dense(d.classes > 0 ? "\"classes\"" : "\"targets\"", true);
  return t.s;
}

std::string default_training(const DataInfo& d) {
  bool image = is_image(d);
  int64_t rows = d.rows > 0 ? d.rows : 10000, batch = rows < 1000 ? 16 : rows < 5000 ? 32 : 64;
  int64_t steps = image ? 3000 : 2500, most = image ? 50 : 150;  // steps that are enough, and epochs beyond which nothing new is learned
  int64_t epochs = std::clamp<int64_t>((steps * batch + rows - 1) / rows, 5, most);
  return fmt::format("[train]\nepochs = {}\nbatch = {}\noptimizer = {{kind = \"adam\", lr = {}}}\nschedule = \"one_cycle\"\n", epochs, batch, image ? "2e-3" : "5e-3");
}

Node with_network(const Node& tree, const DataInfo& data) {
  Node full = tree;
  if (full.find("layer")) return full;
  Node made = parse_toml(default_layers(data) + default_training(data), std::string(kPlace));
  mark_default(made);
  full.set("layer", std::move(*made.find("layer")));
  Node train = *made.find("train");
  if (const Node* given = tree.find("train"); given && given->is(Node::Kind::table)) {
    train.where = given->where, train.origin = given->origin;
    for (const auto& [key, value] : given->fields) train.set(key, value);
  }
  full.set("train", std::move(train));
  return full;
}

}  // namespace synfire
