// Safetensors as PyTorch's library wrote them; and what is refused.
#include "synfire/interop/safetensors.h"

#include "synfire/base/sha256.h"
#include "tests/support/files.h"
#include "tests/support/hostile.h"

namespace synfire {
namespace {

using testing::fixture;
using testing::Hostile;

TEST(Safetensors, WrittenByPyTorch) {
  Safetensors s = parse_safetensors(bytes_of(fixture("torch.safetensors")), "torch");
  struct Case { const char* name; DType dtype; Shape shape; int first; };
  for (const auto& [name, dtype, shape, first] : {Case{"weight", DType::f32, {2, 3}, -2}, {"bias", DType::f64, {3}, -2}, {"steps", DType::i64, {}, -2},
                                                  {"labels", DType::i32, {3}, -2}, {"pixels", DType::u8, {5}, 0}, {"nothing", DType::f32, {0, 4}, 0}}) {
    ASSERT_TRUE(s.tensors.contains(name)) << name;
    const Tensor& t = s.tensors.at(name);
    EXPECT_EQ(t.dtype, dtype) << name;
    EXPECT_EQ(t.shape, shape) << name;
    with_elements(t, [&](const auto* v) { for (int64_t i = 0; i < t.numel(); ++i) EXPECT_EQ(int64_t(v[i]), first + i) << name; });
  }
  EXPECT_EQ(s.tensors.size(), 6u);
  EXPECT_EQ(s.metadata, (std::map<std::string, std::string>{{"made_by", "PyTorch"}, {"quote", "\"\\ ü"}}));
}

TEST(Safetensors, WhatIsWrittenIsRead) {
  Safetensors s = parse_safetensors(bytes_of(fixture("torch.safetensors")), "torch");
  std::string text = encode_safetensors(s.tensors, s.metadata);
  Safetensors again = parse_safetensors(bytes_of(text), "again");
  EXPECT_EQ(again.tensors, s.tensors);
  EXPECT_EQ(again.metadata, s.metadata);
  testing::TempFolder folder;
  EXPECT_EQ(write_safetensors(folder.path("a.safetensors"), s.tensors, s.metadata), sha256(bytes_of(text)));
  EXPECT_EQ(folder.read("a.safetensors"), text);
  EXPECT_EQ(folder.files(), 1u);
}

std::string file_of(const std::string& header, const std::string& data = "") {
  std::string s;
  for (int shift = 0; shift < 64; shift += 8) s += char(uint64_t(header.size()) >> shift);
  return s + header + data;
}

void refuse(const std::string& file, const std::string& words) {
  try {
    parse_safetensors(bytes_of(file), "bad.safetensors");
    ADD_FAILURE() << "taken, but: " << words;
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::data);
    EXPECT_NE(std::string(f.what()).find(words), std::string::npos) << f.what();
  }
}

std::string entry(const std::string& name, const std::string& shape, int from, int to, const std::string& dtype = "F32") {
  return fmt::format("\"{}\":{{\"dtype\":\"{}\",\"shape\":{},\"data_offsets\":[{},{}]}}", name, dtype, shape, from, to);
}

TEST(Safetensors, RefusedWithAReason) {
  std::string eight(8, 'x');
  refuse(fixture("refused_half.safetensors"), "\"half\" as F16");
  refuse("", "ends early");
  refuse(file_of("{}").substr(0, 9), "ends early");
  refuse(file_of(""), "does not begin with {");
  refuse(file_of("[]"), "does not begin with {");
  refuse(file_of("{\"a\":"), "no JSON");
  refuse(file_of("{" + entry("a", "[2]", 0, 8) + "," + entry("a", "[2]", 0, 8) + "}", eight), "comes twice");
  refuse(file_of("{" + entry("a", "[3]", 0, 8) + "}", eight), "needs 12 bytes");
  refuse(file_of("{" + entry("a", "[1]", 0, 4) + "," + entry("b", "[1]", 2, 6) + "}", eight), "an overlap");
  refuse(file_of("{" + entry("a", "[1]", 4, 8) + "}", eight), "a hole");
  refuse(file_of("{" + entry("a", "[1]", 0, 4) + "}", eight), "its header says 4");
  refuse(file_of("{" + entry("a", "[2]", 0, 8) + "}", "xxxx"), "its header says 8");
  refuse(file_of("{" + entry("a", "[-1]", 0, 4) + "}", eight), "negative number");
  refuse(file_of("{" + entry("a", "[1.5]", 0, 4) + "}", eight), "not whole");
  refuse(file_of("{" + entry("a", "[4294967296,4294967296]", 0, 0) + "}"), "overflows");
  refuse(file_of("{" + entry("a", "[1,1,1,1,1,1,1,1,1]", 0, 4) + "}", "xxxx"), "too large");
  refuse(file_of("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", "xxxx"), "no shape or no data_offsets");
  refuse(file_of("{\"a\":{\"dtype\":\"F32\",\"sharp\":[1]}}"), "unknown field");
  refuse(file_of("{\"a\":{\"dtype\":{\"x\":{}}}}"), "nested too deeply");
  refuse(file_of("{\"__metadata__\":{\"k\":\"1\",\"k\":\"2\"}}"), "comes twice");
  refuse(file_of("{\"__metadata__\":{\"k\":1}}"), "where none may be");
  refuse(file_of("{\"" + std::string(2000, 'n') + "\":{}}"), "longer than 1,024");
}

TEST(Safetensors, HostileFiles) { Hostile(fixture("torch.safetensors"), [](Bytes b) { parse_safetensors(b, "hostile"); }).all(); }

TEST(Safetensors, ManySmallThingsCostLittleMemory) {
  std::string tensors = "{", metadata = "{\"__metadata__\":{", nesting = "{\"a\":" + std::string(1'000'000, '[');
  for (int i = 0; i < 200'000; ++i) tensors += fmt::format("{}\"{}\":{{}}", i ? "," : "", i), metadata += fmt::format("{}\"{}\":\"\"", i ? "," : "", i);
  Hostile h(file_of("{}"), [](Bytes b) { parse_safetensors(b, "hostile"); });
  h.judge(file_of(tensors + "}"), "tensors without anything");
  h.judge(file_of(metadata + "}}"), "metadata without end");
  h.judge(file_of(nesting), "nesting without end");
  EXPECT_EQ(h.refused(), 3);
}

}  // namespace
}  // namespace synfire
