// Arrays: samples and targets that lie in somebody's array files (IDX, NPZ), turned into a Dataset with every mistake named.
#pragma once
#include "synfire/def/dataset.h"

namespace synfire {

// x: images [N, H, W], [N, H, W, C] or, channels first, [N, C, H, W]; features [N, F] or [N]. Bytes stay bytes, all else becomes f32.
// y: classes [N] or [N, 1]; numbers [N] or [N, T]. x_name and y_name stand in errors: "set.npz[x]".
struct ArrayPart {
  Part part = Part::train;
  Tensor x, y;
  std::string x_name, y_name;
};

struct ArrayOptions {
  std::string task;    // "classes", "numbers"; "": integers are classes, floats are numbers
  std::string layout;  // "nhwc", "nchw"; "": nhwc, refused where it looks like the other one; "ntf": sequences [N, T, F]
};

// Bytes are worth 1/255, or 1 when none is above 1. Classes are 0 … the largest label. Where the parts are more than the
// training part, each row keeps its own. Throws Failure(Code::data).
Dataset dataset_of(std::vector<ArrayPart> parts, const ArrayOptions& options);

Tensor channels_last(const Tensor& x);  // [N, C, H, W] of u8 or f32 -> [N, H, W, C]

// task and layout of a [data] table: other words than those above are problems.
void check_array_options(const ArrayOptions& options, const LoadContext& c);
// The same for any parameter that is one of a few words.
void check_word(std::string_view key, const std::string& value, std::initializer_list<std::string_view> words, const LoadContext& c);

}  // namespace synfire
