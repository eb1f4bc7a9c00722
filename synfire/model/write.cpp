// Text files in, and a tree out as TOML text with the origin of each value.
#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

#include "synfire/base/format.h"
#include "synfire/base/reader.h"
#include "synfire/base/registry.h"
#include "synfire/model/toml.h"

namespace synfire {

static constexpr int64_t kMaxFile = 4 << 20;  // bytes; a model file is written by people

// A model file beside `path` whose name is nearly the same, or "".
static std::string neighbour_of(const std::string& path) {
  namespace fs = std::filesystem;
  fs::path folder = fs::path(path).parent_path();
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(folder.empty() ? "." : folder, error))
    if (fs::path name = entry.path().filename(); name.extension() == ".toml" || name.extension() == ".json") names.push_back(name.string());
  std::sort(names.begin(), names.end());
  std::string near = nearest(fs::path(path).filename().string(), names);
  return near.empty() ? "" : (folder / near).string();
}

// A pipe is taken, as in `synfire check <(cat model.toml)`; one that nobody writes to must not keep us waiting.
std::string read_text(const std::string& path) {
  auto refuse = [&](std::string message, std::string hint = "") { fail(Code::config, Where{path}, std::move(message), std::move(hint)); };
  struct stat info;
  Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
  if (file.fd < 0) {
    std::string reason = std::strerror(errno), near = neighbour_of(path);
    if (find_entry("dataset", path)) refuse("is data, not a model file", fmt::format("a file with the one line data = \"{}\" is a model file", path));
    refuse(fmt::format("cannot be read: {}", reason), near.empty() ? "the first argument is the path of a model file" : fmt::format("did you mean {}?", near));
  }
  if (::fstat(file.fd, &info) != 0) refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  if (S_ISDIR(info.st_mode) && std::filesystem::is_regular_file(path + "/run.json")) refuse("this is a run folder, not a model file", fmt::format("the model file of this run is {}/model.toml", path));
  if (S_ISDIR(info.st_mode)) refuse("this is a folder, not a model file", fmt::format("`synfire init {}` writes a model file for a folder of pictures", path));
  if (info.st_size > kMaxFile) refuse(fmt::format("{} bytes are too many for a model file", info.st_size), "the limit is 4 MB");
  std::vector<std::byte> text;
  if (int error = read_all(file.fd, kMaxFile, text)) refuse(fmt::format("cannot be read: {}", std::strerror(error)));
  if (int64_t(text.size()) > kMaxFile) refuse("too large for a model file", "the limit is 4 MB");
  if (text.empty() && S_ISFIFO(info.st_mode)) refuse("is a pipe that nobody writes to");
  return std::string(text_of(text));
}

Node parse_model_text(std::string_view text, const std::string& path) {
  for (std::string_view end : {".csv", ".tsv", ".npz", ".npy", ".xlsx", ".parquet"})
    if (path.ends_with(end)) fail(Code::config, Where{path}, "these are data, not a model file", fmt::format("`synfire init {}` writes a model file for a table", path));
  return path.ends_with(".json") ? parse_json(text, path) : parse_toml(text, path);
}

namespace {

struct Writer {
  bool origins;
  std::string out;

  static bool plain(std::string_view key) {
    if (key.empty()) return false;
    for (char c : key) if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-') return false;
    return true;
  }
  static std::string key_of(const std::string& key) { return plain(key) ? key : Node::of(key).str(); }
  static std::string joined(const std::string& path, const std::string& key) { return path.empty() ? key_of(key) : path + "." + key_of(key); }
  static bool is_table_list(const Node& n) {
    if (!n.is(Node::Kind::array) || n.items.empty()) return false;
    for (const Node& i : n.items) if (!i.is(Node::Kind::table)) return false;
    return true;
  }
  static std::string inline_text(const Node& n) {
    std::string s;
    if (n.is(Node::Kind::array)) {
      for (const Node& i : n.items) s += (s.empty() ? "" : ", ") + inline_text(i);
      return "[" + s + "]";
    }
    if (!n.is(Node::Kind::table)) return n.str();
    for (const auto& [k, v] : n.fields) s += (s.empty() ? "" : ", ") + key_of(k) + " = " + inline_text(v);
    return "{" + s + "}";
  }
  std::string comment(const Node& n) const {
    if (!origins) return "";
    switch (n.origin) {
      case Origin::fallback: return "  # default";
      case Origin::command_line: return "  # command line";
      default: return n.where.line > 0 ? fmt::format("  # {}:{}", n.where.file, n.where.line) : "  # file";
    }
  }

  // Values first, then tables: what follows a [header] belongs to it. Lists of tables stand under [[headers]] only where
  // the path is one that model files write so; elsewhere they are inline.
  void table(const Node& t, const std::string& path) {
    auto apart = [](const std::string& key, const Node& v) { return v.is(Node::Kind::table) || (key == "layer" && is_table_list(v)); };
    for (const auto& [key, v] : t.fields)
      if (!apart(key, v)) out += fmt::format("{} = {}{}\n", key_of(key), inline_text(v), comment(v));
    for (const auto& [key, v] : t.fields) {
      if (!apart(key, v)) continue;
      std::string name = joined(path, key);
      if (v.is(Node::Kind::table)) {
        bool only_tables = !v.fields.empty();
        for (const auto& [k, inner] : v.fields) only_tables = only_tables && apart(k, inner);
        if (!only_tables) out += fmt::format("{}[{}]\n", out.empty() ? "" : "\n", name);
        table(v, name);
      } else {
        for (const Node& item : v.items) {
          out += fmt::format("{}[[{}]]\n", out.empty() ? "" : "\n", name);
          table(item, name);
        }
      }
    }
  }
};

}  // namespace

std::string write_toml(const Node& table, bool origins) {
  Writer w{origins, {}};
  w.table(table, "");
  return std::move(w.out);
}

}  // namespace synfire
