// Reading and writing of NPY arrays.
#include "synfire/interop/npy.h"

#include <charconv>
#include <cstring>

#include "synfire/base/checked.h"
#include "synfire/base/format.h"

namespace synfire {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr const char* kHint = "numpy.save(file, array.astype(\"float32\")) makes one that can be read";

// The header is the text of a Python dictionary: {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }
struct HeaderText {
  Reader& file;
  std::string_view rest;

  [[noreturn]] void wrong(std::string_view why) { file.fail(fmt::format("has a header that cannot be read: {}", why), kHint); }
  void blanks() { while (!rest.empty() && (rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\t')) rest.remove_prefix(1); }
  bool skip(std::string_view word) {
    blanks();
    if (!rest.starts_with(word)) return false;
    rest.remove_prefix(word.size());
    return true;
  }
  void need(std::string_view word) { if (!skip(word)) wrong(fmt::format("'{}' is missing", word)); }
  std::string_view quoted() {
    blanks();
    if (rest.empty() || (rest[0] != '\'' && rest[0] != '"')) wrong("a quoted text is missing");
    size_t end = rest.find(rest[0], 1);
    if (end == rest.npos) wrong("a quote does not end");
    std::string_view text = rest.substr(1, end - 1);
    rest.remove_prefix(end + 1);
    return text;
  }
  Shape shape() {
    Shape s;
    need("(");
    while (!skip(")")) {
      blanks();
      int64_t d = 0;
      auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), d);
      if (error != std::errc() || d < 0) wrong("a dimension is no count");
      if (s.rank() == Shape::kMaxRank) wrong("it has more than 8 dimensions");
      s.push_back(d);
      rest.remove_prefix(size_t(end - rest.data()));
      skip("L");  // Python 2 wrote long numbers so
      if (!skip(",")) { need(")"); break; }
    }
    return s;
  }
};

struct Header { std::string descr; bool fortran = false; Shape shape; };

Header header_of(Reader& r) {
  if (r.left() < kMagic.size() || r.text(kMagic.size(), "the magic text") != kMagic) r.fail("is not an NPY array", kHint);
  int major = r.little<uint8_t>("the version");
  r.take(1, "the version");
  if (major < 1 || major > 3) r.fail(fmt::format("has version {} of the NPY format, 1 to 3 are known", major), kHint);
  uint32_t size = major == 1 ? r.little<uint16_t>("the header's size") : r.little<uint32_t>("the header's size");
  if (size > kMaxNpyHeader - 16) r.fail(fmt::format("has a header of {} bytes", size), kHint);
  HeaderText t{r, r.text(size, "the header")};
  Header h;
  bool seen[3] = {};
  t.need("{");
  while (!t.skip("}")) {
    std::string_view key = t.quoted();
    t.need(":");
    int which = key == "descr" ? 0 : key == "fortran_order" ? 1 : key == "shape" ? 2 : -1;
    if (which < 0 || seen[which]) t.wrong(fmt::format("the key '{}'", key));
    seen[which] = true;
    if (which == 0) {
      t.blanks();
      if (t.rest.starts_with("[")) r.fail("holds structured numbers (a record array)", kHint);
      h.descr = t.quoted();
    }
    if (which == 1) { h.fortran = t.skip("True"); if (!h.fortran) t.need("False"); }
    if (which == 2) h.shape = t.shape();
    t.skip(",");
  }
  if (!seen[0] || !seen[1] || !seen[2]) t.wrong("a key is missing");
  return h;
}

struct Element { char order; char kind; int64_t width; };

Element element_of(const Reader& r, const std::string& descr) {
  if (descr.find('O') != descr.npos) r.fail("holds Python objects, which only Python can read", kHint);
  Element e{descr.empty() ? ' ' : descr[0], descr.size() > 1 ? descr[1] : ' ', descr.size() == 3 ? descr[2] - '0' : 0};
  std::string name{e.kind, char('0' + e.width)};
  for (std::string_view known : {"f4", "f8", "u1", "b1", "i1", "i2", "i4", "i8", "u2", "u4"})
    if (name == known && (e.order == '<' || e.order == '>' || e.order == '|' || e.order == '=')) return e;
  r.fail(fmt::format("holds elements of type '{}'", descr), "f4, f8, u1, b1, i1, i2, i4, i8, u2 and u4 can be read");
}

DType dtype_of(const Element& e) {
  if (e.kind == 'f') return e.width == 4 ? DType::f32 : DType::f64;
  if (e.width == 1 && e.kind != 'i') return DType::u8;
  return e.width == 8 || (e.kind == 'u' && e.width == 4) ? DType::i64 : DType::i32;
}

// Visits the elements in C order; from Fortran order it jumps: there the first dimension is the fastest.
template <class From, class To>
void convert(Bytes raw, const Element& e, bool fortran, Tensor& t) {
  int64_t n = t.numel();
  To* to = t.as<To>();
  if (!fortran && sizeof(From) == sizeof(To) && e.order != '>') {
    std::memcpy(to, raw.data(), raw.size());
    return;
  }
  int rank = t.shape.rank();
  int64_t index[Shape::kMaxRank] = {}, stride[Shape::kMaxRank], at = 0;
  for (int i = 0; i < rank; ++i) stride[i] = fortran ? (i == 0 ? 1 : stride[i - 1] * t.shape[i - 1]) : t.shape.from(i + 1);
  for (int64_t k = 0; k < n; ++k) {
    std::byte b[sizeof(From)];
    for (size_t i = 0; i < sizeof b; ++i) b[i] = raw[size_t(at) * sizeof b + (e.order == '>' ? sizeof b - 1 - i : i)];
    From v;
    std::memcpy(&v, b, sizeof v);
    to[k] = To(v);
    for (int i = rank - 1; i >= 0; --i) {
      at += stride[i];
      if (++index[i] < t.shape[i]) break;
      at -= stride[i] * t.shape[i], index[i] = 0;
    }
  }
}

void convert(Bytes raw, const Element& e, bool fortran, Tensor& t) {
  switch (e.kind * 10 + e.width) {
    case 'f' * 10 + 4: return convert<float, float>(raw, e, fortran, t);
    case 'f' * 10 + 8: return convert<double, double>(raw, e, fortran, t);
    case 'i' * 10 + 1: return convert<int8_t, int32_t>(raw, e, fortran, t);
    case 'i' * 10 + 2: return convert<int16_t, int32_t>(raw, e, fortran, t);
    case 'i' * 10 + 4: return convert<int32_t, int32_t>(raw, e, fortran, t);
    case 'i' * 10 + 8: return convert<int64_t, int64_t>(raw, e, fortran, t);
    case 'u' * 10 + 2: return convert<uint16_t, int32_t>(raw, e, fortran, t);
    case 'u' * 10 + 4: return convert<uint32_t, int64_t>(raw, e, fortran, t);
    default: return convert<uint8_t, uint8_t>(raw, e, fortran, t);
  }
}

}  // namespace

static uint64_t payload(const Reader& r, const Header& h, const Element& e) {
  try {
    return uint64_t(checked_mul(h.shape.numel(), 8) / 8 * e.width);  // 8: no element becomes wider than that
  } catch (const Failure&) {
    r.fail(fmt::format("claims the shape {}, which overflows", h.shape.str()), "the file is damaged");
  }
}

uint64_t npy_size(Bytes beginning, const std::string& name) {
  Reader r(beginning, name);
  Header h = header_of(r);
  uint64_t size = payload(r, h, element_of(r, h.descr));
  return r.position() + size;  // no overflow: the payload has fewer than 2^63 bytes
}

Tensor parse_npy(Bytes file, const std::string& name) {
  Reader r(file, name);
  Header h = header_of(r);
  Element e = element_of(r, h.descr);
  uint64_t size = payload(r, h, e);
  Bytes raw = r.take(size, fmt::format("the data of shape {}", h.shape.str()));
  r.expect_end();
  Tensor t(dtype_of(e), h.shape);
  if (!raw.empty()) convert(raw, e, h.fortran, t);
  return t;
}

Tensor read_npy(const std::string& path) { return parse_npy(read_file(path), path); }

std::string encode_npy(const Tensor& t) {
  constexpr std::string_view kTypes[] = {"<f4", "<f8", "<i4", "<i8", "|u1"};
  std::string dims;
  for (int64_t d : t.shape) dims += fmt::format("{}, ", d);
  if (t.shape.rank() > 1) dims.resize(dims.size() - 2);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", kTypes[int(t.dtype)], dims);
  size_t total = (10 + header.size() + 1 + 63) / 64 * 64;  // the data begins at a multiple of 64
  header.resize(total - 11, ' ');
  header += '\n';
  std::string s(kMagic);
  s += {'\x01', '\x00', char(header.size() & 255), char(header.size() >> 8)};
  return s + header + std::string(text_of(t.bytes));
}

}  // namespace synfire
