// The frame around the training loop.
#include "synfire/cli/session.h"

#include <atomic>
#include <csignal>

#include "synfire/base/format.h"
#include "synfire/base/process.h"
#include "synfire/base/reader.h"
#include "synfire/cli/run_report.h"
#include "synfire/cli/tables.h"
#include "synfire/inspect/inspector.h"
#include "synfire/train/record.h"

namespace synfire::cli {
namespace {

std::atomic<bool> stop_asked{false};

// The first Ctrl-C asks; with the handler gone, the second one ends the process.
void ask_to_stop(int) { stop_asked.store(true, std::memory_order_relaxed); }

struct SignalGuard {
  struct sigaction old_int{}, old_term{}, old_pipe{};
  SignalGuard() {
    stop_asked = false;
    struct sigaction ask{};
    ask.sa_handler = ask_to_stop, ask.sa_flags = SA_RESETHAND | SA_RESTART;
    sigemptyset(&ask.sa_mask);
    sigaction(SIGINT, &ask, &old_int), sigaction(SIGTERM, &ask, &old_term);
    ask.sa_handler = SIG_IGN, ask.sa_flags = 0;
    sigaction(SIGPIPE, &ask, &old_pipe);  // `train | head` must not end a training
  }
  ~SignalGuard() { sigaction(SIGINT, &old_int, nullptr), sigaction(SIGTERM, &old_term, nullptr), sigaction(SIGPIPE, &old_pipe, nullptr); }
};

std::string banner(const Command& c, Job& job, const RunFolder& folder, const Trainer& trainer, const std::vector<std::string>& warnings) {
  Model& model = *job.model;
  const TrainSettings& s = model.settings();
  std::string text = fmt::format("engine    {}, {} thread{}\n", level_name(), threads_of(c), threads_of(c) == 1 ? "" : "s") + data_table(job.source, warnings);
  text += model_table(model.rows(), model.parameter_count());
  text += fmt::format("training  {} steps of {} samples, {} epochs; {}, {}", trainer.steps(), s.batch, s.epochs, model.net().optimizer.kind, model.net().schedule.kind);
  if (s.patience > 0) text += fmt::format("; stops after {} epochs without a better result", s.patience);
  text += fmt::format("\nrun       {}\n", folder.path());
  return text;
}

std::string metrics_line(std::string_view part, const Metrics& m) {
  std::string s = fmt::format("{:<10}", part);
  for (const auto& [name, v] : m.values) s += name == "loss" || name == "mae" || name == "rmse" || name == "r2" ? fmt::format("  {} {}", name, digits(v)) : fmt::format("  {} {:.2f} %", name, 100 * v);
  return s + "\n";
}

std::string result_json(const RunFolder& folder, const Outcome& o) {
  std::string parts = fmt::format("\"train\":{}", json_of(o.train));
  if (o.validation.samples > 0) parts += fmt::format(",\"validation\":{}", json_of(o.validation));
  if (o.test.samples > 0) parts += fmt::format(",\"test\":{}", json_of(o.test));
  return fmt::format("{{\"run\":{},\"epochs\":{},\"steps\":{},\"seconds\":{:.3f},\"interrupted\":{},\"peak_memory\":{:.0f},\"metrics\":{{{}}}}}", json_text(folder.path()), o.epochs, o.steps, o.seconds, o.interrupted, peak_resident_bytes(), parts);
}

std::string findings_text(const std::vector<Finding>& found) {
  std::string s;
  for (const Finding& f : found) s += f.str() + "\n";
  return s;
}

// A training that diverges leaves what was measured, why it ended, and its report.
Outcome trained(const Command& c, Job& job, RunFolder& folder, Trainer& trainer, Inspector& inspector, Progress& progress) {
  try {
    Outcome o = trainer.run(stop_asked);
    progress.end();
    return o;
  } catch (const Failure& f) {
    progress.end();
    if (f.code() != Code::diverged) throw;
    progress.say(findings_text(inspector.conclude(true)));
    remember(f.errors().front(), folder);
    if (!c.no_report) report_after(folder, job, RunState::diverged);
    throw;
  }
}

}  // namespace

int run_session(const Command& c, Job& job, RunFolder& folder, Progress& progress, const Resumption* resumption, const std::vector<std::string>& warnings) {
  SignalGuard signals;
  Inspector inspector(job, folder, [&](const Finding& f) { progress.tell(f); });
  Trainer trainer(*job.model, job.source, folder, progress.events(), &inspector);
  if (resumption) {
    trainer.resume(resumption->longer);
    folder.write_info(resumption->info);
    progress.log_to(folder.file("log.txt"));
  } else {
    trainer.begin();
  }
  progress.say(banner(c, job, folder, trainer, warnings));
  if (resumption) {
    bool older = !trainer.origin().empty() && !trainer.origin().ends_with("/last");
    progress.say(fmt::format("goes on   after step {} of {}{}\n", trainer.cursor().step, trainer.steps(), older ? fmt::format(" from {}: the newest checkpoint was cut off or is damaged", trainer.origin()) : ""));
  }
  Outcome o = trained(c, job, folder, trainer, inspector, progress);
  if (!o.interrupted) {
    conclude(job, folder, o);
    if (std::string list = folder.file("predictions.csv"); is_there(list)) inspector.worst(list);
  }
  std::string text;
  if (o.interrupted) {
    text = fmt::format("stopped after step {} of {}; it goes on with\n  synfire resume {}\n", o.steps, trainer.steps(), shell_word(folder.path()));
  } else {
    text = fmt::format("{} epochs, {} steps in {}{}\n", o.epochs, o.steps, duration(o.seconds), o.stopped_early ? fmt::format("; no better result for {} epochs", job.model->settings().patience) : "");
    text += metrics_line("training", o.train);
    if (o.validation.samples > 0) text += metrics_line("validation", o.validation);
    if (o.test.samples > 0) text += metrics_line("test", o.test);
    if (o.of_best) text += "           (by the weights that were best in validation)\n";
    text += findings_text(inspector.conclude(false)) + fmt::format("run folder {}\n", folder.path());
  }
  if (!c.no_report) text += report_after(folder, job, o.interrupted ? RunState::interrupted : RunState::finished);
  progress.say(text);
  if (c.json) print(result_json(folder, o) + "\n");
  return o.interrupted ? 130 : 0;
}

}  // namespace synfire::cli
