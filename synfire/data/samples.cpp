// Reading of what is to be predicted.
#include "synfire/data/samples.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <numeric>
#include <span>
#include <sys/stat.h>
#include <unistd.h>

#include "synfire/base/format.h"
#include "synfire/data/arrays.h"
#include "synfire/data/picture_files.h"
#include "synfire/data/pictures.h"
#include "synfire/data/table.h"
#include "synfire/interop/idx.h"
#include "synfire/interop/npy.h"

namespace synfire {
namespace {

// What can be no table ends it at once: /dev/zero has no end.
std::vector<std::byte> read_stdin() {
  std::vector<std::byte> all;
  for (size_t n = 0;;) {
    all.resize(n + (1 << 16));
    ssize_t got = ::read(STDIN_FILENO, all.data() + n, all.size() - n);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(Code::io, Where{"stdin"}, fmt::format("cannot be read: {}", std::strerror(errno)));
    if (std::find(all.begin() + std::ptrdiff_t(n), all.begin() + std::ptrdiff_t(n) + got, std::byte{0}) != all.begin() + std::ptrdiff_t(n) + got)
      fail(Code::data, Where{"stdin"}, "is not a text: it holds zero bytes", "UTF-16 can be saved as UTF-8; arrays and pictures are read from files");
    n += size_t(got);
    all.resize(n);
    if (got == 0) return all;
    if (n >= UINT32_MAX) fail(Code::data, Where{"stdin"}, "has 4 GB or more", "give it in pieces, or as an NPY file");
  }
}

std::string listed(const std::vector<std::string>& names) {
  std::string s;
  for (const std::string& n : names) s += (s.empty() ? "" : ", ") + n;
  return s;
}

// Which column of the file each column that the network knows is in.
CsvColumns columns_of(const Csv& csv, const std::vector<std::string>& wanted, const Dataset& like) {
  CsvColumns columns;
  if (csv.has_header() && !like.feature_names.empty()) {
    std::vector<std::string> missing;
    for (const std::string& f : wanted) {
      auto it = std::find(csv.names().begin(), csv.names().end(), f);
      if (it == csv.names().end()) missing.push_back(f);
      else columns.push_back(it - csv.names().begin());
    }
    if (missing.empty()) return columns;
    std::string near = nearest(missing[0], csv.names());
    fail(Code::data, csv.where(0, 0), fmt::format("the table has no column {}", listed(missing)), near.empty() ? "the features must be called as in the training data" : fmt::format("it has \"{}\"; the features must be called as in the training data", near));
  }
  if (csv.columns() != int64_t(wanted.size()))
    fail(Code::data, Where{csv.file()}, fmt::format("rows have {} columns, the network takes {} numbers a sample", csv.columns(), wanted.size()),
         like.is_image() ? "it learned from pictures: PNG and JPEG files are read, too" : "");
  columns.resize(wanted.size());
  for (size_t i = 0; i < columns.size(); ++i) columns[i] = int64_t(i);
  return columns;
}

Tensor from_csv(const Csv& csv, const Dataset& like) {
  Table table = table_of(like);
  std::vector<std::string> wanted;
  for (const TableColumn& c : table.columns) wanted.push_back(c.name);
  Problems problems;
  TableCounts counts;
  Tensor x = encode_table(csv, columns_of(csv, wanted, like), table, false, counts, problems);
  problems.throw_if_any();
  return x;
}

Tensor from_file(const std::string& path, const Dataset& like) {
  if (path.ends_with(".npy")) return read_npy(path);
  if (path.ends_with(".npz")) {
    auto arrays = read_npz(path);
    auto it = arrays.find("x");
    if (it == arrays.end() && arrays.size() == 1) it = arrays.begin();
    if (it == arrays.end()) fail(Code::data, Where{path}, "there is no array \"x\" in it");
    return std::move(it->second);
  }
  if (path.ends_with(".gz") || path.find("-ubyte") != path.npos || path.ends_with(".idx")) return read_idx(path);
  Csv::Options options;
  options.decimal = like.table.decimal;
  Csv csv = path == "-" ? Csv(read_stdin(), "stdin", options) : Csv::read(path, options);
  return from_csv(csv, like);
}

// A text as one cell of a CSV file, blanks around it taken off as there.
void add_quoted(std::string& csv, const std::string& cell) {
  size_t begin = cell.find_first_not_of(" \t"), end = cell.find_last_not_of(" \t");
  csv += '"';
  for (size_t i = begin; i != cell.npos && i <= end; ++i) csv.append(cell[i] == '"' ? 2 : 1, cell[i]);
  csv += '"';
}

// What is known of samples before they are read.
Dataset unread(std::string name, const Dataset& like) {
  Dataset d;
  d.name = std::move(name), d.sample = like.sample, d.unit = like.unit, d.task = like.task;
  d.class_names = like.class_names, d.feature_names = like.feature_names, d.target_names = like.target_names;
  return d;
}

void finish(Dataset& d) {  // nobody knows the answers
  if (d.task == Task::classes) d.labels.assign(size_t(d.rows()), 0);
  else d.targets.assign(size_t(d.rows() * d.target_count()), 0);
  Problems problems;
  check_dataset(d, problems);
  problems.throw_if_any();
}

}  // namespace

bool is_folder(const std::string& path) {
  struct stat s{};
  return ::stat(path.c_str(), &s) == 0 && S_ISDIR(s.st_mode);
}

bool are_pictures(const std::vector<std::string>& paths) {
  return !paths.empty() && std::all_of(paths.begin(), paths.end(), [](const std::string& p) { return is_picture_name(p) || is_folder(p); });
}

Dataset read_picture_samples(const std::vector<std::string>& paths, const Dataset& like, Pool* pool) {
  if (like.sample.rank() != 3 || like.sample[2] == 2 || like.sample[2] > 3)
    fail(Code::usage, Where{paths[0]}, fmt::format("is a picture; the network takes {} numbers a sample", like.sample.numel()), "give it a CSV, NPY, NPZ or IDX file");
  std::vector<std::string> files;
  for (const std::string& p : paths) {
    if (!is_folder(p)) { files.push_back(p); continue; }
    for (std::string& f : pictures_in(p)) files.push_back(std::move(f));
  }
  Dataset d = unread(paths[0], like);
  Problems problems;
  Pictures read = read_pictures(files, files.size() == 1 ? files[0] : "the pictures", {like.sample[0], like.sample[1], like.sample[2]}, pool, problems);
  problems.throw_if_any();
  d.x = std::move(read.x), d.files = std::move(files);
  d.unit = 1.0 / 255;  // as bytes are everywhere; features of other sets are in 0 … 1, too
  if (read.resized > 0) d.notes.push_back(fmt::format("{} of {} pictures were brought to {} x {} pixels", read.resized, d.rows(), d.sample[0], d.sample[1]));
  finish(d);
  return d;
}

Table table_of(const Dataset& like) {
  Table table = like.table;
  if (!table.columns.empty()) return table;
  table.fill = false;
  for (int64_t i = 0; i < like.sample.numel(); ++i) table.columns.push_back({like.feature_names.empty() ? fmt::format("column{}", i + 1) : like.feature_names[size_t(i)], {}, 0});
  return table;
}

Dataset read_rows(const std::vector<std::vector<std::string>>& rows, const Dataset& like) {
  Table table = table_of(like);
  std::string csv;
  for (size_t r = 0; r < rows.size(); ++r) {
    if (rows[r].size() != table.columns.size())
      fail(Code::shape, Where{"rows"}, fmt::format("row {} has {} cells, the network's table has {} columns", r + 1, rows[r].size(), table.columns.size()), "a cell for each column, in their order; \"\" where nothing is known");
    for (size_t i = 0; i < rows[r].size(); ++i) {
      if (i > 0) csv += ',';
      add_quoted(csv, rows[r][i]);
    }
    csv += '\n';
  }
  Csv::Options options{',', Csv::Header::no, table.decimal};
  auto bytes = std::as_bytes(std::span(csv));
  Csv cells({bytes.begin(), bytes.end()}, "rows", options);
  CsvColumns columns(table.columns.size());
  std::iota(columns.begin(), columns.end(), 0);
  Problems problems;
  TableCounts counts;
  Dataset d = unread("rows", like);
  d.x = encode_table(cells, columns, table, false, counts, problems);
  problems.throw_if_any();
  d.x.shape = Shape{int64_t(rows.size())};
  for (int64_t n : like.sample) d.x.shape.push_back(n);
  finish(d);
  return d;
}

Dataset read_samples(const std::string& path, const Dataset& like) {
  Dataset d = unread(path == "-" ? "stdin" : path, like);
  Tensor raw = from_file(path, like);
  Shape raw_shape = raw.shape;
  int64_t rows = raw.shape.rank() ? raw.shape[0] : 0;
  if (raw.shape.rank() == 0 || raw.shape.from(1) != like.sample.numel())
    fail(Code::data, Where{d.name}, fmt::format("samples of shape {}, the network takes {}", raw.shape.slice(std::min(raw.shape.rank(), 1), raw.shape.rank()).str(), like.sample.str()));
  Shape shape{rows};
  for (int64_t n : like.sample) shape.push_back(n);
  if (raw.dtype == DType::u8 || raw.dtype == DType::f32) {
    d.x = std::move(raw), d.x.shape = shape;
  } else {
    d.x = Tensor(DType::f32, shape);
    with_elements(raw, [&](const auto* from) { for (int64_t i = 0; i < shape.numel(); ++i) d.x.as<float>()[i] = float(from[i]); });
  }
  if (like.channels_first && raw_shape.rank() == 4) d.x.shape = raw_shape, d.x = channels_last(d.x);
  if (d.x.shape != shape) fail(Code::data, Where{d.name}, fmt::format("samples of shape {}, the network takes {}", d.x.shape.slice(1, 4).str(), like.sample.str()));
  finish(d);
  return d;
}

}  // namespace synfire
