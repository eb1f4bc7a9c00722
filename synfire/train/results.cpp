// Lists of predictions and counts of mistakes.
#include "synfire/train/results.h"

#include <algorithm>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"

namespace synfire {
namespace {

std::string file_of(const Dataset& d, int64_t row) { return d.files.empty() ? "" : "," + csv_cell(d.files[size_t(row)]); }

std::string class_line(const Dataset& d, int64_t row, const float* output) {
  std::vector<double> p(size_t(d.classes()));
  probabilities(output, d.classes(), p.data());
  size_t predicted = size_t(std::max_element(p.begin(), p.end()) - p.begin());
  return fmt::format("{},{},{},{:.6g},{:.6g}{}\n", row, csv_cell(d.class_names[size_t(d.labels[size_t(row)])]), csv_cell(d.class_names[predicted]), p[predicted], sample_loss(d, row, output), file_of(d, row));
}

std::string number_line(const Dataset& d, int64_t row, const float* output) {
  std::string s = fmt::format("{}", row);
  for (int64_t t = 0; t < d.target_count(); ++t) s += fmt::format(",{},{}", d.targets[size_t(row * d.target_count() + t)], output[t]);
  return s + fmt::format(",{:.6g}{}\n", sample_loss(d, row, output), file_of(d, row));
}

}  // namespace

std::string csv_cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == text.npos) return text;
  std::string s = "\"";
  for (char c : text) s += c == '"' ? std::string("\"\"") : std::string(1, c);
  return s + "\"";
}

Metrics write_predictions(const std::string& path, Model& model, const Source& source, const std::vector<int64_t>& rows) {
  const Dataset& d = source.data;
  AtomicFile file(path);
  std::string header = "row";
  if (d.task == Task::classes) header += ",actual,predicted,probability";
  else for (const std::string& t : d.target_names) header += "," + csv_cell(t) + "," + csv_cell("predicted " + t);
  file.write(header + (d.files.empty() ? ",loss\n" : ",loss,file\n"));
  Metrics m = evaluate(model, d, rows, source.fitted, [&](std::span<const int64_t> batch, const View& output) {
    int64_t width = output.shape[1];
    for (size_t i = 0; i < batch.size(); ++i) {
      const float* y = output.f32() + int64_t(i) * width;
      file.write(d.task == Task::classes ? class_line(d, batch[i], y) : number_line(d, batch[i], y));
    }
  });
  file.commit();
  return m;
}

std::string confusion_csv(const Metrics& m, const std::vector<std::string>& names) {
  std::string s = "actual";
  for (const std::string& n : names) s += "," + csv_cell(n);
  s += "\n";
  for (size_t a = 0; a < names.size(); ++a) {
    s += csv_cell(names[a]);
    for (size_t p = 0; p < names.size(); ++p) s += fmt::format(",{}", m.confusion[a * names.size() + p]);
    s += "\n";
  }
  return s;
}

}  // namespace synfire
