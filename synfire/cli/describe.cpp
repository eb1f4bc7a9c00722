// describe MODEL: the layers of a network with shapes, parameters and costs, and the memory that training it will take.
#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/cli/tables.h"
#include "synfire/model/config.h"

namespace synfire::cli {
namespace {

std::string json_of(const LayerRow& r) {
  auto dims = [](const Shape& s) {
    std::string t;
    for (int i = 1; i < s.rank(); ++i) t += fmt::format("{}{}", i > 1 ? "," : "", s[i]);
    return "[" + t + "]";
  };
  return fmt::format("{{\"name\":{},\"kind\":{},\"input\":{},\"output\":{},\"parameters\":{},\"macs\":{:.0f}}}", json_text(r.name), json_text(r.kind), dims(r.input), dims(r.output), r.parameters, r.macs);
}

}  // namespace

int describe(const Command& c) {
  ModelFile file = read_model_file(c.words[0], c.overrides);
  Job job = open_job(file.tree, folder_of(file.path), threads_of(c));
  MemoryEstimate m = estimate_memory(job);
  const Model& model = *job.model;
  if (c.json) {
    std::string layers;
    for (const LayerRow& r : model.rows()) layers += (layers.empty() ? "" : ",") + json_of(r);
    print(fmt::format("{{\"layers\":[{}],\"parameters\":{},\"peak_memory\":{:.0f}}}\n", layers, model.parameter_count(), m.peak));
    return 0;
  }
  print(data_table(job.source, {}) + model_table(model.rows(), model.parameter_count()) +
        fmt::format("memory    {} at most: {} of data, {} of parameters and optimizer, {} of plans, the rest program and reading\n", in_bytes(m.peak), in_bytes(m.data), in_bytes(m.model), in_bytes(m.plans)));
  return 0;
}

}  // namespace synfire::cli
