// Files that are the old one or the new one, whole, whichever system call fails.
#include "synfire/base/atomic_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/faults.h"
#include "tests/support/files.h"

namespace synfire {
namespace {

using testing::Faults;
using testing::TempFolder;

// Long enough for several writes: through the buffer, around it, and what is left at the end.
std::string new_text() {
  std::string s;
  for (int i = 0; i < 30'000; ++i) s += std::to_string(i) + "\n";
  return s;
}

void write_in_pieces(const std::string& path, const std::string& text) {
  AtomicFile file(path);
  for (size_t i = 0; i < 1000; i += 10) file.write(std::string_view(text).substr(i, 10));
  file.write(std::string_view(text).substr(1000, 100'000));
  file.write(std::string_view(text).substr(101'000));
  EXPECT_EQ(file.sha256(), sha256(bytes_of(text)));
  file.commit();
}

TEST(AtomicFile, ReplacesTheOldOne) {
  TempFolder folder;
  folder.write("a", "old");
  std::string text = new_text();
  write_in_pieces(folder.path("a"), text);
  EXPECT_EQ(folder.read("a"), text);
  EXPECT_EQ(write_file(folder.path("a"), "third"), sha256(bytes_of("third")));
  EXPECT_EQ(folder.read("a"), "third");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(AtomicFile, WithoutCommitNothingHappens) {
  TempFolder folder;
  folder.write("a", "old");
  {
    AtomicFile file(folder.path("a"));
    file.write(new_text());
    EXPECT_EQ(folder.files(), 2u);
  }
  EXPECT_EQ(folder.read("a"), "old");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(AtomicFile, EveryCallMayFail) {
  std::string text = new_text();
  for (bool existed : {true, false})
    for (Faults::Kind kind : testing::kFaults) {
      int failures = 0, calls = 0;
      bool hit = true;
      for (int k = 0; hit; ++k) {
        TempFolder folder;
        if (existed) folder.write("a", "old");
        bool failed = false;
        {
          Faults faults(k, kind);
          try {
            write_in_pieces(folder.path("a"), text);
          } catch (const Failure& f) {
            failed = true;
            EXPECT_EQ(f.code(), Code::io);
          }
          calls = faults.calls(), hit = calls > k;
        }
        failures += failed;
        bool there = std::filesystem::exists(folder.path("a"));
        std::string now = there ? folder.read("a") : "";
        EXPECT_TRUE(now == text || (failed && (existed ? now == "old" : !there))) << "call " << k << ", " << now.size() << " bytes";
        EXPECT_EQ(folder.files(), size_t(there)) << "a temporary file is left after call " << k;
      }
      bool harmless = kind == Faults::Kind::interrupted || kind == Faults::Kind::half_write;
      EXPECT_EQ(failures == 0, harmless) << "signals and short writes are nothing to stop at, errors are";
      EXPECT_GE(calls, 8);  // open, writes, fsync, close, rename; open, fsync, close of the folder
    }
}

TEST(AtomicFile, PlacedWithoutSyncsItIsStillWhole) {
  for (Faults::Kind kind : testing::kFaults) {
    bool hit = true;
    for (int k = 0; hit; ++k) {
      TempFolder folder;
      {
        Faults faults(k, kind);
        try {
          place_file(folder.path("a"), "text");
        } catch (const Failure& f) {
          EXPECT_EQ(f.code(), Code::io);
        }
        hit = faults.calls() > k;
      }
      bool there = std::filesystem::exists(folder.path("a"));
      EXPECT_TRUE(!there || folder.read("a") == "text") << "call " << k;
      EXPECT_EQ(folder.files(), size_t(there)) << "a temporary file is left after call " << k;
    }
  }
}

TEST(AtomicFile, ManySignalsInARow) {
  TempFolder folder;
  std::string text = new_text();
  for (auto kind : {Faults::Kind::interrupted, Faults::Kind::half_write}) {
    Faults faults(0, kind, 50);
    write_in_pieces(folder.path("a"), text);
    EXPECT_EQ(folder.read("a"), text);
  }
}

TEST(AtomicFile, FoldersThatAreNotThere) {
  TempFolder folder;
  try {
    AtomicFile file(folder.path("none/a"));
    FAIL() << "a file was made in a folder that is missing";
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::io);
    EXPECT_NE(std::string(f.what()).find("its folder is missing"), std::string::npos) << f.what();
  }
}

TEST(AtomicFile, LeftoversOfADeadProcessAreNoObstacle) {
  TempFolder folder;
  for (int i = 0; i < 3; ++i) write_file(folder.path("a"), std::to_string(i));
  EXPECT_EQ(folder.read("a"), "2");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(AtomicFile, WhatIsNoFileIsWrittenToAndStays) {
  TempFolder folder;
  std::string pipe = folder.path("pipe");
  ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_THROW(AtomicFile{pipe}, Failure) << "nobody reads it, and nobody shall wait";
  int reader = ::open(pipe.c_str(), O_RDONLY | O_NONBLOCK);
  ASSERT_GE(reader, 0);
  write_file(pipe, "through the pipe");
  char got[64];
  EXPECT_EQ(std::string(got, size_t(::read(reader, got, sizeof got))), "through the pipe");
  ::close(reader);
  EXPECT_TRUE(std::filesystem::is_fifo(pipe));
  EXPECT_EQ(folder.files(), 1u);
  EXPECT_THROW(AtomicFile{folder.path()}, Failure) << "a folder";
}

TEST(AtomicFile, ALinkStaysALink) {
  TempFolder folder;
  folder.write("far/file", "old");
  std::filesystem::create_symlink("far/file", folder.path("link"));
  std::filesystem::create_symlink("nowhere", folder.path("broken"));
  write_file(folder.path("link"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder.path("link")));
  EXPECT_EQ(folder.read("far/file"), "new");
  write_file(folder.path("broken"), "whole");
  EXPECT_EQ(folder.read("broken"), "whole");
}

}  // namespace
}  // namespace synfire
