// A checkpoint is old or new, never broken: whatever call fails, wherever a process dies, whatever happens to the files.
#include "synfire/train/checkpoint.h"

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstring>

#include "synfire/interop/safetensors.h"
#include "tests/support/training.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;
using testing::content;
using testing::digest;
using testing::failure_of;
using testing::job_of;
using testing::perceptron;
using testing::TempFolder;

// A model whose numbers say which step they are from.
struct Subject {
  Job job = job_of(perceptron("batch = 10\n", "transform = [\"standardize\"]\n", 6));
  Subject() { job.model->training(10); }
  Store& store() { return job.model->store(); }
  Snapshot at(int64_t step) {
    for (const auto& s : store().states())
      for (int64_t i = 0; i < s->type.shape.numel(); ++i) s->view.f32()[i] = float(step) + float(i) / 1024;
    Cursor c;
    c.step = step, c.best_loss = 1.0 / 3, c.epoch_loss = 1e-300, c.per_epoch = 7, c.best_step = step - 1, c.seconds = 0.1;
    return take_snapshot(store(), job.source.fitted, c, true);
  }
  // The step that a whole checkpoint holds; everything in it must be of that one.
  int64_t load(const std::string& folder) {
    Fitted fitted = job.source.fitted;
    Cursor c = load_checkpoint(folder, store(), fitted, true);
    std::string got = digest(store());
    at(c.step);
    EXPECT_EQ(got, digest(store())) << folder << " mixes steps";
    EXPECT_EQ(c.best_step, c.step - 1);
    return c.step;
  }
};

TEST(Checkpoint, GivesBackEveryBit) {
  TempFolder folder;
  Subject s;
  Snapshot snapshot = s.at(41);
  save_checkpoint(folder / "c", snapshot);
  std::string want = digest(s.store());
  s.at(1);
  EXPECT_NE(digest(s.store()), want);
  Fitted fitted = s.job.source.fitted;
  fitted.scale[0] = 99;
  Cursor c = load_checkpoint(folder / "c", s.store(), fitted, true);
  EXPECT_EQ(digest(s.store()), want);
  EXPECT_EQ(fitted, s.job.source.fitted);
  EXPECT_EQ(c.best_loss, 1.0 / 3);
  EXPECT_EQ(c.epoch_loss, 1e-300);
  EXPECT_EQ(c.seconds, 0.1);
  EXPECT_EQ(c.per_epoch, 7);
  EXPECT_FALSE(find_checkpoint(folder / "nothing"));
  EXPECT_EQ(find_checkpoint(folder / "c", 41), folder / "c");
  EXPECT_FALSE(find_checkpoint(folder / "c", 40));
}

TEST(Checkpoint, TheOneBeforeTheLastIsKept) {
  TempFolder folder;
  Subject s;
  for (int64_t step : {10, 20, 30}) save_checkpoint(folder / "c", s.at(step));
  EXPECT_EQ(s.load(*find_checkpoint(folder / "c")), 30);
  EXPECT_EQ(s.load(*find_checkpoint(folder / "c", 20)), 20);
  EXPECT_FALSE(find_checkpoint(folder / "c", 10));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path()), {}), 2) << "nothing else lies about";
}

// ---- system calls that fail

struct Fault {
  enum class Kind { error, short_write, death } kind = Kind::error;  // death: this call and all later ones fail, as if the process were gone
  int error = EIO;
  long at = 0, calls = 0;
  bool struck() {
    long k = calls++;
    bool now = kind == Kind::death ? k >= at : k == at;
    if (now) errno = error;
    return now;
  }
} fault;
Syscalls honest;

struct WithFaults {
  WithFaults() {
    honest = syscalls();
    syscalls().open = [](const char* path, int flags, mode_t mode) { return fault.kind != Fault::Kind::short_write && fault.struck() ? -1 : honest.open(path, flags, mode); };
    syscalls().write = [](int fd, const void* data, size_t size) -> ssize_t {
      if (!fault.struck()) return honest.write(fd, data, size);
      if (fault.kind != Fault::Kind::short_write) return -1;
      return honest.write(fd, data, std::max<size_t>(1, size / 2));
    };
    syscalls().ftruncate = [](int fd, off_t size) { return fault.kind != Fault::Kind::short_write && fault.struck() ? -1 : honest.ftruncate(fd, size); };
    syscalls().fsync = [](int fd) { return fault.kind != Fault::Kind::short_write && fault.struck() ? -1 : honest.fsync(fd); };
    syscalls().rename = [](const char* a, const char* b) { return fault.kind != Fault::Kind::short_write && fault.struck() ? -1 : honest.rename(a, b); };
    syscalls().close = [](int fd) {  // the descriptor is gone whatever close says
      bool bad = fault.kind != Fault::Kind::short_write && fault.struck();
      int result = honest.close(fd);
      if (bad) errno = fault.error;
      return bad ? -1 : result;
    };
    syscalls().unlink = [](const char* path) { return fault.kind == Fault::Kind::death && fault.struck() ? -1 : honest.unlink(path); };
  }
  ~WithFaults() { syscalls() = honest; }
};

// Two good saves, then one with a fault at call k, for every k. saved: whether it said that it was done.
TEST(Checkpoint, OldOrNewWhicheverCallFails) {
  Subject s;
  struct Way { Fault::Kind kind; int error; };
  int tried = 0;
  for (Way way : {Way{Fault::Kind::error, EIO}, {Fault::Kind::error, ENOSPC}, {Fault::Kind::error, EINTR}, {Fault::Kind::short_write, 0}, {Fault::Kind::death, EIO}})
    for (int before : {0, 1, 2})
      for (long k = 0;; ++k) {
        TempFolder folder;
        for (int64_t step = 1; step <= before; ++step) save_checkpoint(folder / "c", s.at(step * 10));
        Snapshot next = s.at(100);
        bool saved = true;
        {
          WithFaults faults;
          fault = {way.kind, way.error, k, 0};
          try {
            save_checkpoint(folder / "c", next);
          } catch (const Failure& f) {
            saved = false;
            EXPECT_EQ(f.code(), Code::io) << f.what();
          }
        }
        bool beyond = fault.calls <= k;
        ++tried;
        std::string what = "way " + std::to_string(int(way.kind)) + " error " + std::to_string(way.error) + " call " + std::to_string(k) + " after " + std::to_string(before);
        std::optional<std::string> found = find_checkpoint(folder / "c");
        int64_t step = found ? s.load(*found) : 0;
        if (saved) { EXPECT_EQ(step, 100) << what; }
        else { EXPECT_TRUE(step == 100 || step == before * 10) << what << ": step " << step; }
        EXPECT_TRUE(saved || way.kind != Fault::Kind::short_write) << what;
        save_checkpoint(folder / "c", s.at(200));
        EXPECT_EQ(s.load(*find_checkpoint(folder / "c")), 200) << what << ": the next save";
        if (beyond) break;
        ASSERT_LT(k, 1000) << "the loop must end";
      }
  EXPECT_GT(tried, 200);
}

// ---- damaged files

TEST(Checkpoint, DamageIsSeenAndTheOlderOneIsUsed) {
  Subject s;
  int tried = 0;
  for (const char* name : {"weights.safetensors", "state.safetensors", "manifest.json"}) {
    TempFolder folder;
    save_checkpoint(folder / "c", s.at(10)), save_checkpoint(folder / "c", s.at(20));
    std::string path = folder / ("c/" + std::string(name)), good = content(path);
    auto expect_older = [&](const std::string& bytes, const std::string& what) {
      std::ofstream(path, std::ios::binary) << bytes;
      ++tried;
      EXPECT_EQ(find_checkpoint(folder / "c"), folder / "c.old") << name << " " << what;
      Fitted fitted = s.job.source.fitted;
      Error e = failure_of([&] { load_checkpoint(folder / "c", s.store(), fitted, true); });
      EXPECT_EQ(e.code, Code::data) << name << " " << what << e.str();
      EXPECT_NE(e.where.file.find("c/"), e.message.npos) << e.str();
    };
    for (size_t at = 0; at < good.size(); at += 1 + good.size() / 40) expect_older(good.substr(0, at), "cut to " + std::to_string(at));
    if (std::strcmp(name, "manifest.json") != 0)
      for (size_t at = 0; at < good.size(); at += 1 + good.size() / 60) {
        std::string bytes = good;
        bytes[at] = char(bytes[at] ^ 0x10);
        expect_older(bytes, "a bit at " + std::to_string(at));
      }
    fs::remove(path);
    EXPECT_EQ(find_checkpoint(folder / "c"), folder / "c.old") << name << " is missing";
    EXPECT_EQ(s.load(*find_checkpoint(folder / "c")), 10);
    fs::remove_all(folder / "c.old");
    Error e = failure_of([&] { find_checkpoint(folder / "c"); });
    EXPECT_EQ(e.code, Code::data);
    EXPECT_NE(e.hint.find("init_from"), e.hint.npos);
  }
  EXPECT_GT(tried, 150);
}

// A manifest whose text was changed may still be JSON; then it must at least not crash, and never load as whole what is not.
TEST(Checkpoint, ManifestsOfStrangers) {
  Subject s;
  TempFolder folder;
  save_checkpoint(folder / "c", s.at(10));
  std::string good = content(folder / "c/manifest.json");
  auto loading = [&](const std::string& text) {
    std::ofstream(folder / "c/manifest.json") << text;
    Fitted fitted = s.job.source.fitted;
    return failure_of([&] { load_checkpoint(folder / "c", s.store(), fitted, true); });
  };
  auto with = [&](const std::string& a, const std::string& b) {
    std::string t = good;
    EXPECT_NE(t.find(a), t.npos);
    return t.replace(t.find(a), a.size(), b);
  };
  EXPECT_EQ(loading(with("\"format\":1", "\"format\":2")).hint, "a newer synfire made it");
  EXPECT_NE(loading(with("\"step\":10", "\"step\":\"10\"")).message.find("\"step\""), std::string::npos);
  EXPECT_NE(loading(with("\"best_loss\":", "\"loss_best\":")).message.find("\"best_loss\""), std::string::npos);
  for (const char* text : {"", "{}", "[]", "{\"format\":1}", "nonsense", "{\"format\":1,\"files\":3}", "{\"format\":1,\"files\":{\"weights.safetensors\":7}}"}) EXPECT_EQ(loading(text).code, Code::data) << text;
  EXPECT_EQ(loading(with("\"step\":10", "\"step\":-10")).code, Code::data) << "a step before the first";
}

TEST(Checkpoint, AnotherNetworksIsRefusedWithEveryDifference) {
  TempFolder folder;
  Subject s;
  save_checkpoint(folder / "c", s.at(10));
  Job wider = job_of(perceptron("batch = 10\n", "", 7)), sgd = job_of(perceptron("batch = 10\noptimizer = \"sgd\"\n", "", 6));
  wider.model->training(10), sgd.model->training(10);
  std::string before = digest(wider.model->store());
  Fitted fitted = s.job.source.fitted;
  try {
    load_checkpoint(folder / "c", wider.model->store(), fitted, true);
    FAIL();
  } catch (const Failure& f) {
    EXPECT_EQ(f.errors().size(), 3u) << f.what();  // two weights and a bias; the last bias fits
    EXPECT_NE(std::string(f.what()).find("\"dense1.weight\" is f32 [6, 64], the network's is f32 [7, 64]"), std::string::npos) << f.what();
  }
  EXPECT_EQ(digest(wider.model->store()), before) << "nothing was changed";
  Error e = failure_of([&] { load_checkpoint(folder / "c", sgd.model->store(), fitted, true); });
  EXPECT_NE(e.str().find("optimizer/"), std::string::npos) << e.str();
}

TEST(Checkpoint, WeightsThatAreNotFiniteAreRefused) {
  TempFolder folder;
  Subject s;
  Snapshot snapshot = s.at(3);
  EXPECT_TRUE(all_finite(snapshot));
  snapshot.weights.at("dense1.bias").as<float>()[2] = NAN;
  EXPECT_FALSE(all_finite(snapshot));
  write_safetensors(folder / "w.safetensors", snapshot.weights);
  Error e = failure_of([&] { load_weights(folder / "w.safetensors", s.store()); });
  EXPECT_NE(e.message.find("\"dense1.bias\" holds numbers that are not finite"), std::string::npos) << e.str();
}

}  // namespace
}  // namespace synfire
