// Progress: what a person sees while a network trains: one bar with time left on a terminal, plain lines elsewhere, JSON lines for
// programs. All of it on stderr; the plain lines go to the run's log.txt, too.
#pragma once
#include <cstdio>
#include <string>

#include "synfire/inspect/findings.h"
#include "synfire/train/trainer.h"

namespace synfire::cli {

class Progress {
 public:
  // how: auto (bar on a terminal that is not dumb, else plain), bar, plain, json or none.
  explicit Progress(const std::string& how);
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void log_to(const std::string& path);     // from here on; what was said before is written, too
  void say(const std::string& text);        // whole lines, for people: not in JSON
  Events events();
  void tell(const Finding& f);
  void end();                               // takes the bar away

 private:
  enum class How { bar, plain, json, none };
  void draw(const StepReport& r);
  void tell(const EpochReport& r);
  void wipe();

  How how_;
  bool drawn_ = false, colour_ = false;
  std::string said_;
  std::FILE* log_ = nullptr;
  double began_ = 0, drew_ = 0, plain_ = 0, smooth_ = 0;
  int64_t first_ = -1;  // the step that this session began with
};

std::string digits(double v);           // as many as people read: "0.0512", "307.9", "18105000"
std::string duration(double seconds);  // "0.8 s", "1 min 12 s", "2 h 05 min"

}  // namespace synfire::cli
