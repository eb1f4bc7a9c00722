// IDX, the format of MNIST: a magic number, big-endian dimensions, the numbers. Y. LeCun, "The MNIST database", 1998.
#pragma once
#include <optional>
#include <string>

#include "synfire/base/reader.h"
#include "synfire/tensor/tensor.h"

namespace synfire {

// Plain or .gz. Unsigned bytes stay u8; signed bytes, 16 and 32-bit integers, floats and doubles become f32. A file of any
// other form is refused with Failure(Code::data) before anything is allocated.
Tensor read_idx(const std::string& path);
Tensor parse_idx(Bytes file, const std::string& name);
std::string encode_idx(const Tensor& t);  // u8 or f32

// The four files of a data set under their usual names (train-images-idx3-ubyte …, also with '.' for '-', with or without .gz).
struct IdxSet { Tensor x, y; std::optional<Tensor> x_test, y_test; };
IdxSet read_idx_folder(const std::string& folder);
bool has_idx_files(const std::string& folder);

}  // namespace synfire
