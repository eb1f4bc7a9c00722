// From what lies on the disk to the text of a model file.
#include "synfire/cli/starter.h"

#include <algorithm>
#include <cctype>
#include <filesystem>

#include "synfire/base/format.h"
#include "synfire/base/reader.h"
#include "synfire/base/utf8.h"
#include "synfire/data/picture_files.h"
#include "synfire/data/pictures.h"
#include "synfire/interop/idx.h"
#include "synfire/model/suggest.h"
#include "synfire/model/toml.h"

namespace synfire::cli {
namespace {

namespace fs = std::filesystem;

std::string quoted(const std::string& s) { return Node::of(s).str(); }

// As a model file in `folder` names it.
std::string path_from(const std::string& folder, const std::string& path) {
  if (path[0] == '/') return path;
  std::error_code error;
  fs::path relative = fs::relative(path, folder.empty() ? "." : folder, error);
  return error || relative.empty() ? fs::absolute(path).string() : relative.string();
}

bool ends_in(std::string name, std::initializer_list<std::string_view> endings) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view e) { return name.ends_with(e); });
}

bool is_idx(const std::string& path) { return ends_in(path, {"-ubyte", "-ubyte.gz", ".idx", ".idx.gz"}); }

TableStart start_pictures(const std::string& folder, const std::string& path, Pool& pool) {
  Problems problems;
  PictureFolder set = find_pictures(folder, nullptr, problems);
  problems.throw_if_any();
  std::vector<std::string> files;
  for (const PictureFile& f : set.files) files.push_back(f.path);
  PictureSurvey survey = survey_pictures(files, &pool);
  TableStart s{fmt::format("kind = \"image_folder\"\npath = {}\n", quoted(path)), "", {}, true};
  if (survey.sizes > 1) {
    s.data += fmt::format("size = [{}, {}]              # all pictures are brought to this height and width; they have {} sizes\n", survey.height, survey.width, survey.sizes);
    s.said.push_back(fmt::format("the pictures have {} sizes; all are brought to {} x {}", survey.sizes, survey.height, survey.width));
  }
  return s;
}

TableStart start_arrays(const std::vector<std::string>& words, const std::string& folder) {
  const std::string& first = words[0];
  auto path = [&](const std::string& p) { return quoted(path_from(folder, p)); };
  if (words.size() == 2) {
    if (!is_idx(first) || !is_idx(words[1])) fail(Code::usage, Where{words[1]}, "two files are an IDX pair, images and labels, and these are none", "one file or folder is enough for everything else");
    bool swapped = first.find("label") != first.npos && words[1].find("label") == words[1].npos;
    return {fmt::format("kind = \"idx\"\nimages = {}\nlabels = {}\n", path(words[swapped]), path(words[!swapped])), "", {}};
  }
  if (is_idx(first)) fail(Code::usage, Where{first}, "is one half of an IDX pair", fmt::format("synfire init IMAGES LABELS, or the folder they lie in: synfire init {}", fs::path(first).has_parent_path() ? fs::path(first).parent_path().string() : "."));
  if (!ends_in(first, {".npz"})) return {fmt::format("kind = \"idx\"\npath = {}\n", path(first)), "", {}};
  return {fmt::format("kind = \"npz\"\npath = {}\n", path(first)), "", {}};
}

TableStart start_of(const std::vector<std::string>& words, const std::string& target, const std::string& folder, Pool& pool) {
  if (ends_in(words[0], {".toml", ".json"}) && fs::exists(words[0])) fail(Code::usage, Where{words[0]}, "is a model file already", "init takes the data: a CSV or NPZ file, a folder of pictures or IDX files");
  if (words.size() == 2 && fs::exists(words[0]) && !fs::exists(words[1])) fail(Code::io, Where{words[1]}, "there is no such file or folder", fmt::format("a column to be learned is named by --target {}", words[1]));
  for (const std::string& w : words)
    if (!is_there(w)) fail(Code::io, Where{w}, "there is no such file or folder", "init takes a CSV or NPZ file, a folder of pictures or IDX files, or an IDX pair");
  for (const std::string& w : words)
    if (first_bad_utf8(w) < w.size()) fail(Code::usage, Where{w}, "is no UTF-8, and a model file can name nothing else", "rename it; convmv does so for many files");
  const std::string& first = words[0];
  std::error_code unread;
  bool is_folder = fs::is_directory(first, unread), arrays = words.size() > 1 || is_idx(first) || ends_in(first, {".npz"}) || (is_folder && has_idx_files(first));
  if ((arrays || is_folder) && !target.empty()) fail(Code::usage, Where{first}, "is no table: --target has no meaning for it", "pictures have the class of their folder, array files have labels of their own");
  if (arrays) return start_arrays(words, folder);
  if (is_folder) return start_pictures(first, path_from(folder, first), pool);
  if (is_picture_name(first)) fail(Code::usage, Where{first}, "is one picture; a folder with one folder a class is needed", "synfire init FOLDER");
  if (ends_in(first, {".npy", ".xlsx", ".xls", ".ods", ".parquet", ".json", ".zip"}))
    fail(Code::usage, Where{first}, "is no table that is read: CSV is", ends_in(first, {".npy"}) ? "numpy.savez(\"set.npz\", x=…, y=…) stores samples and answers together" : "whatever wrote it can save it as CSV");
  return start_table(first, path_from(folder, first), target);
}

Source read(const std::string& data, const std::string& folder, Pool& pool) {
  Node tree = parse_toml("[data]\n" + data, "the new model file");
  return open_source(*tree.find("data"), folder, nullptr, &pool);
}

// Pictures that cannot be read are left out, and the file says so.
Source read(TableStart& s, const std::string& folder, Pool& pool) {
  if (!s.pictures) return read(s.data, folder, pool);
  try {
    return read(s.data, folder, pool);
  } catch (const Failure&) {
    try {
      std::string skipping = s.data + "broken = \"skip\"            # files that cannot be read are left out; \"refuse\" makes them errors\n";
      Source source = read(skipping, folder, pool);
      s.data = std::move(skipping);
      s.said.push_back(fmt::format("{} pictures cannot be read and are left out", source.data.unreadable.size()));
      return source;
    } catch (const Failure&) {}
    throw;
  }
}

std::string comment_lines(const std::vector<std::string>& lines) {
  std::string s;
  for (const std::string& l : lines) s += "# " + one_line(l) + "\n";
  return s;
}

std::string training_text(const DataInfo& info) {
  std::string t = default_training(info);
  auto after = [&](std::string_view key, std::string_view comment) {
    size_t line = t.find("\n" + std::string(key)), end = line == t.npos ? t.npos : t.find('\n', line + 1);
    if (end != t.npos) t.insert(end, std::string(std::max<int64_t>(1, int64_t(line + 42) - int64_t(end)), ' ') + "# " + std::string(comment));
  };
  after("epochs", "passes over the training data");
  after("batch", "samples a step");
  after("optimizer", "lr: try `synfire lr-find` on this file");
  after("schedule", "the learning rate rises, then falls to nothing");
  return t + "# patience = 10                  # stops after so many epochs without a better validation result\n";
}

}  // namespace

std::string one_line(std::string s) {
  std::replace_if(s.begin(), s.end(), [](char c) { return uint8_t(c) < 0x20 || c == 0x7f; }, ' ');
  return s;
}

Starter starter_for(const std::vector<std::string>& words, const std::string& target, const std::string& folder, Pool& pool) {
  TableStart start = start_of(words, target, folder, pool);
  Source source = read(start, folder, pool);
  const Dataset& d = source.data;
  DataInfo info = info_of(source);
  Starter s{{}, start.said};
  std::vector<std::string> told{fmt::format("{} samples of {}: {} to train, {} to validate, {} to test", d.rows(), d.sample.str(), source.split.train.size(), source.split.validation.size(), source.split.test.size())};
  told.insert(told.end(), d.notes.begin(), d.notes.end());
  s.said.insert(s.said.end(), told.begin(), told.end());
  s.text = fmt::format("# A model file for {}, begun by synfire init. It trains as it is; everything may be changed.\n#\n", one_line(words[0])) + comment_lines(told);
  s.text += "\n[data]\n" + start.data;
  if (d.parts.empty()) s.text += "split = {train = 0.7, validation = 0.15, test = 0.15}   # by chance, each class with its share; the same rows every time\n";
  if (d.is_image()) s.text += "# augment = [{kind = \"shift\", pixels = 2}]   # changed a little each time they are seen: helps where pictures are few; flip, crop\n";
  s.text += start.comments;
  s.text += "\n# The network, from the data on. `synfire list layer` names the kinds, `synfire explain KIND` tells their parameters.\n";
  s.text += default_layers(info) + training_text(info);
  return s;
}

}  // namespace synfire::cli
