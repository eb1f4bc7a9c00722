// NPY and NPZ, NumPy's own files: a header in Python's notation, then the numbers; NPZ is a zip of them.
// Format: numpy/lib/format.py, versions 1.0 to 3.0.
#pragma once
#include <map>
#include <string>

#include "synfire/base/reader.h"
#include "synfire/tensor/tensor.h"

namespace synfire {

// f4 and f8 stay f32 and f64; u1 and bool become u8; i1, i2, i4, u2 i32; i8 and u4 i64; either byte order; Fortran order is
// turned. Objects, texts, complex and structured numbers are refused, as is whatever the header claims and the file lacks.
Tensor read_npy(const std::string& path);
Tensor parse_npy(Bytes file, const std::string& name);
std::map<std::string, Tensor> read_npz(const std::string& path);  // by name, without the ending .npy
std::map<std::string, Tensor> parse_npz(Bytes file, const std::string& name);

// Bytes of the whole array file that begins so: what its header claims, checked as far as a header can be.
uint64_t npy_size(Bytes beginning, const std::string& name);
inline constexpr size_t kMaxNpyHeader = 1 << 16;  // bytes up to the numbers; NumPy itself stops at 10,000

std::string encode_npy(const Tensor& t);
std::string encode_npz(const std::map<std::string, Tensor>& tensors);  // as numpy.savez_compressed

}  // namespace synfire
