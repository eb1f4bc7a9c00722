// Reading and writing of IDX files.
#include "synfire/interop/idx.h"

#include <algorithm>
#include <array>
#include <filesystem>

#include "synfire/base/checked.h"
#include "synfire/base/format.h"
#include "synfire/interop/gzip.h"

namespace synfire {
namespace {

struct Header { int type = 0; int64_t width = 1; Shape shape; };  // width: bytes an element in the file

int64_t width_of(int type) {
  switch (type) {
    case 0x08: case 0x09: return 1;           // unsigned, signed byte
    case 0x0B: return 2;                      // short
    case 0x0C: case 0x0D: return 4;           // int, float
    case 0x0E: return 8;                      // double
    default: return 0;
  }
}

constexpr uint64_t kTrusted = 8 << 20;  // bytes that a compressed file may claim beyond its own size and be believed
constexpr const char* kKindHint = "an IDX file starts with the bytes 0, 0, type, number of dimensions";

int rank_of(Bytes magic, const std::string& name) {
  auto byte = [&](int i) { return std::to_integer<int>(magic[size_t(i)]); };
  if (byte(0) != 0 || byte(1) != 0 || width_of(byte(2)) == 0) fail(Code::data, {name}, "is not an IDX file", kKindHint);
  if (byte(3) < 1 || byte(3) > Shape::kMaxRank) fail(Code::data, {name}, fmt::format("has {} dimensions, 1 to {} can be read", byte(3), Shape::kMaxRank), kKindHint);
  return byte(3);
}

Header header_of(Bytes magic, Reader& dims, int rank) {
  Header h{std::to_integer<int>(magic[2]), width_of(std::to_integer<int>(magic[2])), {}};
  for (int i = 0; i < rank; ++i) h.shape.push_back(dims.big<uint32_t>("a dimension"));
  return h;
}

int64_t payload(const Header& h, uint64_t available, const std::string& name) {
  int64_t size = 0;
  try {
    size = checked_mul(h.shape.numel(), h.width);
    checked_mul(h.shape.numel(), 4);
  } catch (const Failure&) {
    fail(Code::data, {name}, fmt::format("claims the shape {}, which overflows", h.shape.str()), "the file is damaged");
  }
  if (uint64_t(size) > available) fail(Code::data, {name}, fmt::format("claims the shape {}, {} bytes, but can hold {} at most", h.shape.str(), size, available), "the file is cut off or damaged; fetch it again");
  return size;
}

template <class T>
void to_floats(Bytes raw, const std::string& name, Tensor& to) {
  Reader r(raw, name);
  for (int64_t i = 0, n = to.numel(); i < n; ++i) to.as<float>()[i] = float(r.big<T>("a number"));
}

Tensor converted(const Header& h, std::vector<std::byte> raw, const std::string& name) {
  Tensor t;
  t.shape = h.shape;
  if (h.type == 0x08) {
    t.dtype = DType::u8, t.bytes = std::move(raw);
    return t;
  }
  t = Tensor(DType::f32, h.shape);
  if (h.type == 0x09) to_floats<int8_t>(raw, name, t);
  if (h.type == 0x0B) to_floats<int16_t>(raw, name, t);
  if (h.type == 0x0C) to_floats<int32_t>(raw, name, t);
  if (h.type == 0x0D) to_floats<float>(raw, name, t);
  if (h.type == 0x0E) to_floats<double>(raw, name, t);
  return t;
}

Tensor parse_gzip(Bytes file, const std::string& name) {
  GzipStream stream(file, name);
  std::array<std::byte, 4> magic;
  stream.read(magic, "the magic number");
  int rank = rank_of(magic, name);
  std::array<std::byte, 4 * Shape::kMaxRank> raw_dims;
  auto dims = std::span(raw_dims).first(size_t(4 * rank));
  stream.read(dims, "the dimensions");
  Reader reader(dims, name);
  Header h = header_of(magic, reader, rank);
  uint64_t size = uint64_t(payload(h, stream.largest(), name));
  if (size > kTrusted + file.size()) {  // a bomb or a lie must not cost the memory that it claims: unpack to nowhere first
    GzipStream trial(file, name);
    trial.skip(4 + uint64_t(dims.size()) + size, fmt::format("the data of shape {}", h.shape.str()));
    trial.expect_end();
  }
  std::vector<std::byte> raw(size);
  stream.read(raw, fmt::format("the data of shape {}", h.shape.str()));
  stream.expect_end();
  return converted(h, std::move(raw), name);
}

std::string find_file(const std::string& folder, const std::string& part, const std::string& what) {
  for (const char* dash : {"-", "."})
    for (const char* ending : {"", ".gz"}) {
      std::string path = fmt::format("{}/{}-{}{}{}-ubyte{}", folder, part, what, dash, what == "images" ? "idx3" : "idx1", ending);
      std::error_code ignored;
      if (std::filesystem::is_regular_file(path, ignored)) return path;
    }
  return "";
}

}  // namespace

Tensor parse_idx(Bytes file, const std::string& name) {
  if (GzipStream::is_gzip(file)) return parse_gzip(file, name);
  Reader r(file, name);
  Bytes magic = r.take(4, "the magic number");
  Header h = header_of(magic, r, rank_of(magic, name));
  Bytes raw = r.take(uint64_t(payload(h, r.left(), name)), "the data");
  r.expect_end();
  return converted(h, {raw.begin(), raw.end()}, name);
}

Tensor read_idx(const std::string& path) { return parse_idx(read_file(path), path); }

std::string encode_idx(const Tensor& t) {
  if (t.dtype != DType::u8 && t.dtype != DType::f32) fail(Code::internal, "IDX is written from u8 or f32 only");
  std::string s{'\0', '\0', t.dtype == DType::u8 ? '\x08' : '\x0D', char(t.shape.rank())};
  auto put = [&](uint32_t v) { for (int shift = 24; shift >= 0; shift -= 8) s += char(v >> shift); };
  for (int64_t d : t.shape) put(uint32_t(d));
  if (t.dtype == DType::u8) return s += text_of(t.bytes);
  for (float v : t.span<float>()) put(std::bit_cast<uint32_t>(v));
  return s;
}

bool has_idx_files(const std::string& folder) { return !find_file(folder, "train", "images").empty() && !find_file(folder, "train", "labels").empty(); }

IdxSet read_idx_folder(const std::string& folder) {
  auto need = [&](const char* part, const char* what) {
    std::string path = find_file(folder, part, what);
    if (path.empty()) fail(Code::data, {folder}, fmt::format("has no file {}-{}-{}-ubyte, nor one that ends in .gz", part, what, what[0] == 'i' ? "idx3" : "idx1"),
                           "four files make such a set: train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte; the last two may be absent");
    return read_idx(path);
  };
  IdxSet set{need("train", "images"), need("train", "labels"), {}, {}};
  if (find_file(folder, "t10k", "images").empty() && find_file(folder, "t10k", "labels").empty()) return set;
  set.x_test = need("t10k", "images"), set.y_test = need("t10k", "labels");
  return set;
}

}  // namespace synfire
