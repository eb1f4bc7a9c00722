// The header is read by a handler that knows the only form it may have, so that no JSON tree is ever built from a stranger's text.
#include "synfire/interop/safetensors.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <functional>
#include <optional>
#include <set>

#include "synfire/base/atomic_file.h"
#include "synfire/base/checked.h"
#include "synfire/base/format.h"

namespace synfire {
namespace {

using nlohmann::json;

constexpr uint64_t kMaxHeader = 100'000'000;
constexpr size_t kMaxTensors = 20'000, kMaxMetadata = 10'000, kMaxName = 1024;
constexpr struct { std::string_view name; DType dtype; } kTypes[] = {{"F32", DType::f32}, {"F64", DType::f64}, {"I32", DType::i32}, {"I64", DType::i64}, {"U8", DType::u8}};

struct Record { std::string name, dtype; std::optional<Shape> shape; std::vector<uint64_t> offsets; };

// {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}, "__metadata__": {"key": "text"}}, nothing else.
struct Header : json::json_sax_t {
  std::vector<Record> records;
  std::map<std::string, std::string> metadata;
  std::set<std::string, std::less<>> names;
  std::string error, field, key_of_metadata;
  int depth = 0;
  bool in_metadata = false, in_array = false;

  bool wrong(std::string why) { error = std::move(why); return false; }
  bool null() override { return wrong("it holds null"); }
  bool boolean(bool) override { return wrong("it holds true or false"); }
  bool number_integer(int64_t) override { return wrong("it holds a negative number"); }
  bool number_float(double, const std::string&) override { return wrong("it holds a number that is not whole"); }
  bool binary(json::binary_t&) override { return wrong("it holds binary"); }
  bool number_unsigned(uint64_t v) override {
    if (!in_array) return wrong("a number stands where none may be");
    Record& r = records.back();
    if (field == "data_offsets") {
      if (r.offsets.size() == 2) return wrong(fmt::format("\"{}\" has more than two offsets", r.name));
      r.offsets.push_back(v);
    } else {
      if (r.shape->rank() == Shape::kMaxRank || v > INT64_MAX) return wrong(fmt::format("the shape of \"{}\" is too large", r.name));
      r.shape->push_back(int64_t(v));
    }
    return true;
  }
  bool string(std::string& v) override {
    if (in_metadata && depth == 2) return metadata.emplace(key_of_metadata, v).second || wrong(fmt::format("the key \"{}\" of __metadata__ comes twice", key_of_metadata));
    if (depth != 2 || in_array || field != "dtype" || !records.back().dtype.empty()) return wrong("a text stands where none may be");
    records.back().dtype = v;
    return true;
  }
  bool start_object(size_t) override {
    if (depth == 2 || in_array) return wrong("it is nested too deeply");
    ++depth;
    return true;
  }
  bool end_object() override { --depth, in_metadata = false; return true; }
  bool start_array(size_t) override {
    if (depth != 2 || in_metadata || in_array) return wrong("a list stands where none may be");
    Record& r = records.back();
    if (field == "shape" && !r.shape) r.shape.emplace();
    else if (field != "data_offsets" || !r.offsets.empty()) return wrong(fmt::format("the field \"{}\" of \"{}\"", field, r.name));
    return in_array = true;
  }
  bool end_array() override { in_array = false; return true; }
  bool key(std::string& k) override {
    if (k.size() > kMaxName) return wrong("a name is longer than 1,024 bytes");
    if (depth == 2 && in_metadata && metadata.size() == kMaxMetadata) return wrong("__metadata__ has more than 10,000 keys");
    if (depth == 2 && in_metadata) return key_of_metadata = k, true;
    if (depth == 2) {
      if (k != "dtype" && k != "shape" && k != "data_offsets") return wrong(fmt::format("\"{}\" has the unknown field \"{}\"", records.back().name, k));
      return field = k, true;
    }
    if (!names.insert(k).second) return wrong(fmt::format("\"{}\" comes twice", k));
    in_metadata = k == "__metadata__";
    if (in_metadata) return true;
    if (records.size() == kMaxTensors) return wrong("it has more than 20,000 tensors");
    records.push_back({k, {}, {}, {}});
    return true;
  }
  bool parse_error(size_t at, const std::string&, const nlohmann::detail::exception&) override { return wrong(fmt::format("it is no JSON at byte {}", at)); }
};

Header header_of(Reader& r) {
  uint64_t size = r.little<uint64_t>("the header's size");
  if (size > kMaxHeader) r.fail(fmt::format("has a header of {} bytes, {} is the limit", size, kMaxHeader), "this is no safetensors file, or a damaged one");
  std::string_view text = r.text(size, "the header");
  Header h;
  if (text.empty() || text[0] != '{') h.error = "it does not begin with {";
  else if (!json::sax_parse(text.begin(), text.end(), &h) && h.error.empty()) h.error = "it is no JSON";
  if (!h.error.empty()) r.fail("has a header that cannot be read: " + h.error, "this is no safetensors file, or a damaged one");
  return h;
}

DType dtype_of(const Reader& r, const Record& t) {
  for (const auto& known : kTypes) if (known.name == t.dtype) return known.dtype;
  r.fail(fmt::format("holds \"{}\" as {}", t.name, t.dtype.empty() ? "nothing" : t.dtype), "F32, F64, I32, I64 and U8 can be read; tensor.float() converts in PyTorch");
}

// All sizes and offsets are right before the first tensor is made.
void check_layout(const Reader& r, const std::vector<Record>& records) {
  std::vector<const Record*> order;
  for (const Record& t : records) {
    if (!t.shape || t.offsets.size() != 2) r.fail(fmt::format("has no shape or no data_offsets for \"{}\"", t.name));
    int64_t width = size_of(dtype_of(r, t)), size = 0;
    try { size = checked_mul(t.shape->numel(), width); }
    catch (const Failure&) { r.fail(fmt::format("claims the shape {} for \"{}\", which overflows", t.shape->str(), t.name)); }
    if (t.offsets[0] > t.offsets[1] || t.offsets[1] - t.offsets[0] != uint64_t(size))
      r.fail(fmt::format("has offsets {} to {} for \"{}\", whose shape {} needs {} bytes", t.offsets[0], t.offsets[1], t.name, t.shape->str(), size));
    order.push_back(&t);
  }
  std::sort(order.begin(), order.end(), [](const Record* a, const Record* b) { return a->offsets < b->offsets; });
  uint64_t end = 0;
  for (const Record* t : order) {
    if (t->offsets[0] != end) r.fail(fmt::format("has {} in front of \"{}\"", t->offsets[0] < end ? "an overlap" : "a hole", t->name));
    end = t->offsets[1];
  }
  if (end != r.left()) r.fail(fmt::format("has {} bytes of numbers, its header says {}", r.left(), end), "the file is cut off or damaged; fetch it again");
}

// Wide elements first, so that each tensor is aligned to its own element; names in order among equals.
std::vector<std::pair<const std::string*, const Tensor*>> file_order(const std::map<std::string, Tensor>& tensors) {
  std::vector<std::pair<const std::string*, const Tensor*>> order;
  for (const auto& [name, t] : tensors) order.emplace_back(&name, &t);
  std::stable_sort(order.begin(), order.end(), [](auto& a, auto& b) { return size_of(a.second->dtype) > size_of(b.second->dtype); });
  return order;
}

std::string header_text(const std::map<std::string, Tensor>& tensors, const std::map<std::string, std::string>& metadata) {
  nlohmann::ordered_json header = nlohmann::ordered_json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  int64_t at = 0;
  for (auto [name, t] : file_order(tensors)) {
    int64_t end = checked_add(at, int64_t(t->bytes.size()));
    header[*name] = {{"dtype", kTypes[int(t->dtype)].name}, {"shape", std::vector<int64_t>(t->shape.begin(), t->shape.end())}, {"data_offsets", {at, end}}};
    at = end;
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  std::string size;
  for (int shift = 0; shift < 64; shift += 8) size += char(uint64_t(text.size()) >> shift);
  return size + text;
}

}  // namespace

Safetensors parse_safetensors(Bytes file, const std::string& name) {
  Reader r(file, name);
  Header h = header_of(r);
  check_layout(r, h.records);
  Bytes data = r.take(r.left(), "the numbers");
  Safetensors s;
  s.metadata = std::move(h.metadata);
  for (const Record& record : h.records) {
    Tensor& t = s.tensors[record.name];
    Bytes part = data.subspan(record.offsets[0], record.offsets[1] - record.offsets[0]);
    t.dtype = dtype_of(r, record), t.shape = *record.shape;
    t.bytes.assign(part.begin(), part.end());
  }
  return s;
}

Safetensors read_safetensors_file(const std::string& path) { return parse_safetensors(read_file(path), path); }

std::string encode_safetensors(const std::map<std::string, Tensor>& tensors, const std::map<std::string, std::string>& metadata) {
  std::string s = header_text(tensors, metadata);
  for (auto [name, t] : file_order(tensors)) s += text_of(t->bytes);
  return s;
}

std::string write_safetensors(const std::string& path, const std::map<std::string, Tensor>& tensors, const std::map<std::string, std::string>& metadata) {
  AtomicFile file(path);
  file.write(header_text(tensors, metadata));
  for (auto [name, t] : file_order(tensors)) file.write(t->bytes);
  file.commit();
  return file.sha256();
}

}  // namespace synfire
