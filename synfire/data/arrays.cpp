// Shapes of arrays to shapes of samples, numbers to labels or targets.
#include "synfire/data/arrays.h"

#include <algorithm>
#include <cmath>

#include "synfire/base/format.h"
#include "synfire/interop/csv.h"

namespace synfire {
namespace {

constexpr int64_t kMaxClasses = 65536;

Tensor to_floats(const Tensor& t) {
  Tensor f(DType::f32, t.shape);
  with_elements(t, [&](const auto* from) { std::transform(from, from + t.numel(), f.as<float>(), [](auto v) { return float(v); }); });
  return f;
}

template <class T>
void to_channels_last(const T* from, T* to, int64_t n, int64_t channels, int64_t pixels) {  // [N, C, P] -> [N, P, C]
  for (int64_t i = 0; i < n; ++i, from += channels * pixels)
    for (int64_t p = 0; p < pixels; ++p)
      for (int64_t c = 0; c < channels; ++c) *to++ = from[c * pixels + p];
}

// x as [N, sample…], u8 or f32, images with their channels last.
Tensor samples_of(Tensor x, const ArrayOptions& options, const std::string& name) {
  if (x.dtype != DType::u8 && x.dtype != DType::f32) x = to_floats(x);
  int rank = x.shape.rank();
  if (options.layout == "ntf") {
    if (rank != 3) fail(Code::data, {name}, fmt::format("has shape {}, which is no sequences", x.shape.str()), "sequences are [N, steps, features]");
    return x;
  }
  if (rank < 1 || rank > 4)
    fail(Code::data, {name}, fmt::format("has shape {}, which is neither images nor features", x.shape.str()), "images are [N, height, width] or [N, height, width, channels], features [N, F]");
  if (rank == 1) x.shape.push_back(1);
  if (rank == 3) x.shape.push_back(1);
  if (rank != 4) return x;
  auto few = [](int64_t channels) { return channels >= 1 && channels <= 4; };
  if (options.layout.empty() && few(x.shape[1]) && !few(x.shape[3]))
    fail(Code::data, {name}, fmt::format("has shape {}: are these {} channels, or rows of pixels?", x.shape.str(), x.shape[1]), "layout = \"nchw\" says that channels come first, \"nhwc\" that they come last");
  return options.layout == "nchw" ? channels_last(x) : x;
}

void add_labels(Dataset& d, const ArrayPart& p) {
  const Tensor& y = p.y;
  if (y.shape.rank() > 1 && y.shape.from(1) != 1)
    fail(Code::data, {p.y_name}, fmt::format("has shape {}, but classes are one number a sample", y.shape.str()), "y.argmax(axis=1) turns one-hot rows into classes; task = \"numbers\" learns all the numbers");
  Offenders offenders("classes are whole numbers counted from 0; task = \"numbers\" learns numbers");
  with_elements(y, [&](const auto* v) {
    for (int64_t i = 0, n = y.numel(); i < n; ++i) {
      bool good = double(v[i]) >= 0 && double(v[i]) < kMaxClasses && double(v[i]) == std::floor(double(v[i]));
      if (!good && offenders.next()) offenders.add({p.y_name}, fmt::format("label {} of row {} is no class from 0 to {}", v[i], i, kMaxClasses - 1));
      d.labels.push_back(good ? int32_t(v[i]) : 0);
    }
  });
  Problems problems;
  offenders.report(problems);
  problems.throw_if_any();
}

void add_numbers(Dataset& d, const ArrayPart& p) {
  int64_t width = p.y.shape.rank() > 1 ? p.y.shape.from(1) : 1;
  if (p.y.shape.rank() > 2 || width == 0) fail(Code::data, {p.y_name}, fmt::format("has shape {}, but targets are [N] or [N, T]", p.y.shape.str()));
  if (!d.target_names.empty() && d.target_count() != width) fail(Code::data, {p.y_name}, fmt::format("has {} numbers a sample, the training part has {}", width, d.target_count()));
  d.target_names.clear();
  for (int64_t t = 0; t < width; ++t) d.target_names.push_back(width == 1 ? "y" : fmt::format("y{}", t));
  Tensor f = to_floats(p.y);
  d.targets.insert(d.targets.end(), f.as<float>(), f.as<float>() + f.numel());
}

void append(Dataset& d, ArrayPart& p, const ArrayOptions& options) {
  if (p.x.numel() == 0) fail(Code::data, {p.x_name}, fmt::format("has shape {}: there are no samples", p.x.shape.str()));  // whatever its first dimension claims
  Tensor x = samples_of(std::move(p.x), options, p.x_name);
  int64_t n = x.shape[0], targets = p.y.shape.rank() > 0 ? p.y.shape[0] : 1;
  if (n != targets) fail(Code::data, {p.y_name}, fmt::format("has {} targets, but {} has {} samples", targets, p.x_name, n), "they belong together row by row");
  Shape sample = x.shape.slice(1, x.shape.rank());
  if (d.sample.rank() == 0) {
    d.sample = sample, d.x = std::move(x);
  } else {
    if (sample != d.sample) fail(Code::data, {p.x_name}, fmt::format("has samples of shape {}, the training part has {}", sample.str(), d.sample.str()));
    if (x.dtype != d.x.dtype) fail(Code::data, {p.x_name}, fmt::format("holds {}, the training part {}", name_of(x.dtype), name_of(d.x.dtype)), "store both alike: as bytes, or as floats");
    d.x.shape[0] += n;
    d.x.bytes.reserve(d.x.bytes.size() + x.bytes.size());
    d.x.bytes.insert(d.x.bytes.end(), x.bytes.begin(), x.bytes.end());
  }
  d.parts.insert(d.parts.end(), size_t(n), p.part);
  if (d.task == Task::classes) add_labels(d, p);
  else add_numbers(d, p);
}

}  // namespace

Tensor channels_last(const Tensor& x) {
  Tensor t(x.dtype, {x.shape[0], x.shape[2], x.shape[3], x.shape[1]});
  if (t.bytes.empty()) return t;  // a dimension of 0 beside others that would take years to count through
  if (x.dtype == DType::u8) to_channels_last(x.as<uint8_t>(), t.as<uint8_t>(), x.shape[0], x.shape[1], x.shape.from(2));
  else to_channels_last(x.as<float>(), t.as<float>(), x.shape[0], x.shape[1], x.shape.from(2));
  return t;
}

Dataset dataset_of(std::vector<ArrayPart> parts, const ArrayOptions& options) {
  Dataset d;
  auto is_float = [](const ArrayPart& p) { return p.y.dtype == DType::f32 || p.y.dtype == DType::f64; };
  bool numbers = options.task.empty() ? std::any_of(parts.begin(), parts.end(), is_float) : options.task == "numbers";
  d.task = numbers ? Task::numbers : Task::classes;
  d.channels_first = options.layout == "nchw" && !parts.empty() && parts[0].x.shape.rank() == 4;
  for (ArrayPart& p : parts) append(d, p, options);
  if (parts.size() < 2) d.parts.clear();
  if (d.x.dtype == DType::u8) {
    const uint8_t* x = d.x.as<uint8_t>();
    d.unit = std::any_of(x, x + d.x.numel(), [](uint8_t v) { return v > 1; }) ? 1.0 / 255 : 1;
  }
  int32_t classes = d.labels.empty() ? 0 : *std::max_element(d.labels.begin(), d.labels.end()) + 1;
  for (int32_t c = 0; c < classes; ++c) d.class_names.push_back(std::to_string(c));
  return d;
}

void check_word(std::string_view key, const std::string& value, std::initializer_list<std::string_view> words, const LoadContext& c) {
  std::string all;
  std::vector<std::string> known(words.begin(), words.end());
  if (value.empty() || std::find(known.begin(), known.end(), value) != known.end()) return;
  for (const std::string& w : known) all += fmt::format("{}\"{}\"", all.empty() ? "" : w == known.back() ? " or " : ", ", w);
  std::string near = nearest(value, known);
  c.problems.add(Code::config, c.where(key), fmt::format("{} should be {}, got \"{}\"", key, all, value), near.empty() ? "" : fmt::format("did you mean \"{}\"?", near));
}

void check_array_options(const ArrayOptions& options, const LoadContext& c) {
  check_word("task", options.task, {"classes", "numbers"}, c);
  check_word("layout", options.layout, {"nhwc", "nchw", "ntf"}, c);
}

}  // namespace synfire
