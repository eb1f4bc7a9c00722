// Fashion-MNIST: 60,000 and 10,000 grey pictures of clothes, 28 x 28, in ten classes; harder than MNIST. Xiao, Rasul & Vollgraf 2017.
#include <filesystem>

#include "synfire/base/format.h"
#include "synfire/data/arrays.h"
#include "synfire/interop/idx.h"

namespace synfire {

struct FashionMnist {
  struct P { std::string path = "/usr/share/datasets/fashion-mnist"; };
  static inline const Field<P> fields[] = {{"path", &P::path, "", 0, 0, "folder of the four files; where Debian and Ubuntu put them"}};

  static Dataset load(const P& p, const LoadContext& c) {
    std::string folder = c.path(p.path);
    if (!has_idx_files(folder)) fail(Code::data, {folder}, "Fashion-MNIST is not there", "apt-get install dataset-fashion-mnist, or path = \"FOLDER\" where its four files lie");
    IdxSet set = read_idx_folder(folder);
    std::vector<ArrayPart> parts{{Part::train, std::move(set.x), std::move(set.y), folder + "/train-images", folder + "/train-labels"}};
    if (set.x_test) parts.push_back({Part::test, std::move(*set.x_test), std::move(*set.y_test), folder + "/t10k-images", folder + "/t10k-labels"});
    Dataset d = dataset_of(std::move(parts), {"classes", ""});
    if (d.classes() > 10) fail(Code::data, {folder}, fmt::format("has {} classes, Fashion-MNIST has 10", d.classes()), "kind = \"idx\" reads any such files");
    d.class_names = {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"};
    return d;
  }
};
SYNFIRE_DATASET(FashionMnist, "fashion-mnist", "70,000 grey pictures of clothes, 28 x 28, ten classes, with a test part.",
                "H. Xiao, K. Rasul, R. Vollgraf 2017, Zalando SE, MIT licence; Debian package dataset-fashion-mnist");

}  // namespace synfire
