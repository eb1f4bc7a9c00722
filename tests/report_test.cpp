// The report: what is collected from run folders in every state, and that a page holds any text without harm.
#include "synfire/report/collect.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "synfire/report/judged.h"
#include "synfire/report/pack.h"
#include "synfire/report/page.h"
#include "tests/support/training.h"

namespace synfire {
namespace {

using testing::perceptron;
using testing::Session;
using testing::TempFolder;

std::string unpacked(const std::string& text) {
  std::string out;
  uint32_t v = 0;
  int bits = 0;
  for (char c : text) {
    if (c == '=') break;
    uint32_t d = c >= 'A' && c <= 'Z' ? uint32_t(c - 'A') : c >= 'a' && c <= 'z' ? uint32_t(c - 'a' + 26) : c >= '0' && c <= '9' ? uint32_t(c - '0' + 52) : c == '+' ? 62 : 63;
    v = v << 6 | d, bits += 6;
    if (bits >= 8) bits -= 8, out += char(v >> bits & 255);
  }
  return out;
}

template <class T>
std::vector<T> numbers_of(const Node* n) {
  std::string bytes = unpacked(n->text);
  std::vector<T> v(bytes.size() / sizeof(T));
  std::memcpy(v.data(), bytes.data(), v.size() * sizeof(T));
  return v;
}

const Node& at(const Node& n, std::initializer_list<const char*> path) {
  const Node* p = &n;
  for (const char* name : path) {
    p = p->find(name);
    if (!p) throw std::runtime_error(std::string("nothing there: ") + name);
  }
  return *p;
}

std::vector<std::string> notes_of(const Node& run) {
  std::vector<std::string> list;
  for (const Node& n : at(run, {"notes"}).items) list.push_back(n.text);
  return list;
}

TEST(Report, PackedNumbersAreBase64OfLittleEndian) {
  EXPECT_EQ(base64(bytes_of("")), "");
  EXPECT_EQ(base64(bytes_of("f")), "Zg==");  // RFC 4648, 10
  EXPECT_EQ(base64(bytes_of("fo")), "Zm8=");
  EXPECT_EQ(base64(bytes_of("foobar")), "Zm9vYmFy");
  std::vector<float> v{1.f, -0.5f, INFINITY};
  Node n = Node::of(packed(v));
  EXPECT_EQ(numbers_of<float>(&n), v);
}

TEST(Report, KeepsEveryStepOfTheLog) {
  TempFolder t;
  Session s(perceptron("epochs = 3\nbatch = 100\n"), t.path());
  s.begin();
  Notes notes;
  Node curves = read_curves(t.path(), notes);
  EXPECT_TRUE(notes.empty());
  std::vector<float> loss = numbers_of<float>(curves.find("loss"));
  ASSERT_EQ(loss.size(), s.losses.size());
  for (size_t i = 0; i < loss.size(); ++i) EXPECT_NEAR(loss[i], s.losses[i], 1e-5 * std::abs(s.losses[i])) << i;
  EXPECT_EQ(curves.find("first")->integer, 1);
  EXPECT_EQ(curves.find("steps"), nullptr) << "steps that count up are not listed";
  ASSERT_EQ(curves.find("epochs")->items.size(), 3u);
  EXPECT_TRUE(curves.find("epochs")->items[2].find("validation")->find("accuracy"));
}

TEST(Report, DamagedLinesAreLeftOutAndCounted) {
  TempFolder t;
  t.write("metrics.jsonl", "{\"step\":3,\"epoch\":1,\"loss\":2.5,\"lr\":0.1}\nrubbish\n{\"step\":9,\"epoch\":1,\"loss\":null,\"lr\":0.1}\n{\"step\":10,\"epoch\":1,\"lo");
  t.write("health.jsonl", "{\"step\":1,\"layers\":[{\"name\":\"a\",\"kind\":\"dense\",\"weight_norm\":2,\"dead\":null}]}\n{\"step\":2,\"layers\":[{\"name\":\"a\",\"weight_norm\":3,\"dead\":0.5},{\"na");
  t.write("health.json", "{\"findings\":");
  Notes notes;
  Node curves = read_curves(t.path(), notes), health = read_health(t.path(), notes);
  EXPECT_EQ(numbers_of<int32_t>(curves.find("steps")), (std::vector<int32_t>{3, 9}));
  std::vector<float> loss = numbers_of<float>(curves.find("loss"));
  EXPECT_EQ(loss[0], 2.5f);
  EXPECT_TRUE(std::isnan(loss[1]));
  EXPECT_EQ(numbers_of<int32_t>(health.find("steps")), (std::vector<int32_t>{1}));
  EXPECT_TRUE(std::isnan(numbers_of<float>(health.find("layers")->items[0].find("dead"))[0]));
  EXPECT_EQ(health.find("findings"), nullptr);
  EXPECT_EQ(notes, (Notes{"2 lines of metrics.jsonl could not be read and are left out", "1 line of health.jsonl could not be read and is left out", "health.json could not be read and is left out"}));
}

TEST(Report, JudgesAsEvaluateDoes) {
  TempFolder t;
  Session s(perceptron("epochs = 5\nbatch = 50\n"), t.path());
  s.begin();
  Source& source = s.job.source;
  Node j = judge(*s.job.model, source, Part::test, "these");
  Metrics m = evaluate(*s.job.model, source.data, source.split.test, source.fitted);
  for (const auto& [name, v] : m.values) EXPECT_EQ(at(j, {"metrics", name.c_str()}).real, v) << name;
  std::vector<int32_t> counts = numbers_of<int32_t>(j.find("confusion"));
  ASSERT_EQ(counts.size(), 100u);
  int64_t all = 0, right = 0;
  for (size_t i = 0; i < counts.size(); ++i) all += counts[i], right += i % 11 == 0 ? counts[i] : 0;
  EXPECT_EQ(all, int64_t(source.split.test.size()));
  EXPECT_NEAR(double(right) / double(all), at(j, {"metrics", "accuracy"}).real, 1e-9);
  const std::vector<Node>& samples = j.find("samples")->items;
  double before = INFINITY;
  for (const Node& k : j.find("worst")->items) {
    double loss = samples.at(size_t(k.integer)).find("loss")->real;
    EXPECT_LE(loss, before);
    before = loss;
  }
  EXPECT_EQ(j.find("worst")->items.size(), 30u);
  std::map<std::pair<int64_t, int64_t>, size_t> shown;
  for (const Node& cell : j.find("cells")->items) {
    int64_t a = cell.items[0].integer, p = cell.items[1].integer;
    EXPECT_EQ(cell.items[2].items.size(), std::min<size_t>(12, size_t(counts[size_t(a * 10 + p)]))) << a << " " << p;
    for (const Node& k : cell.items[2].items) {
      const Node& sample = samples.at(size_t(k.integer));
      EXPECT_EQ(sample.find("actual")->integer, a);
      EXPECT_EQ(sample.find("predicted")->integer, p);
      EXPECT_EQ(source.data.labels[size_t(sample.find("row")->integer)], a);
      EXPECT_EQ(unpacked(sample.find("picture")->text).substr(1, 3), "PNG");
    }
  }
}

TEST(Report, TellsHowARunStands) {
  TempFolder t;
  Node result = Node::table(), failed = Node::table(), nothing = Node::table();
  result.set("result", Node::table()), failed.set("failure", Node::table());
  t.write("run.json", "{}\n");
  RunFolder folder = RunFolder::open(t.path());
  EXPECT_EQ(state_of(folder, result), RunState::finished);
  EXPECT_EQ(state_of(folder, failed), RunState::diverged);
  EXPECT_EQ(state_of(folder, nothing), RunState::interrupted);
}

TEST(Report, AnEmptyFolderStillGivesARun) {
  TempFolder t;
  t.write("run.json", "{}\n");
  RunFolder folder = RunFolder::open(t.path());
  Node run = collect_run(folder, folder.read_info(), RunState::interrupted, {}, {});
  EXPECT_EQ(run.find("state")->text, "interrupted");
  EXPECT_EQ(run.find("judged"), nullptr);
  EXPECT_EQ(notes_of(run), (std::vector<std::string>{"the run has no metrics.jsonl, so there are no curves"}));
}

TEST(Report, ThePageHoldsAnyText) {
  for (const char* evil : {"</script><script>alert(1)</script>", "<!--<script>", "__SYNFIRE_DATA__", "\"'&\\\n\t\x01", "]]>"}) {
    Node run = Node::table();
    run.set("name", Node::of(std::string(evil))), run.set("state", Node::of(std::string("finished")));
    std::string page = report_page({run}, evil), bundle(report_bundle());
    auto count = [](const std::string& text, std::string_view what) {
      size_t n = 0;
      for (size_t i = text.find(what); i != text.npos; i = text.find(what, i + 1)) ++n;
      return n;
    };
    for (const char* tag : {"<script", "</script", "<!--"}) EXPECT_EQ(count(page, tag), count(bundle, tag)) << evil << " " << tag;
    // What the browser would give to JSON.parse.
    size_t begin = page.find(">", page.find("id=\"data\"")) + 1, end = page.find("</script", begin);
    EXPECT_EQ(parse_json(page.substr(begin, end - begin), "page").find("runs")->items[0].find("name")->text, evil);
  }
}

TEST(Report, TheBundleHasItsPlacesOnceAndItsPolicy) {
  std::string bundle(report_bundle());
  for (const char* mark : {"__SYNFIRE_DATA__", "__SYNFIRE_TITLE__", "__SYNFIRE_TEXT__"}) {
    EXPECT_NE(bundle.find(mark), bundle.npos) << mark;
    EXPECT_EQ(bundle.find(mark), bundle.rfind(mark)) << mark;
  }
  EXPECT_NE(bundle.find("default-src 'none'"), bundle.npos);
  for (const char* from : {"src=\"http", "href=\"http", "url(http", "@import"}) EXPECT_EQ(bundle.find(from), bundle.npos) << from;
}

}  // namespace
}  // namespace synfire
