// Walking through folders of pictures.
#include "synfire/data/picture_files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <dirent.h>
#include <memory>
#include <optional>
#include <set>
#include <utility>

#include "synfire/base/format.h"

namespace synfire {
namespace {

struct DirEntry { std::string name, path; bool folder = false; };
using Identity = std::pair<dev_t, ino_t>;

bool hidden(std::string_view name) { return name.empty() || name[0] == '.' || name == "__MACOSX" || name == "Thumbs.db" || name == "desktop.ini"; }

std::vector<DirEntry> list_folder(const std::string& folder) {
  std::unique_ptr<DIR, int (*)(DIR*)> dir(::opendir(folder.c_str()), ::closedir);
  if (!dir && errno == ENOENT) fail(Code::data, Where{folder}, "the folder is not there", "path is relative to the model file");
  if (!dir && errno == ENOTDIR) fail(Code::data, Where{folder}, "is a file; a folder with one folder a class is needed");
  if (!dir) fail(Code::io, Where{folder}, fmt::format("cannot be opened: {}", std::strerror(errno)));
  std::vector<DirEntry> entries;
  while (const dirent* e = ::readdir(dir.get())) {
    if (hidden(e->d_name)) continue;
    DirEntry entry{e->d_name, folder + "/" + e->d_name};
    struct stat s{};
    entry.folder = ::stat(entry.path.c_str(), &s) == 0 && S_ISDIR(s.st_mode);
    entries.push_back(std::move(entry));
  }
  std::sort(entries.begin(), entries.end(), [](const DirEntry& a, const DirEntry& b) { return a.name < b.name; });
  return entries;
}

struct Walk {
  std::vector<std::string> files, others, circles;
  std::vector<Identity> above = {};  // the folders that lie around the one being read

  static Identity identity(const std::string& folder) {
    struct stat s{};
    return ::stat(folder.c_str(), &s) == 0 ? Identity{s.st_dev, s.st_ino} : Identity{};
  }
  void enter(const std::string& folder) {
    Identity id = identity(folder);
    if (std::find(above.begin(), above.end(), id) != above.end()) return circles.push_back(folder);
    above.push_back(id);
    for (const DirEntry& e : list_folder(folder)) {
      if (e.folder) enter(e.path);
      else (is_picture_name(e.name) ? files : others).push_back(e.path);
    }
    above.pop_back();
  }
};

std::optional<Part> part_named(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  if (name == "train" || name == "training") return Part::train;
  if (name == "val" || name == "valid" || name == "validation") return Part::validation;
  if (name == "test" || name == "testing") return Part::test;
  return std::nullopt;
}

std::optional<int64_t> whole(const std::string& s) {
  int64_t v = 0;
  auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), v);
  return error == std::errc() && end == s.data() + s.size() ? std::optional(v) : std::nullopt;
}

std::vector<std::string> in_order(std::set<std::string> names) {
  std::vector<std::string> v(names.begin(), names.end());
  bool numbers = std::all_of(v.begin(), v.end(), [](const std::string& s) { return whole(s).has_value(); });
  if (numbers) std::stable_sort(v.begin(), v.end(), [](const std::string& a, const std::string& b) { return *whole(a) < *whole(b); });
  return v;
}

std::string some(const std::vector<std::string>& names, size_t most = 5) {
  std::string s;
  for (size_t i = 0; i < names.size() && i < most; ++i) s += (i ? ", " : "") + names[i];
  return s + (names.size() > most ? " …" : "");
}

struct ClassFolder { Part part; std::string name, path; };

// Folders of one part, or of the whole; pictures that lie beside them belong to no class.
void add_classes(const std::string& folder, Part part, std::vector<ClassFolder>& to, std::vector<std::string>& loose) {
  for (const DirEntry& e : list_folder(folder)) {
    if (e.folder) to.push_back({part, e.name, e.path});
    else if (is_picture_name(e.name)) loose.push_back(e.path);
  }
}

// The folders of classes, wherever they lie.
std::vector<ClassFolder> class_folders(const std::string& folder, PictureFolder& set, Problems& problems) {
  std::vector<ClassFolder> folders;
  std::vector<std::string> loose, strangers;
  bool train = false;
  for (const DirEntry& e : list_folder(folder)) {
    std::optional<Part> part = e.folder ? part_named(e.name) : std::nullopt;
    if (part) set.parts = true, train |= *part == Part::train;
    else if (e.folder) strangers.push_back(e.name);
  }
  if (set.parts && !train && !strangers.empty()) set.parts = false;  // a class may be called "test"
  if (!set.parts) {
    add_classes(folder, Part::train, folders, loose);
  } else {
    if (!train) problems.add(Code::data, Where{folder}, "has a val or test folder and no train folder", "train/, val/ and test/ each hold one folder a class");
    if (!strangers.empty()) problems.add(Code::data, Where{folder}, fmt::format("has beside train/ the folder{} {}", strangers.size() == 1 ? "" : "s", some(strangers)), "with a train folder, all classes lie inside it; move them or set path");
    for (const DirEntry& e : list_folder(folder))
      if (std::optional<Part> part = e.folder ? part_named(e.name) : std::nullopt) add_classes(e.path, *part, folders, loose);
  }
  if (folders.empty() && !loose.empty())
    problems.add(Code::data, Where{folder}, fmt::format("holds {} picture{} and no folders", loose.size(), loose.size() == 1 ? "" : "s"), "the folder a picture lies in is its class: FOLDER/cats/1.png, FOLDER/dogs/1.png");
  else if (folders.empty())
    problems.add(Code::data, Where{folder}, "holds no pictures", "one folder a class with PNG or JPEG files in it is needed");
  else if (!loose.empty())
    set.notes.push_back(fmt::format("{} picture{} beside the folders of classes left out: {}", loose.size(), loose.size() == 1 ? " is" : "s are", some(loose)));
  return folders;
}

void check_classes(const std::string& folder, const std::vector<ClassFolder>& folders, const PictureFolder& set, const std::vector<std::string>* known, Problems& problems) {
  std::set<std::string> train;
  for (const ClassFolder& f : folders) if (f.part == Part::train) train.insert(f.name);
  for (const ClassFolder& f : folders) {
    bool strange = known ? std::find(known->begin(), known->end(), f.name) == known->end() : !train.count(f.name);
    if (!strange) continue;
    std::string near = nearest(f.name, set.classes);
    problems.add(Code::data, Where{f.path}, fmt::format("the class \"{}\" is not one of {}", f.name, known ? "those that the run knows" : "train/"), near.empty() || near == f.name ? "the classes are " + some(set.classes, 8) : fmt::format("did you mean \"{}\"?", near));
  }
  if (!known && set.classes.size() == 1)
    problems.add(Code::data, Where{folder}, fmt::format("has one class, \"{}\"; at least two are needed", set.classes[0]), "each folder is a class; path may name a folder too deep or too high");
}

}  // namespace

bool is_picture_name(std::string_view name) {
  size_t dot = name.rfind('.');
  if (dot == name.npos) return false;
  std::string ending(name.substr(dot + 1));
  std::transform(ending.begin(), ending.end(), ending.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  for (std::string_view e : {"png", "jpg", "jpeg", "jpe", "jfif", "gif", "bmp", "webp", "tif", "tiff", "heic", "avif"}) if (ending == e) return true;
  return false;
}

PictureFolder find_pictures(const std::string& folder, const std::vector<std::string>* known, Problems& problems) {
  PictureFolder set;
  std::vector<ClassFolder> folders = class_folders(folder, set, problems);
  problems.throw_if_any();
  std::set<std::string> names;
  for (const ClassFolder& f : folders) if (f.part == Part::train) names.insert(f.name);
  set.classes = known ? *known : in_order(std::move(names));
  check_classes(folder, folders, set, known, problems);
  std::vector<std::string> others;
  for (const ClassFolder& f : folders) {
    auto at = std::find(set.classes.begin(), set.classes.end(), f.name);
    if (at == set.classes.end()) continue;
    Walk walk;
    walk.above = {Walk::identity(folder), Walk::identity(f.path + "/..")};
    walk.enter(f.path);
    for (const std::string& c : walk.circles) problems.add(Code::data, Where{c}, "is a link that leads back to a folder around it", "remove the link");
    if (walk.files.empty()) problems.add(Code::data, Where{f.path}, fmt::format("holds no pictures{}", walk.others.empty() ? "" : ", but " + some(walk.others, 2)), "PNG and JPEG files are read, by their endings .png, .jpg, .jpeg; remove a folder that is no class");
    for (std::string& path : walk.files) set.files.push_back({std::move(path), int32_t(at - set.classes.begin()), f.part});
    others.insert(others.end(), walk.others.begin(), walk.others.end());
  }
  if (!others.empty()) set.notes.push_back(fmt::format("{} file{} no pictures by name, left out: {}", others.size(), others.size() == 1 ? " is" : "s are", some(others)));
  std::stable_sort(set.files.begin(), set.files.end(), [](const PictureFile& a, const PictureFile& b) { return std::pair(a.part, a.label) < std::pair(b.part, b.label); });
  return set;
}

std::vector<std::string> pictures_in(const std::string& folder) {
  Walk walk;
  walk.enter(folder);
  if (walk.files.empty()) fail(Code::data, Where{folder}, "holds no pictures", "PNG and JPEG files are read, by their endings .png, .jpg, .jpeg");
  return std::move(walk.files);
}

}  // namespace synfire
