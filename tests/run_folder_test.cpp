// Run folders: numbers that grow, the link to the newest, names on the command line, the lock.
#include "synfire/train/run_folder.h"

#include "tests/support/training.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;
using testing::failure_of;
using testing::TempFolder;

TEST(RunFolder, NumbersGrowAndLatestFollows) {
  TempFolder t;
  std::string runs = t / "some/runs";
  EXPECT_EQ(RunFolder::create(runs, "a").path(), runs + "/a-001");
  EXPECT_EQ(RunFolder::create(runs, "a").path(), runs + "/a-002");
  EXPECT_EQ(RunFolder::create(runs, "a-b").path(), runs + "/a-b-001");
  EXPECT_EQ(fs::read_symlink(runs + "/latest"), "a-b-001");
  fs::create_directory(runs + "/a-999");
  fs::create_directory(runs + "/a-07x");
  fs::remove_all(runs + "/a-001");
  EXPECT_EQ(RunFolder::create(runs, "a").path(), runs + "/a-1000") << "a number is never used again while later ones exist";
  EXPECT_EQ(fs::read_symlink(runs + "/latest"), "a-1000");
}

TEST(RunFolder, IsFoundByNameByPathAndAsTheNewest) {
  TempFolder t;
  std::string runs = t / "runs";
  RunFolder a = RunFolder::create(runs, "a"), b = RunFolder::create(runs, "b");
  auto same = [](const std::string& x, const std::string& y) { return fs::weakly_canonical(x) == fs::weakly_canonical(y); };
  EXPECT_TRUE(same(find_run("a-001", runs), a.path()));
  EXPECT_TRUE(same(find_run(a.path() + "/", runs), a.path()));
  EXPECT_TRUE(same(find_run("", runs), b.path()));
  EXPECT_EQ(fs::path(find_run("", runs)).filename(), "b-001") << "the run itself, not the link";
  Error e = failure_of([&] { find_run("a-0011", runs); });
  EXPECT_EQ(e.code, Code::usage);
  EXPECT_NE(e.hint.find("a-001"), e.hint.npos);
  EXPECT_EQ(failure_of([&] { find_run("", t / "none"); }).code, Code::usage);
  EXPECT_EQ(failure_of([&] { RunFolder::open(a.path()); }).code, Code::usage) << "no run.json";
}

TEST(RunFolder, InfoIsReadBackAndDamageIsData) {
  TempFolder t;
  RunFolder a = RunFolder::create(t / "runs", "a");
  Node info = Node::table();
  info.set("x", Node::of(0.1)), info.set("text", Node::of(std::string("a\"b\n\xff")));
  a.write_info(info);
  EXPECT_EQ(RunFolder::open(a.path()).read_info().find("x")->real, 0.1);
  for (const char* text : {"", "{", "[]", "null", "{\"a\":1,\"a\":2}", "\xff\xfe"}) {
    std::ofstream(a.file("run.json")) << text;
    Error e = failure_of([&] { a.read_info(); });
    EXPECT_EQ(e.code, Code::data) << text << ": " << e.str();
    EXPECT_NE(e.where.file.find("run.json"), std::string::npos);
  }
}

TEST(RunFolder, ALockIsForOneAndDiesWithItsHolder) {
  TempFolder t;
  RunFolder a = RunFolder::create(t / "runs", "a");
  a.write_info(Node::table());
  {
    RunFolder first = RunFolder::open(a.path()), second = RunFolder::open(a.path());
    first.lock();
    Error e = failure_of([&] { second.lock(); });
    EXPECT_EQ(e.code, Code::io);
    EXPECT_NE(e.message.find("another process"), e.message.npos);
    EXPECT_NE(e.message.find("process " + std::to_string(::getpid()) + " on "), e.message.npos) << e.message;
  }
  std::ofstream(a.file("run.json.tmp-123-1")) << "half";
  RunFolder third = RunFolder::open(a.path());
  EXPECT_NO_THROW(third.lock());
  EXPECT_FALSE(fs::exists(a.file("run.json.tmp-123-1"))) << "what a killed process left half written goes";
  EXPECT_TRUE(fs::exists(a.file("run.json")));
}

}  // namespace
}  // namespace synfire
