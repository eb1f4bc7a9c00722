// Logs that only grow, and are cut back to what a checkpoint remembers.
#include "synfire/base/line_writer.h"

#include <gtest/gtest.h>

#include "tests/support/faults.h"
#include "tests/support/files.h"

namespace synfire {
namespace {

using testing::Faults;
using testing::TempFolder;

TEST(LineWriter, AppendsAndCounts) {
  TempFolder folder;
  LineWriter log(folder.path("m.jsonl"));
  log.line("one"), log.line("two");
  EXPECT_EQ(log.size(), 8);
  EXPECT_EQ(folder.read("m.jsonl"), "") << "nothing goes to the system before flush";
  log.flush();
  EXPECT_EQ(folder.read("m.jsonl"), "one\ntwo\n");
  log.line("three"), log.sync();
  EXPECT_EQ(folder.read("m.jsonl"), "one\ntwo\nthree\n");
  for (int i = 0; i < 10'000; ++i) log.line("0123456789");
  EXPECT_GT(folder.read("m.jsonl").size(), 50'000u) << "a full buffer goes by itself";
}

TEST(LineWriter, TheEndWritesWhatIsLeft) {
  TempFolder folder;
  { LineWriter log(folder.path("a")); log.line("one"); }
  LineWriter moved;
  { LineWriter log(folder.path("a")); log.line("two"); moved = std::move(log); }
  moved.line("three"), moved.flush();
  EXPECT_EQ(folder.read("a"), "one\ntwo\nthree\n");
}

TEST(LineWriter, CutsToWhatACheckpointRemembers) {
  TempFolder folder;
  folder.write("a", "one\ntwo\nthree\nfo");
  { LineWriter log(folder.path("a"), 8); EXPECT_EQ(log.size(), 8); log.line("3"); }
  EXPECT_EQ(folder.read("a"), "one\ntwo\n3\n");
  { LineWriter log(folder.path("a"), 0); log.line("new"); }
  EXPECT_EQ(folder.read("a"), "new\n");
  try {
    LineWriter log(folder.path("a"), 100);
    FAIL() << "more was kept than there is";
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::data);
  }
  EXPECT_EQ(folder.read("a"), "new\n");
}

TEST(LineWriter, AnUnfinishedLineGoes) {
  TempFolder folder;
  for (const std::string& tail : {std::string("half"), std::string(10'000, 'x'), std::string()}) {
    folder.write("a", "one\ntwo\n" + tail);
    { LineWriter log(folder.path("a")); log.line("3"); }
    EXPECT_EQ(folder.read("a"), "one\ntwo\n3\n");
  }
  folder.write("a", "no newline");
  { LineWriter log(folder.path("a")); EXPECT_EQ(log.size(), 0); }
}

// Whatever fails: the lines that were there before are there still, and the file is a beginning of what was to be written.
TEST(LineWriter, EveryCallMayFail) {
  std::string all = "one\n";
  for (int i = 0; i < 20'000; ++i) all += std::to_string(i) + "\n";
  for (Faults::Kind kind : testing::kFaults) {
    int failures = 0;
    bool hit = true;
    for (int k = 0; hit; ++k) {
      TempFolder folder;
      folder.write("a", "one\nhal");
      bool failed = false;
      {
        Faults faults(k, kind);
        try {
          LineWriter log(folder.path("a"));
          for (int i = 0; i < 20'000; ++i) log.line(std::to_string(i));
          log.sync();
        } catch (const Failure& f) {
          failed = true;
          EXPECT_EQ(f.code(), Code::io);
        }
        hit = faults.calls() > k;
      }
      failures += failed;
      std::string now = folder.read("a");
      EXPECT_TRUE(failed || now == all) << "call " << k;
      EXPECT_TRUE(now.starts_with("one\n")) << "call " << k;
      EXPECT_TRUE(now == "one\nhal" || all.starts_with(now.substr(0, now.rfind('\n') + 1))) << "lines are lost in the middle after call " << k;
    }
    bool harmless = kind == Faults::Kind::interrupted || kind == Faults::Kind::half_write;
    EXPECT_EQ(failures == 0, harmless) << failures;
  }
}

}  // namespace
}  // namespace synfire
