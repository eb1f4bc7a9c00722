// Command: what the user typed, taken apart; and the verbs that act on it, one file each.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "synfire/base/error.h"

namespace synfire::cli {

struct Command {
  std::string verb;
  std::vector<std::string> words;      // what stands for itself: a model file, a run folder, a name
  std::vector<std::string> overrides;  // key=value, bare or by --set
  int threads = 0;                     // 0: all that this process may use
  std::string runs = "runs", progress = "auto", split, weights, output, epochs, target;
  bool json = false, print_config = false, no_report = false, force = false;
  std::string help;                    // not empty: print this and end
};

// Throws Failure(usage): every unknown word with the nearest known one.
Command parse(int argc, const char* const* argv);
const std::vector<std::string>& verbs();
int threads_of(const Command& c);      // the number asked for, or that of the cores this process may run on

// Each gives an exit code; what goes wrong is thrown.
int train(const Command& c);
int resume(const Command& c);
int evaluate(const Command& c);
int predict(const Command& c);
int check(const Command& c);
int describe(const Command& c);
int list(const Command& c);
int explain(const Command& c);
int doctor(const Command& c);
int schema(const Command& c);
int draw(const Command& c);
int lr_find(const Command& c);
int init(const Command& c);
int report(const Command& c);

std::string json_text(const std::string& s);      // quoted, for lines of JSON
std::string shell_word(const std::string& s);     // quoted where a shell needs it: what is printed to be typed again
void refuse_picture_name(const std::string& output, std::string_view hint);  // Failure(usage) for a name that ends in .png and the like
void print(const std::string& text);              // to stdout; throws Failure(io) when it cannot be written
std::string in_units(double v);                   // 12345 -> "12.3 k": counts for people
std::string in_bytes(double v);                   // 12345 -> "12.1 KB" in powers of 1024

}  // namespace synfire::cli
