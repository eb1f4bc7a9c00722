// Arrays saved by NumPy: numpy.savez("set.npz", x=images, y=labels), with x_test and y_test where there is a test part.
#include <tuple>

#include "synfire/base/format.h"
#include "synfire/data/arrays.h"
#include "synfire/interop/npy.h"

namespace synfire {

struct NpzData {
  struct P { std::string path, task, layout; };
  static inline const Field<P> fields[] = {
      {"path", &P::path, "", 0, 0, "the file; it holds x and y (or x_train, y_train), and perhaps x_validation, y_validation, x_test, y_test"},
      {"task", &P::task, "", 0, 0, "\"classes\" or \"numbers\"; when not given, whole-number y are classes and float y are numbers"},
      {"layout", &P::layout, "", 0, 0, "of images: \"nhwc\", or \"nchw\" when channels come first; \"ntf\": sequences of steps of features"}};
  static constexpr std::string_view needed[] = {"path"};

  static Dataset load(const P& p, const LoadContext& c) {
    ArrayOptions options{p.task, p.layout};
    check_array_options(options, c);
    c.problems.throw_if_any();
    std::string path = c.path(p.path);
    std::map<std::string, Tensor> arrays = read_npz(path);
    std::vector<ArrayPart> parts;
    for (auto [part, x, y, other_x, other_y] : {std::tuple(Part::train, "x", "y", "x_train", "y_train"), std::tuple(Part::validation, "x_validation", "y_validation", "x_val", "y_val"),
                                                std::tuple(Part::test, "x_test", "y_test", "x_test", "y_test")}) {
      auto at_x = find(arrays, x, other_x), at_y = find(arrays, y, other_y);
      if (at_x == arrays.end() && at_y == arrays.end() && part != Part::train) continue;
      if (at_x == arrays.end()) missing(path, x, arrays);
      if (at_y == arrays.end()) missing(path, y, arrays);
      parts.push_back({part, std::move(at_x->second), std::move(at_y->second), fmt::format("{}[{}]", path, at_x->first), fmt::format("{}[{}]", path, at_y->first)});
    }
    return dataset_of(std::move(parts), options);
  }

  using Arrays = std::map<std::string, Tensor>;
  static Arrays::iterator find(Arrays& arrays, const char* name, const char* other) {
    auto it = arrays.find(name);
    return it == arrays.end() ? arrays.find(other) : it;
  }
  [[noreturn]] static void missing(const std::string& path, std::string_view name, const Arrays& arrays) {
    std::string all;
    int told = 0;
    for (const auto& [key, t] : arrays)
      if (++told <= 12) all += (all.empty() ? "" : ", ") + key;
    fail(Code::data, {path}, fmt::format("has no array \"{}\"; {}", name, all.empty() ? "it is empty" : "it holds " + all), "numpy.savez(\"set.npz\", x=samples, y=targets) makes one that can be read");
  }
};
SYNFIRE_DATASET(NpzData, "npz", "Arrays x and y in a file of NumPy: images or features, classes or numbers; bytes are scaled to 0 … 1.", "your own file");

}  // namespace synfire
