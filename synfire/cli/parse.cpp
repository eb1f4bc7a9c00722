// The command line taken apart. The only file that knows the argument parser.
#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <climits>
#include <filesystem>
#include <synfire/version.h>

#include "synfire/base/format.h"
#include "synfire/cli/command.h"
#include "synfire/model/settings.h"

namespace synfire::cli {
namespace {

constexpr std::string_view kVersion = "synfire " SYNFIRE_VERSION;

constexpr std::string_view kHelp = R"(synfire: trains neural networks that a text file describes.

  synfire VERB [WORDS] [key=value …] [options]

Begin
  init DATA          writes a model file for a table, a folder of pictures or an IDX pair
Learn
  train MODEL        trains and fills a run folder
  resume [RUN]       goes on where a run stopped; --epochs +N extends a finished one
  check MODEL        two batches through every stage; writes nothing
  lr-find MODEL      tries learning rates and tells which to take and why
Use
  evaluate RUN       metrics of a trained model on a part of its data
  predict RUN [FILE] rows in (a file, CSV on stdin, or pictures), rows out (CSV)
Look
  report [RUN…]      one HTML file: curves, mistakes, network, data; of several runs side by side
  describe MODEL     layers, shapes, parameters, memory
  draw MODEL         the network as a picture (SVG)
  list [ROLE]        what the catalogue has: layers, optimizers, losses …
  explain NAME       one of them: parameters, defaults, ranges
  doctor             what this machine gives, measured
  schema             the language of model files as JSON Schema, for editors

Any value of a model file is set by its path: train.epochs=3 layer.conv1.filters=64 data=digits

Examples
  synfire train examples/digits.toml
  synfire train examples/digits.toml train.optimizer.lr=0.01 --seed 7
  synfire train model.toml --print-config
  synfire resume runs/digits-001 --epochs +10
  synfire predict runs/latest < rows.csv > predictions.csv

`synfire VERB --help` tells the options of a verb.
Exit codes: 0 ok, 1 failure, 2 usage or model file, 3 data, 4 diverged, 130 interrupted.
)";

struct VerbInfo { std::string_view name, words, what, example; int most; };
constexpr VerbInfo kVerbs[] = {
    {"train", "MODEL", "Trains the network of a model file and fills a run folder.", "synfire train examples/digits.toml train.epochs=20 --threads 2", 1},
    {"resume", "[RUN]", "Goes on exactly where a run stopped; without RUN, the newest one.", "synfire resume runs/digits-001 --epochs +10", 1},
    {"evaluate", "RUN", "Measures a trained model on a part of its data.", "synfire evaluate runs/latest --split validation", 1},
    {"predict", "RUN [FILE…]", "Predicts for the rows of a file, for CSV on stdin, or for pictures and folders of them; writes CSV.", "synfire predict runs/latest rows.csv --output predictions.csv", INT_MAX},
    {"check", "MODEL", "Reads model and data, and runs two batches through every stage; writes nothing.", "synfire check model.toml", 1},
    {"describe", "MODEL", "Prints the layers with shapes, parameters and costs.", "synfire describe examples/digits.toml", 1},
    {"list", "[ROLE]", "Names what the catalogue has, of one role or of all.", "synfire list optimizer", 1},
    {"explain", "NAME", "Tells what a thing of the catalogue is and which parameters it takes.", "synfire explain adam", 1},
    {"report", "[RUN…]", "Makes the report of a run (without RUN, of the newest one), one HTML file that needs no network; of several runs, one page that compares them.", "synfire report runs/latest", 32},
    {"init", "DATA", "Looks at data (a CSV or NPZ file, a folder of pictures or IDX files, or an IDX pair: IMAGES LABELS) and writes a model file for them, with comments, that trains as it is.", "synfire init houses.csv --target price", 2},
    {"lr-find", "MODEL", "Tries learning rates on training batches, suggests two and says why; leaves nothing changed.", "synfire lr-find examples/digits.toml --output rates.svg", 1},
    {"draw", "MODEL", "Draws the network of a model file: SVG, blocks and connections with it.", "synfire draw examples/resnet20.toml --output resnet20.svg", 1},
    {"schema", "", "Prints the JSON Schema of model files: editors complete and underline with it.", "synfire schema --output model.schema.json", 0},
    {"doctor", "", "Measures what this machine gives and warns of what slows it.", "synfire doctor", 0}};

const VerbInfo& info_of(const std::string& verb) {
  return *std::find_if(std::begin(kVerbs), std::end(kVerbs), [&](const VerbInfo& v) { return v.name == verb; });
}

bool one_of(std::string_view verb, std::initializer_list<std::string_view> verbs) {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

bool takes_settings(std::string_view verb) { return one_of(verb, {"train", "check", "describe", "draw", "lr-find", "evaluate", "resume"}); }

// What the verb is called elsewhere.
constexpr std::pair<std::string_view, std::string_view> kElsewhere[] = {
    {"fit", "train"}, {"run", "train"}, {"learn", "train"}, {"test", "evaluate"}, {"validate", "evaluate"}, {"val", "evaluate"}, {"score", "evaluate"}, {"infer", "predict"},
    {"classify", "predict"}, {"summary", "describe"}, {"info", "describe"}, {"show", "describe"}, {"plot", "report"}, {"visualize", "report"}, {"continue", "resume"},
    {"new", "init"}, {"create", "init"}, {"start", "init"}, {"models", "list"}, {"find-lr", "lr-find"}};
// What is a verb elsewhere and none here.
constexpr std::pair<std::string_view, std::string_view> kInstead[] = {
    {"export", "the weights lie in checkpoints/best/weights.safetensors of each run folder, as PyTorch's load_state_dict takes them"},
    {"save", "every run folder has its weights: checkpoints/best/weights.safetensors"},
    {"tensorboard", "each run folder has an event file for it: tensorboard --logdir runs"},
    {"compile", "there is nothing to compile; `synfire check MODEL` tries a model file out"},
    {"serve", "`synfire predict RUN` answers rows on stdin; programs link the library"},
    {"tune", "`synfire lr-find MODEL` finds a learning rate; key=value sets anything else for one run"}};

[[noreturn]] void unknown_verb(const std::string& verb) {
  std::string near = nearest(verb, verbs()), all;
  for (const auto& [theirs, ours] : kElsewhere) if (theirs == verb) near = ours;
  for (const auto& [theirs, hint] : kInstead) if (theirs == verb) fail(Code::usage, fmt::format("synfire has no verb \"{}\"", verb), std::string(hint));
  for (const std::string& v : verbs()) all += (all.empty() ? "" : ", ") + v;
  if (verb.ends_with(".toml") || verb.ends_with(".json")) fail(Code::usage, fmt::format("a verb comes first, got \"{}\"", verb), fmt::format("`synfire train {0}` trains it, `synfire check {0}` looks at it", verb));
  if (verb.starts_with('-')) fail(Code::usage, fmt::format("a verb comes first, got {}", verb), fmt::format("the verbs are {}; --help and --version stand alone", all));
  fail(Code::usage, fmt::format("synfire has no verb \"{}\"", verb), near.empty() ? "the verbs are " + all : fmt::format("did you mean \"synfire {}\"?", near));
}

CLI::Validator quiet(CLI::Validator v) { return v.description(""); }  // what is allowed stands in the words of the option

void add_options(CLI::App& app, Command& c) {
  const std::string& v = c.verb;
  app.add_option("words", c.words)->group("");
  if (takes_settings(v))
    app.add_option("--set", c.overrides, "sets a value of the model file; the bare form key=value does the same")->type_name("key=value")->allow_extra_args(false)->group("Settings");
  if (one_of(v, {"train", "check"})) app.add_flag("--print-config", c.print_config, "prints the whole model file with defaults and the origin of each value, and ends")->group("Settings");
  if (one_of(v, {"train", "check"}))
    app.add_option_function<int>("--seed", [&c](int s) { c.overrides.push_back(fmt::format("train.seed={}", s)); }, "the same as train.seed=N")->type_name("N")->check(quiet(CLI::Range(0, INT_MAX)))->group("Settings");
  if (v == "resume") app.add_option("--epochs", c.epochs, "+N: that many more than planned; N: so many in all")->type_name("+N")->group("Settings");
  if (v == "evaluate") app.add_option("--split", c.split, "which part of the data: train, validation or test. Not given, it is test, and all rows of other data (data.path=FILE)")->type_name("NAME")->check(quiet(CLI::IsMember({"train", "validation", "test"})))->group("Settings");
  if (one_of(v, {"evaluate", "predict", "report"})) app.add_option("--weights", c.weights, "best, last, or a safetensors file")->type_name("NAME")->group("Settings");
  if (one_of(v, {"train", "resume"})) app.add_flag("--no-report", c.no_report, "writes no report.html at the end")->group("Running");
  if (v == "init") {
    app.add_option("--target", c.target, "of a table: the column to be learned; one called target, label or class, or else the last one, when not given")->type_name("COLUMN")->group("Settings");
    app.add_option("--output", c.output, "writes there instead of to NAME.toml here; - is stdout")->type_name("FILE")->group("Settings");
    app.add_flag("--force", c.force, "writes over a file that is there")->group("Settings");
  }
  if (v == "report") app.add_option("--output", c.output, "writes there instead of to RUN/report.html")->type_name("FILE")->group("Settings");
  if (one_of(v, {"predict", "schema", "draw", "lr-find"})) app.add_option("--output", c.output, "writes there instead of to stdout")->type_name("FILE")->group("Settings");
  if (!one_of(v, {"list", "explain", "describe", "schema", "draw"}))
    app.add_option("--threads", c.threads, "how many to compute with; all cores when not given. Results do not depend on it")->type_name("N")->check(quiet(CLI::Range(1, 1024)))->group("Running");
  if (one_of(v, {"train", "resume", "evaluate", "predict", "report"})) app.add_option("--runs", c.runs, "folder of the run folders")->type_name("DIR")->capture_default_str()->group("Running");
  if (one_of(v, {"train", "resume"}))
    app.add_option("--progress", c.progress, "auto, bar, plain, json or none; on stderr")->type_name("HOW")->check(quiet(CLI::IsMember({"auto", "bar", "plain", "json", "none"})))->capture_default_str()->group("Running");
  app.add_flag("--json", c.json, "the last line of stdout is one JSON object")->group("Running");
}

std::string help_of(const CLI::App& app, const VerbInfo& v) {
  std::string s = fmt::format("{}\n\n  synfire {}{}{}", v.what, v.name, v.words.empty() ? "" : " ", v.words);
  if (one_of(v.name, {"train", "check", "describe", "draw", "lr-find", "evaluate"})) s += " [key=value …]";
  s += " [options]\n";
  std::string options = app.help();
  size_t first = std::min(options.find("\nSettings:"), options.find("\nRunning:"));
  if (first != options.npos) s += options.substr(first);
  for (size_t at; (at = s.find("\n\n\n")) != s.npos;) s.erase(at, 1);
  while (s.ends_with("\n\n")) s.pop_back();
  return s + fmt::format("\nExample\n  {}\n", v.example);
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names{"--help"};
  for (const CLI::Option* o : app.get_options())
    for (const std::string& n : o->get_lnames()) names.push_back("--" + n);
  return names;
}

// The name of something that is there when words are joined by spaces, and whose first word is not: it was typed without quotes.
std::string name_with_spaces(const std::vector<std::string>& words) {
  std::error_code error;
  if (words.size() < 2 || std::filesystem::exists(words[0], error)) return "";
  std::string whole = words[0];
  for (size_t i = 1; i < words.size(); ++i) if (std::filesystem::exists(whole += " " + words[i], error)) return whole;
  return "";
}

bool is_setting(std::string_view word) {
  return word.find('/') == word.npos && (word.starts_with("train.") || word.starts_with("layer.") || word.starts_with("data.") || word.starts_with("block."));
}

// Words with "=" are overrides, with or without dashes; what else begins with a dash is no option of this verb.
void sort_words(Command& c, const std::vector<std::string>& extras, const CLI::App& app, Problems& problems) {
  std::vector<std::string> words;
  words.swap(c.words);
  words.insert(words.end(), extras.begin(), extras.end());
  for (const std::string& w : words) {
    bool dashed = w.size() > 1 && w[0] == '-';
    size_t equals = w.find('='), name = w.find_first_not_of('-');
    bool path = equals != w.npos && (!dashed || w.find('.') < equals);
    if (path && w.find('/') > equals) c.overrides.push_back(w.substr(name == w.npos ? 0 : name));
    else if (!dashed) c.words.push_back(w);
    else {
      std::string option = w.substr(0, equals), near = nearest(option, option_names(app)), setting = name == w.npos ? "" : setting_path(option.substr(name));
      bool takes = takes_settings(c.verb);
      if (size_t dot = option.find('.'); near.empty() && takes && dot != option.npos) near = fmt::format("{}=VALUE", option.substr(name));  // --train.epochs 5
      else if (near.empty() && takes && !setting.empty()) near = fmt::format("{}={}", setting, equals == w.npos ? "VALUE" : w.substr(equals + 1));
      problems.add(Code::usage, {}, fmt::format("{} has no option {}", c.verb, option), near.empty() ? fmt::format("`synfire {} --help` tells them", c.verb) : fmt::format("did you mean {}?", near));
    }
  }
  if (!problems.empty()) return;  // what stands behind an unknown option may be its value
  const VerbInfo& v = info_of(c.verb);
  bool takes = takes_settings(c.verb);
  if (!takes && !c.overrides.empty()) problems.add(Code::usage, {}, fmt::format("{} takes no settings, got {}", c.verb, c.overrides[0]));
  if (std::string whole = name_with_spaces(c.words); !whole.empty())
    return problems.add(Code::usage, {}, fmt::format("there is no \"{}\"", c.words[0]), fmt::format("a name with spaces needs quotes: synfire {} {}", c.verb, shell_word(whole)));
  if (c.verb == "evaluate" && c.words.size() > 1)
    return problems.add(Code::usage, {}, fmt::format("evaluate does not know what to do with \"{}\"", c.words[1]), fmt::format("it measures on the data of the run; on other data: synfire evaluate {} data.path={}", shell_word(c.words[0]), shell_word(c.words[1])));
  if (size_t most = static_cast<size_t>(v.most); takes && c.words.size() > most && is_setting(c.words[most])) {
    bool spaced = c.words.size() > most + 1 && c.words[most + 1] == "=";  // train.epochs = 3
    std::string value = c.words.size() > most + (spaced ? 2 : 1) ? c.words[most + (spaced ? 2 : 1)] : "VALUE";
    return problems.add(Code::usage, {}, fmt::format("{} does not know what to do with \"{}\"", c.verb, c.words[most]), fmt::format("a setting is one word: {}={}", c.words[most], value));
  }
  if (static_cast<int>(c.words.size()) > v.most)
    problems.add(Code::usage, {}, fmt::format("{} does not know what to do with \"{}\"", c.verb, c.words[static_cast<size_t>(v.most)]), fmt::format("it is written: synfire {}{}{}", v.name, v.words.empty() ? "" : " ", v.words));
  if (c.words.empty() && !v.words.empty() && v.words[0] != '[')
    problems.add(Code::usage, {}, fmt::format("{} needs a word: {}", c.verb, v.words), fmt::format("for example: {}", v.example));
}

}  // namespace

const std::vector<std::string>& verbs() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> n;
    for (const VerbInfo& v : kVerbs) n.emplace_back(v.name);
    return n;
  }();
  return names;
}

Command parse(int argc, const char* const* argv) {
  Command c;
  std::vector<std::string> args(argv + std::min(argc, 1), argv + argc);
  if (args.size() > 1 && args[0] == "help") args = {args[1], "--help"};  // "synfire help train"
  if (args.empty() || args[0] == "--help" || args[0] == "-h" || args[0] == "help") {
    c.help = kHelp;
    return c;
  }
  if (args[0] == "--version" || args[0] == "-V" || args[0] == "version") {
    c.help = std::string(kVersion) + "\n";
    return c;
  }
  c.verb = args[0];
  c.json = std::find(args.begin(), args.end(), "--json") != args.end();
  if (std::find(verbs().begin(), verbs().end(), c.verb) == verbs().end()) unknown_verb(c.verb);
  CLI::App app;
  app.allow_extras();
  app.set_help_flag("");
  bool help = false;
  add_options(app, c);
  app.add_flag("-h,--help", help, "this page")->group("Running");
  std::reverse(args.begin(), args.end());
  args.pop_back();
  try {
    app.parse(args);
  } catch (const CLI::ParseError& e) {
    fail(Code::usage, fmt::format("{}: {}", c.verb, e.what()), fmt::format("`synfire {} --help` tells the options", c.verb));
  }
  if (help) {
    c.help = help_of(app, info_of(c.verb));
    return c;
  }
  Problems problems;
  sort_words(c, app.remaining(), app, problems);
  problems.throw_if_any();
  return c;
}

}  // namespace synfire::cli
