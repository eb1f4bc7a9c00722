// RunFolder: runs/<name>-NNN, where everything about one training run lies. The number grows, nothing is overwritten, runs/latest
// links to the newest. A lock keeps two processes from writing to one run.
#pragma once
#include <string>
#include <vector>

#include "synfire/base/tree.h"

namespace synfire {

class RunFolder {
 public:
  static RunFolder create(const std::string& runs, const std::string& name);  // Failure(io)
  static RunFolder open(const std::string& path);                             // Failure(usage) when it is none
  RunFolder(RunFolder&& other) noexcept;
  RunFolder& operator=(RunFolder&&) = delete;
  ~RunFolder();

  const std::string& path() const { return path_; }
  std::string file(const std::string& name) const { return path_ + "/" + name; }
  void lock();                            // Failure(io) when another process trains here
  // A file of a fresh run. It is on the disk for good only after make_durable, which the first checkpoint calls.
  void add(const std::string& name, const std::string& text);
  void make_durable() const;
  Node read_info() const;                 // run.json
  void write_info(const Node& info) const;

 private:
  explicit RunFolder(std::string path) : path_(std::move(path)) {}
  std::string path_;
  mutable std::vector<std::string> fresh_;  // files that are not synced yet
  int lock_ = -1;
};

// RUN on the command line: a run folder, or a name in `runs`; empty: the newest.
std::string find_run(const std::string& given, const std::string& runs);

}  // namespace synfire
