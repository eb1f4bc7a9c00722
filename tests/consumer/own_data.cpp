// Networks that learned from a table with categories and from a folder of pictures, asked by a program: texts, numbers and files say the same.
#include <cmath>
#include <filesystem>
#include <fstream>
#include <thread>

#include "check.h"

using Rows = std::vector<std::vector<std::string>>;

// run: trained on the columns colour (green, red, yellow), size and price, to tell apples from pears; csv: three rows of such a table.
void tables(const std::string& run, const std::string& csv) {
  const synfire::Model m = synfire::Model::load(run);
  std::vector<synfire::Column> c = m.columns();
  check(c.size() == 3 && c[0].name == "colour" && c[0].levels == std::vector<std::string>{"green", "red", "yellow"}, "a category has its levels in alphabetical order");
  check(c[1].name == "size" && c[1].levels.empty() && c[2].name == "price", "numbers have none");
  check(m.inputs() == 5 && m.features() == std::vector<std::string>{"colour=green", "colour=red", "colour=yellow", "size", "price"}, "features are named in the order of the numbers");
  std::vector<float> texts = m.predict_rows({{"red", "4.5", "1"}, {" green ", "7", "2e0"}});
  check(texts == m.predict({0, 1, 0, 4.5f, 1, 1, 0, 0, 7, 2}), "texts, and the numbers that they stand for, get the same answer");
  check(texts[0] > 0.5f && texts[size_t(m.outputs())] < 0.5f, "a small red thing is an apple, a large green one is none");
  check(m.predict_file(csv).size() == size_t(3 * m.outputs()), "a file of three rows");
  Rows many(1000, {"yellow", "6", ""});
  std::vector<float> first, second;
  std::thread other([&] { first = m.predict_rows(many); });
  second = m.predict_rows(many);
  other.join();
  check(first.size() == 2000 && first == second, "two threads ask a thousand rows at once");
  check(m.predict_rows({{"", "NA", "?"}}).size() == 2, "what is missing gets what training put there");
  check(m.predict_rows({}).empty(), "no rows, no answers");
  synfire::Error e = mistake([&] { m.predict_rows({{"red", "4", "1"}, {"red", "small", "1"}}); });
  check(e.code == synfire::Code::data && has(e.message, "row 2, column \"size\": \"small\" is no number"), "a text where a number belongs");
  e = mistake([&] { m.predict_rows({{"reed", "4", "1"}}); });
  check(e.code == synfire::Code::data && has(e.message, "\"red\" is") && !e.hint.empty(), "a level that nobody has met, with the nearest one");
  e = mistake([&] { m.predict_rows({{"red", "4"}}); });
  check(e.code == synfire::Code::shape && has(e.message, "row 1 has 2 cells") && has(e.hint, "cell for each column"), "a row that is too short");
  check(mistake([&] { m.predict_rows({{"\xff", "4", "1"}}); }).code == synfire::Code::data, "a text that is no UTF-8");
  check(mistake([&] { m.predict_rows({{std::string("a\0b", 3), "4", "1"}}); }).code == synfire::Code::data, "a text with a zero in it");
  check(has(mistake([&] { m.predict_rows({{"a\"b,\nc", "4", "1"}}); }).message, "\"a\"b,\\x0ac\" is no level"), "quotes, commas and newlines stay in their cell");
}

// run: trained on pictures of [8, 8, 1] in folders dark and light; folder: pictures of both, some of another size.
void pictures(const std::string& run, const std::string& folder) {
  namespace fs = std::filesystem;
  const synfire::Model m = synfire::Model::load(run);
  check(m.sample() == std::vector<std::int64_t>{8, 8, 1} && m.columns().empty() && m.features().empty(), "pictures have no columns");
  std::vector<float> dark = m.predict_file(folder + "/dark/0.png"), all = m.predict_file(folder);
  check(dark.size() == 2 && dark[0] > 0.5f, "a file");
  std::int64_t files = 0;
  for (const auto& f : fs::recursive_directory_iterator(folder)) files += f.is_regular_file();
  check(std::int64_t(all.size()) == files * 2, "a folder of them, other sizes are brought to the network's");
  std::vector<float> pixels(64, 0.f);  // as tests/cases/pictures.py draws 0.png: black, with a white pixel in the corner
  pixels[0] = 255;
  check(m.predict(pixels) == dark, "its pixels get the same answer");
  check(mistake([&] { m.predict_rows({std::vector<std::string>(64, "0")}); }).code == synfire::Code::usage, "rows of a table are refused");
  check(mistake([&] { m.predict_file(folder + "/nothing.png"); }).code != synfire::Code::internal, "a file that is not there");
}
