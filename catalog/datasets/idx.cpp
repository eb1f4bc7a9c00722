// Images and labels in IDX files, the format of MNIST and of the sets that were made to take its place. Y. LeCun 1998.
#include "synfire/interop/idx.h"

#include "synfire/base/format.h"
#include "synfire/data/arrays.h"

namespace synfire {

struct IdxData {
  struct P { std::string path, images, labels, test_images, test_labels, task = "classes"; };
  static inline const Field<P> fields[] = {
      {"path", &P::path, "", 0, 0, "folder of train-images-idx3-ubyte, train-labels-idx1-ubyte and their t10k- brothers, .gz or not"},
      {"images", &P::images, "", 0, 0, "instead of path: the file of the images"},
      {"labels", &P::labels, "", 0, 0, "instead of path: the file of the labels"},
      {"test_images", &P::test_images, "", 0, 0, "images of a test part, where there is one"},
      {"test_labels", &P::test_labels, "", 0, 0, "labels of a test part"},
      {"task", &P::task, "", 0, 0, "\"classes\", or \"numbers\" when the labels are amounts"}};

  static std::vector<ArrayPart> in_folder(const std::string& folder) {
    IdxSet set = read_idx_folder(folder);
    std::vector<ArrayPart> parts{{Part::train, std::move(set.x), std::move(set.y), folder + "/train-images", folder + "/train-labels"}};
    if (set.x_test) parts.push_back({Part::test, std::move(*set.x_test), std::move(*set.y_test), folder + "/t10k-images", folder + "/t10k-labels"});
    return parts;
  }
  static Dataset load(const P& p, const LoadContext& c) {
    auto wrong = [&](std::string_view key, std::string message, std::string hint) { c.problems.add(Code::config, c.where(key), std::move(message), std::move(hint)); };
    bool files = !p.images.empty() || !p.labels.empty();
    if (p.path.empty() && !files) wrong("kind", "path is missing", "path = \"FOLDER\", or images = \"FILE\" and labels = \"FILE\"");
    if (!p.path.empty() && files) wrong("path", "path and images or labels are given", "path is a folder of files with the usual names; name the files, or leave them out");
    if (p.path.empty() && files && (p.images.empty() || p.labels.empty())) wrong(p.images.empty() ? "labels" : "images", "images and labels belong together", "give both");
    if (p.test_images.empty() != p.test_labels.empty()) wrong(p.test_images.empty() ? "test_labels" : "test_images", "test_images and test_labels belong together", "give both");
    check_word("task", p.task, {"classes", "numbers"}, c);
    c.problems.throw_if_any();
    std::vector<ArrayPart> parts;
    auto add = [&](Part part, const std::string& x, const std::string& y) { parts.push_back({part, read_idx(c.path(x)), read_idx(c.path(y)), c.path(x), c.path(y)}); };
    if (files) add(Part::train, p.images, p.labels);
    else parts = in_folder(c.path(p.path));
    if (!p.test_images.empty() && parts.size() > 1) fail(Code::config, c.where("test_images"), "the folder has a test part of its own", "leave test_images and test_labels out");
    if (!p.test_images.empty()) add(Part::test, p.test_images, p.test_labels);
    return dataset_of(std::move(parts), {p.task, ""});
  }
};
SYNFIRE_DATASET(IdxData, "idx", "Images and labels in IDX files, as MNIST has them; bytes are scaled to 0 … 1.", "your own files");

}  // namespace synfire
