// Drawing of progress, at most 20 times a second.
#include "synfire/cli/progress.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "synfire/base/format.h"
#include "synfire/base/utf8.h"
#include "synfire/model/toml.h"

namespace synfire::cli {
namespace {

constexpr double kDrawGap = 0.05, kPlainGap = 30;  // s

double now() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

bool on_terminal() {
  const char* term = std::getenv("TERM");
  return ::isatty(STDERR_FILENO) && !(term && std::strcmp(term, "dumb") == 0);
}

int width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 20 ? size.ws_col : 80;
}

// How many characters a UTF-8 text shows.
int shown(const std::string& s) {
  int n = 0;
  for (unsigned char c : s) n += (c & 0xC0) != 0x80;
  return n;
}

std::string bar_of(double share, int cells) {
  static const char* parts[] = {" ", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  int eighths = int(std::clamp(share, 0.0, 1.0) * cells * 8);
  std::string s;
  for (int i = 0; i < cells; ++i) s += i < eighths / 8 ? "█" : i == eighths / 8 ? parts[eighths % 8] : " ";
  return s;
}

std::string summary(const EpochReport& r) {
  std::string s = fmt::format("epoch {}/{}  loss {}", r.epoch, r.epochs, digits(r.train.value("loss")));
  if (double a = r.train.value("accuracy"); !std::isnan(a)) s += fmt::format("  accuracy {:.2f} %", 100 * a);
  if (r.validation.samples > 0) {
    s += fmt::format("  validation: loss {}", digits(r.validation.value("loss")));
    if (double a = r.validation.value("accuracy"); !std::isnan(a)) s += fmt::format("  accuracy {:.2f} %", 100 * a);
    if (double v = r.validation.value("r2"); !std::isnan(v)) s += fmt::format("  R² {:.4f}", v);
    if (r.best) s += "  (best)";
  }
  return s + fmt::format("  {}", duration(r.seconds));
}

}  // namespace

std::string digits(double v) {
  if (std::isnan(v)) return "–";  // as R² of a single row
  double size = std::abs(v);
  return size < 100 || !std::isfinite(v) ? fmt::format("{:.4f}", v) : size < 1e5 ? fmt::format("{:.1f}", v) : size < 1e9 ? fmt::format("{:.0f}", v) : fmt::format("{:.4g}", v);
}

std::string duration(double s) {
  if (s < 10) return fmt::format("{:.1f} s", s);
  if (s < 60) return fmt::format("{:.0f} s", s);
  int64_t whole = std::llround(s);
  if (whole < 3600) return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

Progress::Progress(const std::string& how)
    : how_(how == "bar" || (how == "auto" && on_terminal()) ? How::bar : how == "json" ? How::json : how == "none" ? How::none : How::plain) {
  colour_ = how_ == How::bar && !std::getenv("NO_COLOR");
}

Progress::~Progress() {
  end();
  if (log_) std::fclose(log_);
}

void Progress::log_to(const std::string& path) {
  log_ = std::fopen(path.c_str(), "ae");
  if (log_) std::fputs(said_.c_str(), log_), std::fflush(log_);
  said_.clear();
}

void Progress::say(const std::string& given) {
  std::string text;  // line by line harmless: it quotes names that files hold
  for (size_t at = 0, end; at < given.size(); at = end + 1) {
    end = std::min(given.find('\n', at), given.size());
    text += printable(std::string_view(given).substr(at, end - at)) + (end < given.size() ? "\n" : "");
  }
  wipe();
  if (how_ == How::bar || how_ == How::plain) std::fputs(text.c_str(), stderr), std::fflush(stderr);
  if (log_) std::fputs(text.c_str(), log_), std::fflush(log_);
  else said_ += text;
}

void Progress::wipe() {
  if (drawn_) std::fputs("\r\033[K", stderr), std::fflush(stderr);
  drawn_ = false;
}

void Progress::end() { wipe(); }

void Progress::tell(const Finding& f) {
  say(f.str() + "\n");
  if (how_ != How::json) return;
  auto text = [](const std::string& s) { return write_json(Node::of(s)); };
  std::fprintf(stderr, "{\"event\":\"finding\",\"name\":%s,\"severity\":\"%s\",\"layer\":%s,\"where\":%s,\"step\":%lld,\"message\":%s,\"hint\":%s}\n", text(f.name).c_str(), f.severe ? "severe" : "warning",
               text(f.layer).c_str(), text(f.where.str()).c_str(), static_cast<long long>(f.step), text(f.message).c_str(), text(f.hint).c_str());
}

Events Progress::events() {
  began_ = plain_ = now(), drew_ = 0, first_ = -1;  // the first step is told at once
  return {[this](const StepReport& r) { draw(r); }, [this](const EpochReport& r) { tell(r); }};
}

void Progress::draw(const StepReport& r) {
  if (first_ < 0) first_ = r.step - 1, smooth_ = r.loss;
  smooth_ += (r.loss - smooth_) * 0.05;
  if (how_ == How::none) return;
  double t = now();
  if (how_ == How::json ? t - drew_ < 1 : how_ == How::bar ? t - drew_ < kDrawGap : t - plain_ < kPlainGap) return;
  drew_ = plain_ = t;
  double each = (t - began_) / double(r.step - first_), left = each * double(r.steps - r.step);
  if (how_ == How::json) {
    std::fprintf(stderr, "{\"event\":\"step\",\"step\":%lld,\"steps\":%lld,\"epoch\":%lld,\"loss\":%.9g,\"lr\":%.9g,\"seconds_left\":%.1f}\n", static_cast<long long>(r.step),
                 static_cast<long long>(r.steps), static_cast<long long>(r.epoch), r.loss, r.rate, left);
    return;
  }
  std::string facts = fmt::format("  loss {}  lr {:.2g}  {:.3g} ms/step  {} left", digits(smooth_), r.rate, 1000 * each, duration(left));
  if (how_ == How::plain) return say(fmt::format("epoch {}/{}  step {}/{}{}\n", r.epoch, r.epochs, r.step, r.steps, facts));
  std::string head = fmt::format("epoch {}/{} ", r.epoch, r.epochs);
  int cells = std::min(30, width() - shown(head) - shown(facts) - 9);
  std::string line = head;
  if (cells >= 5) line += (colour_ ? "\033[36m" : "") + bar_of(double(r.step) / double(r.steps), cells) + (colour_ ? "\033[0m" : "") + fmt::format(" {:3.0f} %", 100.0 * double(r.step) / double(r.steps));
  line += facts;
  std::fprintf(stderr, "\r%s\033[K", line.c_str());
  std::fflush(stderr);
  drawn_ = true;
}

void Progress::tell(const EpochReport& r) {
  plain_ = now();
  if (how_ != How::json) return say(summary(r) + "\n");
  std::fprintf(stderr, "{\"event\":\"epoch\",\"epoch\":%lld,\"epochs\":%lld,\"step\":%lld,\"seconds\":%.3f,\"train\":%s,\"validation\":%s,\"best\":%s}\n", static_cast<long long>(r.epoch),
               static_cast<long long>(r.epochs), static_cast<long long>(r.step), r.seconds, json_of(r.train).c_str(), json_of(r.validation).c_str(), r.best ? "true" : "false");
}

}  // namespace synfire::cli
