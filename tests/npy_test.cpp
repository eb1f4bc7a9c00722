// NPY arrays as NumPy wrote them: every element type, both byte orders, Fortran order; and what is refused.
#include "synfire/interop/npy.h"

#include "tests/support/files.h"
#include "tests/support/hostile.h"

namespace synfire {
namespace {

using testing::fixture;
using testing::Hostile;

Tensor parse(const std::string& name) { return parse_npy(bytes_of(fixture(name)), name); }

// Element i is i - 2; of unsigned types i, of booleans i % 2: tests/oracle/foreign_files.py.
void expect_counted(const Tensor& t, char kind, const std::string& name) {
  with_elements(t, [&](const auto* v) {
    for (int64_t i = 0; i < t.numel(); ++i) EXPECT_EQ(int64_t(v[i]), kind == 'b' ? i % 2 : kind == 'u' ? i : i - 2) << name;
  });
}

TEST(Npy, EveryElementType) {
  struct Case { const char* name; DType dtype; };
  for (auto [name, dtype] : {Case{"f4_little", DType::f32}, {"f4_big", DType::f32}, {"f8_little", DType::f64}, {"f8_big", DType::f64}, {"u1_byte", DType::u8},
                             {"b1_byte", DType::u8}, {"i1_byte", DType::i32}, {"i2_little", DType::i32}, {"i2_big", DType::i32}, {"i4_little", DType::i32},
                             {"i4_big", DType::i32}, {"i8_little", DType::i64}, {"i8_big", DType::i64}, {"u2_little", DType::i32}, {"u4_little", DType::i64}}) {
    Tensor t = parse(std::string(name) + ".npy");
    EXPECT_EQ(t.dtype, dtype) << name;
    EXPECT_EQ(t.shape, (Shape{2, 3})) << name;
    expect_counted(t, name[0], name);
  }
}

TEST(Npy, FortranOrderIsTurned) {
  Tensor t = parse("fortran.npy");
  EXPECT_EQ(t.shape, (Shape{2, 3, 4}));
  expect_counted(t, 'f', "fortran");
}

TEST(Npy, ScalarsEmptinessAndVersionTwo) {
  EXPECT_EQ(parse("scalar.npy").shape.rank(), 0);
  EXPECT_EQ(parse("scalar.npy").as<float>()[0], -2);
  EXPECT_EQ(parse("empty.npy").shape, (Shape{0, 5}));
  expect_counted(parse("version2.npy"), 'i', "version2");
}

TEST(Npy, WhatIsWrittenIsWhatNumPyWrites) {
  for (const char* name : {"f4_little.npy", "f8_little.npy", "u1_byte.npy", "i4_little.npy", "i8_little.npy", "scalar.npy", "empty.npy"})
    EXPECT_EQ(encode_npy(parse(name)), fixture(name)) << name;
}

void refuse(const std::string& file, const std::string& words) {
  try {
    parse_npy(bytes_of(file), "bad.npy");
    ADD_FAILURE() << "taken, but: " << words;
  } catch (const Failure& f) {
    EXPECT_EQ(f.code(), Code::data);
    EXPECT_NE(std::string(f.what()).find(words), std::string::npos) << f.what();
  }
}

std::string with_header(const std::string& dict, const std::string& data) {
  std::string s = "\x93NUMPY\x01";
  return s + '\0' + char(dict.size()) + '\0' + dict + data;
}

TEST(Npy, RefusedWithAReason) {
  refuse(fixture("refused_objects.npy"), "Python objects");
  refuse(fixture("refused_texts.npy"), "'<U2'");
  refuse(fixture("refused_complex.npy"), "'<c8'");
  refuse(fixture("refused_records.npy"), "structured numbers");
  refuse(fixture("refused_half.npy"), "'<f2'");
  refuse(fixture("refused_dates.npy"), "'<M8[s]'");
  refuse("", "not an NPY array");
  refuse(fixture("bytes.idx"), "not an NPY array");
  refuse(fixture("f4_little.npy") + "x", "1 bytes more");
  refuse(with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (9223372036854775807, 2), }", ""), "overflows");
  refuse(with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", ""), "overflows");
  refuse(with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", ""), "no count");
  refuse(with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", "abcd"), "8 dimensions");
  refuse(with_header("{'descr': '<f4', 'shape': (1,), }", "abcd"), "a key is missing");
  refuse(with_header("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "abcd"), "the key 'descr'");
  refuse(with_header("{'descr': '<f4', 'fortran_order': False, 'shape': (100,), }", "abcd"), "ends early");
}

TEST(Npy, HostileFiles) {
  for (const char* name : {"f4_little.npy", "i2_big.npy", "fortran.npy", "version2.npy"}) Hostile(fixture(name), [](Bytes b) { parse_npy(b, "hostile"); }).all();
}

}  // namespace
}  // namespace synfire
