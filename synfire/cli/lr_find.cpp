// lr-find MODEL: tries learning rates from tiny to huge on training batches, and tells which to take and why. Changes nothing.
#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/model/config.h"
#include "synfire/train/rate_sweep.h"

namespace synfire::cli {

int lr_find(const Command& c) {
  refuse_picture_name(c.output, "the curve is drawn as SVG (.svg), its points are a CSV");
  ModelFile file = read_model_file(c.words[0], c.overrides);
  Job job = open_job(file.tree, folder_of(file.path), threads_of(c));
  RateSweep sweep = sweep_rates(job);
  if (!c.output.empty()) write_file(c.output, c.output.ends_with(".svg") ? rates_svg(sweep) : rates_csv(sweep));
  if (c.json) {
    std::string rates = sweep.fell ? fmt::format("\"steepest\":{:.3g},\"minimum_tenth\":{:.3g}", sweep.steepest, sweep.minimum / 10) : "\"steepest\":null,\"minimum_tenth\":null";
    print(fmt::format("{{{},\"points\":{},\"diverged\":{},\"diverged_at\":{}}}\n", rates, sweep.points.size(), sweep.diverged, sweep.diverged ? fmt::format("{:.3g}", sweep.diverged_at) : "null"));
    return 0;
  }
  std::string text = fmt::format("{} rates from {:.0e} to {:.1e} on batches of {}", sweep.points.size(), sweep.points.front().rate, sweep.points.back().rate, job.model->settings().batch);
  text += sweep.diverged ? fmt::format("; it ended there because {}: training diverges from {:.1e} on\n", sweep.why, sweep.diverged_at) : "\n";
  if (!sweep.fell) {
    print(text + fmt::format("  the loss, {:.3g}, falls at none of them in so few steps: a larger train.batch or momentum shows more; are the inputs scaled ([data] transform = [\"standardize\"]), and the labels those of the samples?\n", sweep.first));
    return 0;
  }
  text += fmt::format("  {:.1e}   the loss falls fastest there: steady progress, the usual choice\n", sweep.steepest);
  text += fmt::format("  {:.1e}   a tenth of the rate with the lowest loss ({:.1e}): {}\n", sweep.minimum / 10, sweep.minimum, sweep.minimum > 10 * sweep.steepest ? "bolder, with a margin to divergence" : "careful, far from divergence");
  print(text + fmt::format("try it with\n  synfire train {} train.optimizer.lr={:.1e}\n", shell_word(file.path), sweep.steepest));
  return 0;
}

}  // namespace synfire::cli
