// Safetensors: named tensors in one file, as PyTorch, Hugging Face and others read and write them: 8 bytes with the size of
// a JSON header, the header, the numbers. https://github.com/huggingface/safetensors
#pragma once
#include <map>
#include <string>

#include "synfire/base/reader.h"
#include "synfire/tensor/tensor.h"

namespace synfire {

struct Safetensors {
  std::map<std::string, Tensor> tensors;
  std::map<std::string, std::string> metadata;
};

// F32, F64, I32, I64 and U8. Refused with Failure(Code::data): a header beyond 100 MB, repeated names or keys, sizes that do
// not match type and shape, offsets that overlap, leave a hole or do not end with the file.
Safetensors parse_safetensors(Bytes file, const std::string& name);
Safetensors read_safetensors_file(const std::string& path);
inline std::map<std::string, Tensor> read_safetensors(const std::string& path) { return read_safetensors_file(path).tensors; }

// Written whole or not at all (AtomicFile); returns the file's SHA-256.
std::string write_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors, const std::map<std::string, std::string>& metadata = {});
std::string encode_safetensors(const std::map<std::string, Tensor>& tensors, const std::map<std::string, std::string>& metadata = {});

}  // namespace synfire
