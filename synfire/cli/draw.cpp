// draw MODEL: the network of a model file as SVG.
#include "synfire/base/atomic_file.h"
#include "synfire/cli/command.h"
#include "synfire/model/config.h"
#include "synfire/report/draw.h"
#include "synfire/train/job.h"

namespace synfire::cli {

int draw(const Command& c) {
  refuse_picture_name(c.output, "the network is drawn as SVG, which browsers and word processors show; rsvg-convert and Inkscape make others of it");
  ModelFile file = read_model_file(c.words[0], c.overrides);
  Job job = open_job(file.tree, folder_of(file.path), threads_of(c));
  job.model->evaluation(1);  // makes the rows
  std::string svg = draw_svg(job.model->net(), job.model->rows(), job.info(), job.source.data.name);
  if (c.output.empty()) print(svg);
  else write_file(c.output, svg);
  return 0;
}

}  // namespace synfire::cli
