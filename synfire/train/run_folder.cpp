// Making, finding and locking of run folders.
#include "synfire/train/run_folder.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;
constexpr const char* kInfo = "run.json";

[[noreturn]] void fail_here(const std::string& path, std::string_view what) {
  fail(Code::io, Where{path}, fmt::format("{}: {}", what, std::strerror(errno)), errno == EACCES || errno == EROFS ? "--runs DIR puts run folders elsewhere" : "");
}

// A run that is asked for and not there; errno tells whether it can be seen at all.
void fail_if_hidden(const std::string& path) {
  if (errno != ENOENT && errno != ENOTDIR) fail(Code::io, Where{path}, fmt::format("cannot be looked at: {}", std::strerror(errno)));
}

// The first number after all that are there, so that a deleted run's number is not used again while later ones exist.
int next_number(const std::string& runs, const std::string& name) {
  int last = 0;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(runs, error)) {
    std::string file = entry.path().filename().string();
    if (!file.starts_with(name + "-")) continue;
    std::string digits = file.substr(name.size() + 1);
    if (!digits.empty() && digits.size() < 9 && digits.find_first_not_of("0123456789") == digits.npos) last = std::max(last, std::stoi(digits));
  }
  return last + 1;
}

void link_latest(const std::string& runs, const std::string& folder) {
  std::string temporary = fmt::format("{}/.latest-{}", runs, ::getpid()), latest = runs + "/latest";
  ::unlink(temporary.c_str());
  // A file system without links loses only a convenience.
  if (::symlink(folder.c_str(), temporary.c_str()) != 0) return;
  if (::rename(temporary.c_str(), latest.c_str()) != 0) ::unlink(temporary.c_str());
}

// Who holds the lock, for whoever comes second. The lock itself is the system's; a note that cannot be written harms nobody.
void sign(int lock) {
  char host[256] = "";
  if (::gethostname(host, sizeof host - 1) != 0) host[0] = 0;
  std::string note = fmt::format("process {} on {}\n", ::getpid(), host[0] ? host : "this machine");
  if (::ftruncate(lock, 0) != 0 || ::pwrite(lock, note.data(), note.size(), 0) < 0) return;
}
std::string holder_of(int lock) {  // ": process 123 on HOST", or "" where the holder has not signed yet
  char note[300];
  ssize_t n = ::pread(lock, note, sizeof note, 0);
  std::string_view line(note, n > 0 ? size_t(n) : 0);
  line = line.substr(0, line.find('\n'));
  return line.starts_with("process ") ? ": " + std::string(line) : "";
}

// Files that a killed process left half written.
void sweep(const std::string& folder) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder, error))
    if (entry.path().filename().string().find(".tmp-") != std::string::npos) fs::remove(entry.path(), error);
}

}  // namespace

RunFolder RunFolder::create(const std::string& runs, const std::string& name) {
  std::error_code error;
  fs::create_directories(runs, error);
  if (error) fail(Code::io, Where{runs}, fmt::format("cannot be made: {}", error.message()), "--runs DIR puts run folders elsewhere");
  for (int number = next_number(runs, name);; ++number) {
    std::string folder = fmt::format("{}-{:03}", name, number), path = runs + "/" + folder;
    if (::mkdir(path.c_str(), 0755) == 0) {
      link_latest(runs, folder);
      return RunFolder(path);
    }
    if (errno != EEXIST) fail_here(path, "cannot be made");
  }
}

RunFolder RunFolder::open(const std::string& path) {
  if (std::error_code none; fs::is_regular_file(path, none)) fail(Code::usage, Where{path}, "this is a file, and a run folder comes first", "runs/latest is the newest run");
  if (is_there(path + "/" + kInfo)) return RunFolder(path);
  fail_if_hidden(path);
  std::vector<std::string> within;
  std::error_code none;
  for (const auto& e : fs::directory_iterator(path, none)) if (is_there(e.path().string() + "/" + kInfo) && !e.is_symlink(none)) within.push_back(e.path().string());
  std::sort(within.begin(), within.end());
  fail(Code::usage, Where{path}, "this is no run folder: it has no run.json", within.empty() ? "`synfire train MODEL` makes one" : fmt::format("it holds run folders: name one of them, as {}", within.front()));
}

RunFolder::RunFolder(RunFolder&& o) noexcept : path_(std::move(o.path_)), fresh_(std::move(o.fresh_)), lock_(std::exchange(o.lock_, -1)) {}

RunFolder::~RunFolder() {
  if (lock_ >= 0) ::close(lock_);
}

void RunFolder::lock() {
  std::string path = file(".lock");
  lock_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (lock_ < 0) fail_here(path, "cannot be opened");
  if (::flock(lock_, LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) fail(Code::io, Where{path_}, fmt::format("another process trains in this run folder{}", holder_of(lock_)), "wait for it, stop it with kill -INT, or train anew with `synfire train`");
    fail_here(path, "cannot be locked");
  }
  sign(lock_);
  sweep(path_);
}

void RunFolder::add(const std::string& name, const std::string& text) {
  place_file(file(name), text);
  fresh_.push_back(file(name));
}

void RunFolder::make_durable() const {
  if (fresh_.empty()) return;
  for (const std::string& f : fresh_) sync_file(f);
  sync_folder(path_);
  fresh_.clear();
}

Node RunFolder::read_info() const {
  std::string path = file(kInfo);
  std::vector<std::byte> bytes = read_file(path, 64 << 20);
  try {
    return parse_json(text_of(bytes), path);
  } catch (const Failure& f) {
    const Error& e = f.errors().front();
    fail(Code::data, e.where, fmt::format("the description of the run is damaged: {}", e.message), "train anew from the model file that lies beside it");
  }
}

void RunFolder::write_info(const Node& info) const { write_file(file(kInfo), write_json(info) + "\n"); }

std::string find_run(const std::string& given, const std::string& runs) {
  std::string path = given.empty() ? runs + "/latest" : given;
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  if (!is_there(path) && path.find('/') == path.npos && is_there(runs + "/" + path)) path = runs + "/" + path;
  if (!is_there(path)) {
    fail_if_hidden(path);
    std::vector<std::string> names;
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(runs, error)) names.push_back(entry.path().filename().string());
    std::string near = nearest(fs::path(path).filename().string(), names);
    fail(Code::usage, Where{path}, "there is no such run folder", near.empty() ? "`synfire train MODEL` makes one; --runs DIR says where they are" : fmt::format("did you mean \"{}/{}\"?", runs, near));
  }
  std::error_code error;
  fs::path real = given.empty() || fs::is_symlink(path) ? fs::weakly_canonical(path, error) : fs::path(path);  // the run itself, not "latest"
  if (error) return path;
  fs::path near = fs::proximate(real, error);
  return error ? real.string() : near.string();
}

}  // namespace synfire
