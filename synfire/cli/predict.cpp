// predict RUN [FILE…]: rows or pictures in, rows out. What the network says of samples whose answer nobody knows; the training data are not needed.
#include <algorithm>
#include <cstdio>
#include <filesystem>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/base/utf8.h"
#include "synfire/cli/command.h"
#include "synfire/data/samples.h"
#include "synfire/train/results.h"
#include "synfire/train/run_job.h"

namespace synfire::cli {
namespace {

std::string header(const Dataset& d) {
  std::string s = d.files.empty() ? "" : "file";
  if (d.task == Task::numbers) {
    for (const std::string& t : d.target_names) s += (s.empty() ? "" : ",") + csv_cell(t);
    return s + "\n";
  }
  s += s.empty() ? "predicted,probability" : ",predicted,probability";
  for (const std::string& c : d.class_names) s += "," + csv_cell("p_" + c);
  return s + "\n";
}

std::string line(const Dataset& d, int64_t row, const float* output) {
  std::string s = d.files.empty() ? "" : csv_cell(d.files[size_t(row)]) + ",";
  if (d.task == Task::numbers) {
    for (int64_t t = 0; t < d.target_count(); ++t) s += fmt::format("{}{:.7g}", t ? "," : "", output[t]);
    return s + "\n";
  }
  std::vector<double> p(size_t(d.classes()));
  probabilities(output, d.classes(), p.data());
  size_t best = size_t(std::max_element(p.begin(), p.end()) - p.begin());
  s += fmt::format("{},{:.6g}", csv_cell(d.class_names[best]), p[best]);
  for (double v : p) s += fmt::format(",{:.6g}", v);
  return s + "\n";
}

Dataset samples(const Command& c, Job& job) {
  std::vector<std::string> files(c.words.begin() + 1, c.words.end());
  Problems absent;
  for (const std::string& f : files)
    if (std::error_code error; f != "-" && !std::filesystem::exists(f, error)) absent.add(Code::io, Where{f}, "there is no such file or folder", "predict takes rows (CSV, NPY, NPZ, IDX), or pictures and folders of them");
  absent.throw_if_any();
  if (are_pictures(files)) return read_picture_samples(files, job.source.data, job.pool.get());
  if (files.size() > 1) fail(Code::usage, Where{files[1]}, "predict takes one file of rows, or any number of pictures", "cat rows of CSV files together and give them on stdin");
  return read_samples(files.empty() ? "-" : files[0], job.source.data);
}

}  // namespace

int predict(const Command& c) {
  RunFolder folder = RunFolder::open(find_run(c.words[0], c.runs));
  Job job = open_trained(folder, c.weights, threads_of(c));
  Dataset d = samples(c, job);
  for (const std::string& note : d.notes) std::fprintf(stderr, "note: %s\n", printable(note).c_str());
  std::vector<int64_t> rows(size_t(d.rows()));
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = int64_t(i);
  std::string text = header(d);
  auto out = c.output.empty() ? nullptr : std::make_unique<AtomicFile>(c.output);
  auto pour = [&] {
    if (out) out->write(text);
    else print(text);
    text.clear();
  };
  synfire::evaluate(*job.model, d, rows, job.source.fitted, [&](std::span<const int64_t> batch, const View& output) {
    for (size_t i = 0; i < batch.size(); ++i) text += line(d, batch[i], output.f32() + int64_t(i) * output.shape[1]);
    pour();
  });
  pour();
  if (out) out->commit();
  if (c.json) print(fmt::format("{{\"run\":{},\"rows\":{},\"output\":{}}}\n", json_text(folder.path()), d.rows(), c.output.empty() ? "null" : json_text(c.output)));
  return 0;
}

}  // namespace synfire::cli
