// Files of tests: a folder that goes when the test ends, and texts as bytes.
#pragma once
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include "synfire/base/reader.h"

namespace synfire::testing {

class TempFolder {
 public:
  TempFolder() {
    // In memory where there is such a place: hundreds of synced checkpoints would wait for the disk.
    std::string name = (::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : std::filesystem::temp_directory_path().string()) + "/synfire-test-XXXXXX";
    if (!::mkdtemp(name.data())) throw std::runtime_error("no folder for temporary files");
    path_ = name;
  }
  ~TempFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  std::string path(const std::string& name = "") const { return name.empty() ? path_ : path_ + "/" + name; }
  std::string operator/(const std::string& name) const { return path(name); }
  std::string write(const std::string& name, std::string_view text) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::string read(const std::string& name) const {
    auto bytes = read_file(path(name));
    return std::string(text_of(bytes));
  }
  size_t files() const { return size_t(std::distance(std::filesystem::directory_iterator(path_), {})); }

 private:
  std::string path_;
};

inline std::string fixture(const std::string& name) {
  auto bytes = read_file(SYNFIRE_SOURCE_DIR "/tests/data/" + name);
  return std::string(text_of(bytes));
}

}  // namespace synfire::testing
