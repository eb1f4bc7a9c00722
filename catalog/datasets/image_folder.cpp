// Pictures in folders, one folder a class: what people have who photograph, scan or download.
#include "synfire/base/format.h"
#include "synfire/data/arrays.h"
#include "synfire/data/picture_files.h"
#include "synfire/data/pictures.h"

namespace synfire {

struct ImageFolderData {
  struct P {
    std::string path;
    Pair size{0, 0};
    std::string colour = "auto", broken = "refuse";
  };
  static inline const Field<P> fields[] = {
      {"path", &P::path, "", 0, 0, "the folder; in it one folder a class, or train, val and test with one folder a class in each"},
      {"size", &P::size, "pixels", 0, 8192, "height and width that all pictures are brought to; 0: as they are, all of one size"},
      {"colour", &P::colour, "", 0, 0, "\"grey\" (one channel), \"colour\" (three), or \"auto\": colour when one of the files is"},
      {"broken", &P::broken, "", 0, 0, "files that cannot be read: \"refuse\", or \"skip\": they are left out, with a note"}};
  static constexpr std::string_view needed[] = {"path"};

  static PictureOptions options_of(const P& p, const LoadContext& c) {
    check_word("colour", p.colour, {"auto", "grey", "colour"}, c);
    check_word("broken", p.broken, {"refuse", "skip"}, c);
    if ((p.size.h == 0) != (p.size.w == 0)) c.problems.add(Code::config, c.where("size"), fmt::format("size should be two numbers from 1, got [{}, {}]", p.size.h, p.size.w), "size = [64, 64]; leave it out where all pictures have one size");
    c.problems.throw_if_any();
    PictureOptions o{p.size.h, p.size.w, p.colour == "grey" ? 1 : p.colour == "colour" ? 3 : 0, p.broken == "skip"};
    if (c.like) o.channels = c.like->sample[2];
    return o;
  }

  static Dataset load(const P& p, const LoadContext& c) {
    PictureOptions options = options_of(p, c);
    std::string folder = c.path(p.path);
    PictureFolder set = find_pictures(folder, c.like ? &c.like->class_names : nullptr, c.problems);
    c.problems.throw_if_any();
    std::vector<std::string> paths;
    for (const PictureFile& f : set.files) paths.push_back(f.path);
    Pictures pictures = read_pictures(paths, folder, options, c.pool, c.problems);
    c.problems.throw_if_any();
    Dataset d;
    d.sample = pictures.x.shape.slice(1, 4), d.x = std::move(pictures.x), d.unit = 1.0 / 255;
    if (c.like && d.sample != c.like->sample)
      fail(Code::data, Where{folder}, fmt::format("the pictures are {}, the run's were {}", d.sample.str(), c.like->sample.str()), fmt::format("data.size=[{},{}] brings them to its size", c.like->sample[0], c.like->sample[1]));
    d.class_names = set.classes, d.unreadable = std::move(pictures.unreadable), d.notes = std::move(set.notes);
    for (size_t i : pictures.read) {
      d.labels.push_back(set.files[i].label), d.files.push_back(paths[i].substr(folder.size() + 1));
      if (set.parts) d.parts.push_back(set.files[i].part);
    }
    if (pictures.resized > 0) d.notes.push_back(fmt::format("{} of {} pictures were brought to {} x {} pixels", pictures.resized, d.rows(), d.sample[0], d.sample[1]));
    if (!d.unreadable.empty()) d.notes.push_back(fmt::format("{} picture{} cannot be read: {}{}", d.unreadable.size(), d.unreadable.size() == 1 ? " is left out, since it" : "s are left out, since they", d.unreadable[0], d.unreadable.size() > 1 ? " …" : ""));
    return d;
  }
};
SYNFIRE_DATASET(ImageFolderData, "image_folder", "Pictures (PNG, JPEG) in folders, one folder a class; folders called train, val and test are the split.", "your own files");

}  // namespace synfire
