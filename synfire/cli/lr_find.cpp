// lr-find MODEL: tries learning rates from tiny to huge on training batches, and tells which to take and why. Changes nothing.
#include <cmath>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/model/config.h"
#include "synfire/train/rate_sweep.h"

namespace synfire::cli {

int lr_find(const Command& c) {
  ModelFile file = read_model_file(c.words[0], c.overrides);
  Job job = open_job(file.tree, folder_of(file.path), threads_of(c));
  RateSweep sweep = sweep_rates(job);
  if (!c.output.empty()) write_file(c.output, c.output.ends_with(".svg") ? rates_svg(sweep) : rates_csv(sweep));
  if (c.json) {
    print(fmt::format("{{\"steepest\":{:.3g},\"minimum_tenth\":{:.3g},\"points\":{},\"diverged\":{}}}\n", sweep.steepest, sweep.minimum / 10, sweep.points.size(), sweep.diverged));
    return 0;
  }
  std::string text = fmt::format("{} rates from {:.0e} to {:.1e} on batches of {}{}\n", sweep.points.size(), sweep.points.front().rate, sweep.points.back().rate,
                            job.model->settings().batch, sweep.diverged ? "; there the loss had grown to four times its best" : "");
  text += fmt::format("  {:.1e}   the loss falls fastest there: steady progress, the usual choice\n", sweep.steepest);
  text += fmt::format("  {:.1e}   a tenth of the rate with the lowest loss ({:.1e}): the boldest that keeps a margin to divergence\n", sweep.minimum / 10, sweep.minimum);
  print(text + fmt::format("try it with\n  synfire train {} train.optimizer.lr={:.1e}\n", shell_word(file.path), sweep.steepest));
  return 0;
}

}  // namespace synfire::cli
