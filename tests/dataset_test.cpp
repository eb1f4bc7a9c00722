// The data sets of the catalogue: what is in them, what their parameters do, what mistakes are answered with.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "synfire/base/format.h"
#include "synfire/interop/idx.h"
#include "synfire/interop/npy.h"
#include "tests/support/dataset.h"
#include "tests/support/files.h"

namespace synfire {
namespace {

using testing::failure;
using testing::load;
using testing::TempFolder;

void expect_words(const std::string& text, std::initializer_list<std::string> words) {
  for (const std::string& w : words) EXPECT_NE(text.find(w), std::string::npos) << w << " in: " << text;
}

Tensor ints(Shape shape, std::vector<int64_t> v) { return Tensor::of<int64_t>(DType::i64, shape, v); }
Tensor floats(Shape shape, std::vector<float> v) { return Tensor::of<float>(DType::f32, shape, v); }
Tensor counted(DType type, Shape shape) {
  Tensor t(type, shape);
  for (int64_t i = 0; i < t.numel(); ++i) type == DType::u8 ? void(t.as<uint8_t>()[i] = uint8_t(i)) : void(t.as<float>()[i] = float(i));
  return t;
}

TEST(Dataset, Digits) {
  Dataset d = load("\"digits\"");
  EXPECT_EQ(d.rows(), 1797);
  EXPECT_EQ(d.sample, (Shape{8, 8, 1}));
  EXPECT_EQ(d.unit, 1.0 / 16);
  int counts[10] = {};
  for (int32_t l : d.labels) ++counts[l];
  EXPECT_EQ(std::vector<int>(counts, counts + 10), (std::vector<int>{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}));  // as scikit-learn's documentation has them
  const uint8_t first[] = {0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0};  // load_digits().data[0]
  EXPECT_TRUE(std::equal(first, first + 16, d.x.as<uint8_t>()));
  int64_t sum = 0;
  for (uint8_t v : d.x.span<uint8_t>()) sum += v;
  EXPECT_EQ(sum, 561718);  // load_digits().data.sum()
  EXPECT_EQ(d.hash, load("\"digits\"").hash);
  EXPECT_EQ(d.hash.size(), 64u);
}

TEST(Dataset, CommonParametersWithNameAndTable) {
  EXPECT_EQ(load("{kind = \"digits\", split = {train = 0.5}, transform = [\"standardize\"], augment = [{kind = \"shift\", pixels = 1}], shuffle = false}").rows(), 1797);
  for (const std::string& name : entry_names("dataset")) {
    const Entry* e = find_entry("dataset", name);
    for (const char* key : {"split", "transform", "augment", "shuffle"})
      EXPECT_TRUE(std::any_of(e->params.begin(), e->params.end(), [&](const ParamInfo& p) { return p.name == key; })) << name << " " << key;
    EXPECT_FALSE(Registry<DatasetDef>::find(name)->source.empty()) << name;
  }
  expect_words(failure("{kind = \"digits\", splt = {}}", "", Code::config), {"m.toml:1:", "unknown key \"splt\"", "did you mean \"split\""});
  expect_words(failure("{kind = \"digits\", split = 0.2}", "", Code::config), {"split should be a table, got 0.2"});
  expect_words(failure("{kind = \"digits\", split = {tran = 0.2}}", "", Code::config), {"unknown key \"tran\"", "\"train\""});
  expect_words(failure("{kind = \"digits\", split = {train = 0.9, test = 0.3}}", "", Code::config), {"add up to 1.2"});
  expect_words(failure("{kind = \"digits\", transform = [\"standardise\"]}", "", Code::config), {"no transform is called", "standardize"});
  expect_words(failure("{kind = \"digits\", augment = \"fip\"}", "", Code::config), {"no augmentation is called", "flip"});
}

TEST(Dataset, FashionMnistTellsHowToGetIt) {
  TempFolder folder;
  expect_words(failure("{kind = \"fashion-mnist\", path = \"none\"}", folder.path(), Code::data), {"Fashion-MNIST is not there", "apt-get install dataset-fashion-mnist"});
  folder.write("train-images-idx3-ubyte", encode_idx(counted(DType::u8, {3, 28, 28}))), folder.write("train-labels-idx1-ubyte", encode_idx(counted(DType::u8, {3})));
  Dataset d = load("{kind = \"fashion-mnist\", path = \".\"}", folder.path());
  EXPECT_EQ(d.class_names.size(), 10u);
  EXPECT_EQ(d.class_names[9], "Ankle boot");
  EXPECT_EQ(d.sample, (Shape{28, 28, 1}));
}

TEST(Dataset, FashionMnistWhereItIsInstalled) {
  if (!has_idx_files("/usr/share/datasets/fashion-mnist")) GTEST_SKIP() << "apt-get install dataset-fashion-mnist";
  Dataset d = load("\"fashion-mnist\"");
  EXPECT_EQ(d.rows(), 70000);
  EXPECT_EQ(d.count(Part::test), 10000);
  EXPECT_EQ(d.unit, 1.0 / 255);
}

TEST(Dataset, IdxFolderAndFiles) {
  TempFolder folder;
  Tensor labels(DType::u8, {4});
  labels.as<uint8_t>()[1] = 2;
  folder.write("d/train-images-idx3-ubyte", encode_idx(counted(DType::u8, {4, 2, 3}))), folder.write("d/train-labels-idx1-ubyte", encode_idx(labels));
  Dataset d = load("{kind = \"idx\", path = \"d\"}", folder.path());
  EXPECT_EQ(d.sample, (Shape{2, 3, 1}));
  EXPECT_EQ(d.labels, (std::vector<int32_t>{0, 2, 0, 0}));
  EXPECT_EQ(d.class_names, (std::vector<std::string>{"0", "1", "2"}));
  EXPECT_EQ(d.unit, 1.0 / 255);
  EXPECT_TRUE(d.parts.empty());
  std::string files = "images = \"d/train-images-idx3-ubyte\", labels = \"d/train-labels-idx1-ubyte\"";
  EXPECT_EQ(load("{kind = \"idx\", " + files + "}", folder.path()).hash, d.hash);
  Dataset two = load("{kind = \"idx\", " + files + ", test_images = \"d/train-images-idx3-ubyte\", test_labels = \"d/train-labels-idx1-ubyte\"}", folder.path());
  EXPECT_EQ(two.rows(), 8);
  EXPECT_EQ(two.count(Part::test), 4);
  expect_words(failure("\"idx\"", "", Code::config), {"m.toml:1:8: path is missing"});
  expect_words(failure("{kind = \"idx\", path = \"d\", images = \"a\", labels = \"b\"}", folder.path(), Code::config), {"path and images or labels are given"});
  expect_words(failure("{kind = \"idx\", images = \"a\"}", folder.path(), Code::config), {"images and labels belong together"});
  expect_words(failure("{kind = \"idx\", path = \"d\", task = \"class\"}", folder.path(), Code::config), {"task should be \"classes\" or \"numbers\"", "did you mean \"classes\""});
  expect_words(failure("{kind = \"idx\", path = \"nowhere\"}", folder.path(), Code::data), {"has no file train-images-idx3-ubyte"});
  folder.write("d/train-labels-idx1-ubyte", encode_idx(counted(DType::u8, {3})));
  expect_words(failure("{kind = \"idx\", path = \"d\"}", folder.path(), Code::data), {"has 3 targets", "4 samples"});
}

class DatasetNpz : public ::testing::Test {
 protected:
  Dataset read(std::map<std::string, Tensor> arrays, const std::string& more = "") {
    folder.write("a.npz", encode_npz(arrays));
    return load("{kind = \"npz\", path = \"a.npz\"" + more + "}", folder.path());
  }
  std::string refused(std::map<std::string, Tensor> arrays, const std::string& more = "", Code code = Code::data) {
    folder.write("a.npz", encode_npz(arrays));
    return failure("{kind = \"npz\", path = \"a.npz\"" + more + "}", folder.path(), code);
  }
  TempFolder folder;
};

TEST_F(DatasetNpz, FeaturesAndClasses) {
  Dataset d = read({{"x", counted(DType::f32, {4, 3})}, {"y", ints({4}, {0, 1, 1, 3})}});
  EXPECT_EQ(d.sample, (Shape{3}));
  EXPECT_EQ(d.classes(), 4);
  EXPECT_EQ(d.labels, (std::vector<int32_t>{0, 1, 1, 3}));
  EXPECT_EQ(d.unit, 1);
  EXPECT_EQ(read({{"x_train", counted(DType::f32, {4, 3})}, {"y_train", ints({4, 1}, {0, 1, 1, 3})}}).hash, d.hash);
  EXPECT_EQ(read({{"x", counted(DType::f32, {4})}, {"y", ints({4}, {0, 1, 1, 0})}}).sample, (Shape{1}));
}

TEST_F(DatasetNpz, TestAndValidationParts) {
  Tensor x = counted(DType::f32, {2, 3});
  Dataset d = read({{"x", x}, {"y", ints({2}, {0, 1})}, {"x_test", x}, {"y_test", ints({2}, {1, 1})}, {"x_val", x}, {"y_val", ints({2}, {0, 0})}});
  EXPECT_EQ(d.rows(), 6);
  EXPECT_EQ(d.parts, (std::vector<Part>{Part::train, Part::train, Part::validation, Part::validation, Part::test, Part::test}));
  EXPECT_EQ(d.labels, (std::vector<int32_t>{0, 1, 0, 0, 1, 1}));
}

TEST_F(DatasetNpz, NumbersAsTargets) {
  Dataset d = read({{"x", counted(DType::f32, {2, 3})}, {"y", floats({2, 2}, {1, 2, 3, 4.5f})}});
  EXPECT_EQ(d.task, Task::numbers);
  EXPECT_EQ(d.target_count(), 2);
  EXPECT_EQ(d.targets, (std::vector<float>{1, 2, 3, 4.5f}));
  Dataset whole = read({{"x", counted(DType::f32, {2, 3})}, {"y", ints({2}, {5, -7})}}, ", task = \"numbers\"");
  EXPECT_EQ(whole.targets, (std::vector<float>{5, -7}));
  EXPECT_EQ(read({{"x", counted(DType::f32, {2, 3})}, {"y", floats({2}, {1, 0})}}, ", task = \"classes\"").labels, (std::vector<int32_t>{1, 0}));
}

TEST_F(DatasetNpz, ImagesAndTheirLayouts) {
  Tensor y = ints({2}, {0, 1}), x = counted(DType::u8, {2, 3, 4, 5});  // N, C, H, W
  EXPECT_EQ(read({{"x", counted(DType::u8, {2, 4, 5})}, {"y", y}}).sample, (Shape{4, 5, 1}));
  EXPECT_EQ(read({{"x", counted(DType::u8, {2, 4, 5, 3})}, {"y", y}}).sample, (Shape{4, 5, 3}));
  Dataset d = read({{"x", x}, {"y", y}}, ", layout = \"nchw\"");
  EXPECT_EQ(d.sample, (Shape{4, 5, 3}));
  EXPECT_TRUE(d.channels_first);
  for (int n = 0; n < 2; ++n)
    for (int c = 0; c < 3; ++c)
      for (int p = 0; p < 20; ++p) EXPECT_EQ(d.x.as<uint8_t>()[(n * 20 + p) * 3 + c], x.as<uint8_t>()[(n * 3 + c) * 20 + p]);
  EXPECT_EQ(read({{"x", x}, {"y", y}}, ", layout = \"nhwc\"").sample, (Shape{3, 4, 5}));
  expect_words(refused({{"x", x}, {"y", y}}), {"a.npz[x]: has shape [2, 3, 4, 5]", "layout = \"nchw\""});
  expect_words(refused({{"x", x}, {"y", y}}, ", layout = \"chw\"", Code::config), {"layout should be \"nhwc\", \"nchw\" or \"ntf\""});
}

TEST_F(DatasetNpz, UnitsOfBytes) {
  Tensor y = ints({2}, {0, 1}), mask(DType::u8, {2, 4});
  mask.as<uint8_t>()[3] = 1;
  EXPECT_EQ(read({{"x", mask}, {"y", y}}).unit, 1);
  mask.as<uint8_t>()[4] = 200;
  EXPECT_EQ(read({{"x", mask}, {"y", y}}).unit, 1.0 / 255);
}

TEST_F(DatasetNpz, Mistakes) {
  Tensor x = counted(DType::f32, {3, 2}), y = ints({3}, {0, 1, 1});
  expect_words(refused({{"X", x}, {"y", y}}), {"a.npz: has no array \"x\"; it holds X, y"});
  expect_words(refused({{"x", x}}), {"has no array \"y\"; it holds x"});
  expect_words(refused({{"x", x}, {"y", y}, {"x_test", x}}), {"has no array \"y_test\""});
  expect_words(refused({{"x", x}, {"y", ints({2}, {0, 1})}}), {"a.npz[y]: has 2 targets, but", "has 3 samples"});
  expect_words(refused({{"x", x}, {"y", ints({3}, {0, -1, 70000})}}), {"label -1 of row 1", "label 70000 of row 2"});
  expect_words(refused({{"x", x}, {"y", ints({3, 2}, {0, 1, 1, 0, 1, 0})}}), {"has shape [3, 2], but classes are one number a sample", "argmax"});
  expect_words(refused({{"x", x}, {"y", floats({3}, {0, 0.5f, 1})}}, ", task = \"classes\""), {"label 0.5 of row 1"});
  expect_words(refused({{"x", x}, {"y", ints({3}, {0, 0, 0})}}), {"one value, \"0\"", "at least two classes"});
  expect_words(refused({{"x", counted(DType::f32, {0, 2})}, {"y", ints({0}, {})}}), {"there are no samples"});
  expect_words(refused({{"x", counted(DType::f32, {3, 1, 1, 1, 1})}, {"y", y}}), {"neither images nor features"});
  expect_words(refused({{"x", x}, {"y", y}, {"x_test", counted(DType::f32, {1, 3})}, {"y_test", ints({1}, {0})}}), {"a.npz[x_test]: has samples of shape [3], the training part has [2]"});
  expect_words(refused({{"x", x}, {"y", y}, {"x_test", counted(DType::u8, {1, 2})}, {"y_test", ints({1}, {0})}}), {"holds u8, the training part f32"});
  x.as<float>()[3] = std::numeric_limits<float>::quiet_NaN();
  expect_words(refused({{"x", x}, {"y", y}}), {"1 numbers are not finite, the first in row 1 at 1"});
  x.as<float>()[3] = 0;
  expect_words(refused({{"x", x}, {"y", floats({3}, {1, INFINITY, 2})}}), {"1 targets are not finite"});
  expect_words(failure("\"npz\"", "", Code::config), {"path is missing"});
  expect_words(failure("{kind = \"npz\", path = \"gone.npz\"}", folder.path(), Code::io), {"gone.npz: cannot open"});
}

class DatasetCsv : public ::testing::Test {
 protected:
  Dataset read(const std::string& text, const std::string& more) {
    folder.write("t.csv", text);
    return load("{kind = \"csv\", path = \"t.csv\", " + more + "}", folder.path());
  }
  std::string refused(const std::string& text, const std::string& more, Code code = Code::data) {
    folder.write("t.csv", text);
    return failure("{kind = \"csv\", path = \"t.csv\", " + more + "}", folder.path(), code);
  }
  TempFolder folder;
};

TEST_F(DatasetCsv, ClassesOfTexts) {
  Dataset d = read("a,b,kind\n1,2,dog\n3,4,cat\n5,6,dog\n", "target = \"kind\"");
  EXPECT_EQ(d.sample, (Shape{2}));
  EXPECT_EQ(d.class_names, (std::vector<std::string>{"cat", "dog"}));
  EXPECT_EQ(d.labels, (std::vector<int32_t>{1, 0, 1}));
  EXPECT_EQ(d.feature_names, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(d.x.as<float>()[3], 4);
}

TEST_F(DatasetCsv, ClassesOfWholeNumbers) {
  Dataset d = read("1,10\n2,9\n3,10\n4,-2\n", "target = 2");
  EXPECT_EQ(d.class_names, (std::vector<std::string>{"-2", "9", "10"}));
  EXPECT_EQ(d.labels, (std::vector<int32_t>{2, 1, 2, 0}));
}

TEST_F(DatasetCsv, NumbersAsTargets) {
  Dataset d = read("a;price;b\n1;2.5;3\n4;5;6\n", "target = \"price\"");
  EXPECT_EQ(d.task, Task::numbers);
  EXPECT_EQ(d.targets, (std::vector<float>{2.5f, 5}));
  EXPECT_EQ(d.target_names, (std::vector<std::string>{"price"}));
  Dataset two = read("a,p,q\n1,2,3\n4,5,6\n", "target = [\"q\", \"p\"], task = \"numbers\"");
  EXPECT_EQ(two.targets, (std::vector<float>{3, 2, 6, 5}));
  EXPECT_EQ(two.sample, (Shape{1}));
}

TEST_F(DatasetCsv, FeaturesByNameAndOptions) {
  Dataset d = read("id|a|b|k\nx1|1|2|u\nx2|3|4|v\n", "target = \"k\", features = [\"b\", \"a\"], separator = \"|\", header = \"yes\"");
  EXPECT_EQ(d.feature_names, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(d.x.as<float>()[0], 2);
}

TEST_F(DatasetCsv, StandardizesUnlessToldOtherwise) {
  const Entry* csv = find_entry("dataset", "csv");
  Problems problems;
  auto transform_of = [&](const std::string& text) {
    Attrs attrs = read_params(csv->params, parse_toml(text, "m.toml"), problems, {});
    return std::get<std::vector<Choice>>(*attrs.find("transform"));
  };
  std::string table = "path = \"a\"\ntarget = \"b\"\n";
  ASSERT_EQ(transform_of(table).size(), 1u);
  EXPECT_EQ(transform_of(table)[0].kind, "standardize");
  EXPECT_TRUE(transform_of(table + "transform = []").empty());
  EXPECT_EQ(transform_of(table + "transform = \"scale\"")[0].kind, "scale");
  EXPECT_TRUE(problems.empty());
}

TEST_F(DatasetCsv, CategoriesBecomeAFeatureALevel) {
  std::string text = "size,colour,k\n";
  for (int i = 0; i < 40; ++i) text += fmt::format("{},{},{}\n", i, i % 3 == 0 ? "red" : i % 3 == 1 ? "\"b,lue\"" : "green", i % 2 ? "u" : "v");
  Dataset d = read(text, "target = \"k\"");
  EXPECT_EQ(d.feature_names, (std::vector<std::string>{"size", "colour=b,lue", "colour=green", "colour=red"}));
  EXPECT_EQ(d.sample, (Shape{4}));
  for (int64_t r = 0; r < 40; ++r)
    for (int64_t c = 0; c < 4; ++c) EXPECT_EQ(d.x.as<float>()[r * 4 + c], c == 0 ? float(r) : float(c == (r % 3 == 0 ? 3 : r % 3 == 1 ? 1 : 2)));
  Dataset numbers = read("zip,k\n10,u\n9,v\n10,v\n9,u\n100,v\n100,u\n10,u\n9,v\n", "target = \"k\", categories = [\"zip\"], split = {train = 1}");
  EXPECT_EQ(numbers.feature_names, (std::vector<std::string>{"zip=9", "zip=10", "zip=100"}));
}

TEST_F(DatasetCsv, MissingValuesAreFilledByTheTrainingPart) {
  std::string text = "a,c,split,k\n1,x,train,u\n3,y,train,v\n,x,train,u\n100,NA,validation,v\n?,z,test,u\n";
  Dataset d = read(text, "target = \"k\"");
  const float* x = d.x.as<float>();
  EXPECT_EQ(d.feature_names, (std::vector<std::string>{"a", "c=x", "c=y"}));
  EXPECT_EQ(x[2 * 3], 2);                                    // the mean of 1 and 3, not of what validates
  EXPECT_EQ(x[4 * 3], 2);
  EXPECT_EQ(x[3 * 3 + 1], 1);                                // x is commonest
  EXPECT_EQ(x[4 * 3 + 1] + x[4 * 3 + 2], 0);                 // z is none of those that train
  EXPECT_EQ(d.parts, (std::vector<Part>{Part::train, Part::train, Part::train, Part::validation, Part::test}));
  std::string notes;
  for (const std::string& n : d.notes) notes += n + "\n";
  expect_words(notes, {"column \"a\": 2 of 5 values are missing; 2 stands there, the mean", "column \"c\": 1 of 5 values are missing; \"x\" stands there", "column \"c\": 1 rows have levels", "target \"k\": 2 classes, u, v"});
}

TEST_F(DatasetCsv, TablesOfARunAreReadByItsLevelsAndFills) {
  std::string text = "a,c,k\n";
  for (int i = 0; i < 30; ++i) text += fmt::format("{},{},{}\n", i, i % 2 ? "x" : "y", i % 3 ? "u" : "v");
  Dataset like = read(text, "target = \"k\"");
  folder.write("other.csv", "k,c,a\nv,y,\nv,y,7\n");
  auto again = [&](const std::string& more) {
    Node tree = parse_toml("data = {kind = \"csv\", path = \"other.csv\", target = \"k\"" + more + "}", "m.toml");
    Problems problems;
    Choice choice = read_choice("dataset", "data", *tree.find("data"), problems);
    return load_dataset(*Registry<DatasetDef>::find("csv"), choice.attrs, *tree.find("data"), folder.path(), &like);
  };
  Dataset d = again("");
  EXPECT_EQ(d.class_names, like.class_names);
  EXPECT_EQ(d.labels, (std::vector<int32_t>{1, 1}));
  EXPECT_EQ(d.table, like.table);
  EXPECT_EQ(d.x.as<float>()[0], float(like.table.columns[0].fill));
  folder.write("other.csv", "k,c,a\nw,y,1\nv,why,7\n");
  try {
    again("");
    ADD_FAILURE() << "taken";
  } catch (const Failure& f) {
    expect_words(f.what(), {"other.csv:2:1: row 1, column \"k\": \"w\" is no class that was met in training"});
  }
  folder.write("other.csv", "k,c,a\nu,y,1\nv,why,7\n");
  try {
    again("");
    ADD_FAILURE() << "taken";
  } catch (const Failure& f) {
    expect_words(f.what(), {"other.csv:3:3: row 2, column \"c\": \"why\" is no level that was met in training", "unseen = \"zeros\""});
  }
}

TEST_F(DatasetCsv, DatesAndDecimalCommasGetAdvice) {
  for (const char* date : {"2024-01-31", "2024-01-31T12:00:00Z", "31.1.2024", "1/31/24", "12:30", "12:30:05.25", "3 Jan 2024"})
    expect_words(refused(fmt::format("day,k\n{0},u\n{0},v\n", date), "target = \"k\""), {"t.csv:2:1: column \"day\" holds dates or times", "ignore = [\"day\"]"});
  for (const char* text : {"1.2.3", "a-b-c", "May", "12-34", "1-2-3-4"}) EXPECT_EQ(read(fmt::format("day,k\n{0},u\n{0},v\n", text), "target = \"k\"").sample, (Shape{1})) << text;
  expect_words(refused("a;k\n1,5;u\n2,5;v\n", "target = \"k\""), {"t.csv:2:1: column \"a\" holds numbers with a decimal comma: \"1,5\"", "decimal = \",\""});
  EXPECT_EQ(read("a;k\n1,5;u\n2;v\n", "target = \"k\", decimal = \",\"").x.as<float>()[0], 1.5f);
}

TEST_F(DatasetCsv, Mistakes) {
  expect_words(refused("a,b,k\n1,2,u\n3,n/a,v\n,4,v\n1e99,1,u\n", "target = \"k\", missing = \"refuse\""),
               {"t.csv:3:3: row 2, column \"b\": \"n/a\" stands for a missing value", "t.csv:4:1: row 3, column \"a\": the cell is empty", "t.csv:5:1: row 4, column \"a\": 1e99 is too large"});
  std::string many = "a,k\n";
  for (int i = 0; i < 8; ++i) many += "x,u\n";
  for (int i = 0; i < 9; ++i) many += "1,v\n";
  expect_words(refused(many, "target = \"k\""), {"t.csv:2:1:", "t.csv:6:1:", "(and 3 more like this)"});
  expect_words(refused("a,b\n1,2\n3\n", "target = \"b\""), {"t.csv:3:1: the row has 1 cells, the first row has 2"});
  expect_words(refused("age,kind\n1,u\n2,v\n", "target = \"kimd\""), {"t.csv: has no column \"kimd\", which target names", "did you mean \"kind\""});
  expect_words(refused("age,kind\n1,u\n2,v\n", "target = 3"), {"has no column \"3\"", "age, kind"});
  expect_words(refused("a,k\n1,u\n2,v\n", "target = \"k\", features = [\"a\", \"k\"]", Code::config), {"is a feature and the target"});
  expect_words(refused("a,k\n1,u\n2,v\n", "target = \"k\", features = [\"a\", \"a\"]", Code::config), {"names the column \"a\" twice"});
  expect_words(refused("a,k\n1,u\n2,\n", "target = \"k\""), {"t.csv:3:3: row 2, column \"k\": the cell is empty"});
  expect_words(refused("k\nu\nv\n", "target = \"k\""), {"has no column but the target"});
  expect_words(refused("a,k\n1,2.5\n2,x\n", "target = \"k\""), {"t.csv:3:3: row 2, column \"k\": \"x\" is no number", "task = \"classes\""});
  expect_words(refused("a,k\n1,u\n2,u\n", "target = \"k\""), {"one value, \"u\"", "at least two classes"});
  expect_words(refused("a,p,q\n1,2,3\n4,5,6\n", "target = [\"q\", \"p\"], task = \"classes\"", Code::config), {"target names several columns"});
  expect_words(refused("a,k\n1,u\n", "target = []", Code::config), {"target names no column"});
  expect_words(refused("a,k\n1,u\n", "target = \"k\", separator = \"ab\"", Code::config), {"separator should be one character"});
  expect_words(refused("a,k\n1,u\n", "target = \"k\", header = \"maybe\"", Code::config), {"header should be \"auto\", \"yes\" or \"no\""});
  expect_words(refused("", "target = \"k\""), {"has no rows"});
  std::string prices = "a,price\n";
  for (int i = 0; i < 30; ++i) prices += fmt::format("{},{}\n", i, 1000 + 7 * i);
  EXPECT_EQ(read(prices, "target = \"price\"").task, Task::numbers);
  expect_words(refused(prices, "target = \"price\", task = \"classes\", features = [\"b\"]"), {"has no column \"b\""});
  expect_words(failure("\"csv\"", "", Code::config), {"path is missing", "target is missing"});
}

}  // namespace
}  // namespace synfire
