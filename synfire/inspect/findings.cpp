// What measurements of a whole run tell. Each rule is a function of its own.
#include "synfire/inspect/findings.h"

#include <algorithm>

#include "synfire/base/format.h"
#include "synfire/def/neuron.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

constexpr double kVanished = 1e-4, kExploded = 1e4, kGrown = 1e3;  // gradients of first by last layer; outputs of a fresh network by its input
constexpr double kDead = 0.7, kAllDead = 0.9;  // relu layers of sound networks often have a few dead units, some half of them
constexpr double kFast = 0.03, kLeap = 0.5, kSlow = 2e-4;          // update ratios; healthy ones are 1e-4 to 1e-2
constexpr double kWorse = 1.3, kOfLearned = 0.15, kBetter = 0.7;   // losses by heart: validation's by its best one, and by what it had fallen; training's
constexpr int64_t kLeastSamples = 64;
constexpr size_t kFew = 5;                                         // fewer measurements tell no course

double median(std::vector<double> v) {
  std::erase_if(v, [](double x) { return std::isnan(x); });
  if (v.empty()) return kNoNumber;
  std::nth_element(v.begin(), v.begin() + long(v.size() / 2), v.end());
  return v[v.size() / 2];
}

struct Judge {
  const Course& c;
  const std::vector<Measurement>& m = c.measured;
  std::vector<Finding> found = {};

  size_t layers() const { return m.front().layers.size(); }
  bool known(std::string_view name) const { return std::any_of(found.begin(), found.end(), [&](const Finding& f) { return f.name == name; }); }
  // The median of what `of` gives over measurements from … to.
  template <class F> double over(size_t from, size_t to, const F& of) const {
    std::vector<double> v;
    for (size_t k = from; k < to; ++k) v.push_back(of(m[k]));
    return median(std::move(v));
  }
  template <class F> double late(const F& of) const { return over(m.size() - (m.size() + 2) / 3, m.size(), of); }

  Where place(std::string_view key) const { return place_in(c.job.tree.find("train"), key); }
  Where place_in(const Node* table, std::string_view key) const {
    if (!table) return {c.job.tree.where.file};
    const Node* n = table->find(key);
    const Where& w = n && n->where.line ? n->where : table->where;
    return w.line || !w.file.empty() ? w : c.job.tree.where;
  }
  Where place_of_rate() const {
    const Node *train = c.job.tree.find("train"), *optimizer = train ? train->find("optimizer") : nullptr;
    return optimizer && optimizer->is(Node::Kind::table) ? place_in(optimizer, "lr") : place("optimizer");
  }
  double rate() const { return c.job.model->net().optimizer.attrs.real("lr"); }
  const LayerSpec& spec(size_t i) const { return c.job.model->net().layers[i]; }
  void add(std::string name, bool severe, const LayerSpec* l, Where where, int64_t step, std::string message, std::string hint) {
    found.push_back({std::move(name), severe, l ? l->name : "", std::move(where), step, std::move(message), std::move(hint)});
  }

  double first_loss() const { return m.front().loss; }
  double last_loss() const { return late([](const Measurement& x) { return x.loss; }); }
  double fastest(const Measurement& x) const {  // of the layers' update ratios
    double top = kNoNumber;
    for (const LayerHealth& l : x.layers) top = std::isnan(top) || l.update_ratio > top ? l.update_ratio : top;
    return top;
  }
  double gradient(const Measurement& x) const {
    double squares = 0;
    for (const LayerHealth& l : x.layers) squares += l.weights ? l.gradient_norm * l.gradient_norm : 0;
    return std::sqrt(squares);
  }
  void start();
  void growth();
  void fast();
  void dying();
  void silent(size_t i, double share, int64_t step);
  void restless(size_t i, double share);
  void vanishing();
  void slow();
  void one_class();
  void overfitting();
  bool learned() const;
};

// A power of ten, or three times one, near v.
double rounded(double v) {
  double p = std::pow(10, std::floor(std::log10(v)));
  return v / p >= 3 ? 3 * p : p;
}

// Before anything is learned, signals and gradients should have about the same size in all layers.
void Judge::start() {
  const Measurement& x = m.front();
  if (x.step > 3) return;  // the first ones are not there
  double input = std::max({1.0, std::abs(x.input_mean), x.input_deviation});
  for (size_t i = 0; i < layers(); ++i) {
    const LayerHealth& l = x.layers[i];
    double size = std::max(std::abs(l.mean), l.deviation);
    if (std::isnan(size) || size <= kGrown * input) continue;
    return add("exploding_gradients", true, &spec(i), spec(i).where, x.step,
               fmt::format("what \"{}\" puts out is {:.1e} before anything is learned, and the input {:.1e}: signals grow from layer to layer, and gradients with them", l.name, size, input),
               "init = \"he\" in the layers up to there (\"glorot\" for tanh and sigmoid), or batch_norm between them");
  }
  int first = -1, last = -1;
  for (size_t i = 0; i < layers(); ++i)
    if (x.layers[i].weights > 0 && x.layers[i].gradient_norm > 0) first = first < 0 ? int(i) : first, last = int(i);
  if (first < 0 || first == last) return;
  double ratio = x.layers[size_t(first)].gradient_rms() / x.layers[size_t(last)].gradient_rms();
  if (!(ratio > kExploded)) return;
  add("exploding_gradients", true, &spec(size_t(first)), spec(size_t(first)).where, x.step,
      fmt::format("the gradient of \"{}\" is {:.1e} times that of \"{}\": it grows on its way back through the network", spec(size_t(first)).name, ratio, spec(size_t(last)).name),
      "init = \"he\" (\"glorot\" for tanh and sigmoid), or batch_norm between the layers; train.clip_norm = 1 keeps steps short");
}

void Judge::growth() {
  if (known("exploding_gradients") || known("rate_too_high")) return;
  double begin = over(0, std::min<size_t>(3, m.size()), [&](const Measurement& x) { return gradient(x); }), top = 0;
  for (const Measurement& x : m) top = std::max(top, gradient(x));
  if (!c.diverged && !(begin > 0 && top > kExploded * begin)) return;
  if (c.job.model->settings().clip_norm > 0 && !c.diverged) return;
  add("exploding_gradients", true, nullptr, place_of_rate(), c.diverged ? c.at : m.back().step,
      c.diverged ? "a number became infinite or NaN" : fmt::format("the gradient grew to {:.1e} times what it was at first", top / begin),
      fmt::format("train.clip_norm = 1, or a lower train.optimizer.lr (it is {:g})", rate()));
}

// Large steps alone are no harm; that the loss does not fall, too, is the sign.
void Judge::fast() {
  if (known("exploding_gradients") || (m.size() < kFew && !c.diverged)) return;
  double usual = over(0, m.size(), [&](const Measurement& x) { return fastest(x); }), top = 0;
  int64_t step = m.front().step;
  for (const Measurement& x : m)
    if (double f = fastest(x); f > top) top = f, step = x.step;
  double early = over(0, (m.size() + 2) / 3, [](const Measurement& x) { return x.loss; });
  bool falls = !c.diverged && (last_loss() < 0.7 * first_loss() || last_loss() < 0.9 * early);
  bool worse = c.diverged || !(last_loss() < 1.3 * first_loss());
  if (falls || !(usual > kFast || top > kLeap || (worse && top > 1e-3))) return;
  if (!worse && learned()) return;
  double ratio = std::max(usual, top / 10), better = rounded(rate() * std::clamp(0.003 / ratio, 1e-4, 0.1));
  add("rate_too_high", true, nullptr, place_of_rate(), step,
      fmt::format("a step changes the weights of a layer by up to {:.2g} of their size (0.0001 to 0.01 is usual), and the loss {}", top,
             c.diverged ? "became infinite or NaN" : fmt::format("went from {:.4g} to {:.4g}", first_loss(), last_loss())),
      fmt::format("train.optimizer.lr = {:g} (it is {:g}); train.warmup helps where only the first steps are too large", better, rate()));
}

void Judge::dying() {
  if (m.size() < kFew || m.back().window < kLeastSamples) return;
  for (size_t i = 0; i < layers(); ++i) {
    double dead = late([&](const Measurement& x) { return x.layers[i].dead; });
    const NeuronDef* neuron = Registry<NeuronDef>::find(spec(i).kind);
    if (double full = late([&](const Measurement& x) { return x.layers[i].saturated; }); neuron && full >= kDead) return restless(i, full);
    if (std::isnan(dead) || dead < kDead) continue;
    int64_t step = m.back().step;
    for (const Measurement& x : m) if (x.layers[i].dead >= kDead) { step = x.step; break; }
    if (neuron) return silent(i, dead, step);
    bool early = step <= m[std::min<size_t>(1, m.size() - 1)].step;
    add("dying_relu", dead >= kAllDead, &spec(i), spec(i).where, step,
        fmt::format("{:.0f} % of the units of \"{}\" gave 0 for each of the last {} samples that were looked at; no gradient passes through them, so they stay like that", 100 * dead, spec(i).name, m.back().window),
        fmt::format("{}activation = \"leaky_relu\" keeps them alive, or train.optimizer.lr = {:g} (it is {:g})", early ? "they are dead from the beginning, so look at init and the input's scale, too: " : "",
               rounded(rate() / 10), rate()));
    return;
  }
}

// A neuron far below its threshold gets next to no gradient, either.
void Judge::silent(size_t i, double share, int64_t step) {
  double threshold = spec(i).attrs.real("threshold");
  add("silent_neurons", share >= kAllDead, &spec(i), spec(i).where, step,
      fmt::format("{:.0f} % of the neurons of \"{}\" did not fire once for the last {} samples that were looked at", 100 * share, spec(i).name, m.back().window),
      fmt::format("threshold = {:g} (it is {:g}), or a stronger input: larger first weights in the layer before, encode = {{kind = \"rate\", gain = 2}}; a wider surrogate reaches neurons that are further from firing",
             threshold > 0 ? rounded(threshold / 10) : threshold, threshold));
}

void Judge::restless(size_t i, double share) {
  double threshold = spec(i).attrs.real("threshold");
  add("restless_neurons", share >= kAllDead, &spec(i), spec(i).where, m.back().step,
      fmt::format("{:.0f} % of the neurons of \"{}\" fire at nearly every step, so that their spikes say nothing", 100 * share, spec(i).name),
      fmt::format("threshold = {:g} (it is {:g}), or a weaker input", threshold > 0 ? 10 * rounded(threshold) : 1.0, threshold));
}

void Judge::vanishing() {
  if (m.size() < kFew || known("exploding_gradients") || known("rate_too_high")) return;
  for (const Finding& f : found) if ((f.name == "dying_relu" || f.name == "silent_neurons" || f.name == "restless_neurons") && f.severe) return;
  auto rms = [&](size_t i) { return over(0, (m.size() + 1) / 2, [&](const Measurement& x) { return x.layers[i].gradient_rms(); }); };
  double last = kNoNumber;
  for (size_t i = layers(); i-- > 0;) {
    if (m.front().layers[i].weights == 0) continue;
    if (std::isnan(last)) { last = rms(i); continue; }
    break;
  }
  if (!(last > 0)) return;
  for (size_t i = 0; i < layers(); ++i) {
    if (m.front().layers[i].weights == 0) continue;
    double own = rms(i);
    if (!(own < kVanished * last)) return;  // the first layer is the one that counts
    return add("vanishing_gradients", true, &spec(i), spec(i).where, m.front().step,
               fmt::format("the gradient that reaches \"{}\" is {:.1e} of that of the last layer: it shrinks on its way back, so the first layers hardly learn", spec(i).name, own / last),
               "activation = \"relu\" with init = \"he\" instead of sigmoid or tanh; in deep networks batch_norm or an add around the layers (kind = \"add\")");
  }
}

bool Judge::learned() const {
  int64_t classes = c.job.source.data.classes();
  if (classes > 1) return last_loss() < 0.5 * std::log(double(classes));
  return c.validation.value("r2") > 0.5;
}

void Judge::slow() {
  if (m.size() < kFew || learned()) return;
  for (const char* other : {"exploding_gradients", "vanishing_gradients", "dying_relu", "rate_too_high"}) if (known(other)) return;  // dead layers do not move, either
  double usual = over(0, m.size(), [&](const Measurement& x) { return fastest(x); });
  if (!(usual < kSlow) || !(usual > 0) || last_loss() < 0.75 * first_loss()) return;
  add("rate_too_low", false, nullptr, place_of_rate(), m.back().step,
      fmt::format("a step changes no layer's weights by more than {:.1e} of their size (0.0001 to 0.01 is usual), and the loss has only gone from {:.4g} to {:.4g}", usual, first_loss(), last_loss()),
      fmt::format("train.optimizer.lr = {:g} (it is {:g})", std::min(rounded(rate() * std::clamp(0.003 / usual, 10.0, 1e4)), 1.0), rate()));
}

void Judge::one_class() {
  const Dataset& d = c.job.source.data;
  if (d.task != Task::classes || d.classes() < 2 || m.size() < kFew) return;
  double predicted = late([](const Measurement& x) { return x.top_predicted; }), actual = late([](const Measurement& x) { return x.top_actual; });
  std::string name;
  if (!(predicted >= 0.9)) return;  // in training, too: early on the running statistics of batch_norm alone can make validation look like that
  if (const std::vector<int64_t>& confusion = c.validation.confusion; !confusion.empty() && c.validation.samples >= 20) {
    size_t n = size_t(d.classes()), top = 0;
    std::vector<double> p(n), a(n);
    double total = 0;
    for (size_t i = 0; i < n * n; ++i) p[i % n] += double(confusion[i]), a[i / n] += double(confusion[i]), total += double(confusion[i]);
    top = size_t(std::max_element(p.begin(), p.end()) - p.begin());
    predicted = p[top] / total, actual = *std::max_element(a.begin(), a.end()) / total, name = d.class_names[top];
  }
  if (!(predicted >= 0.99) || !(actual <= 0.97)) return;
  double l2 = c.job.model->settings().l2;
  bool heavy = l2 >= 0.01, rare = actual > 0.75;
  add("one_class_only", true, nullptr, heavy ? place("l2") : place("optimizer"), m.back().step,
      fmt::format("{:.0f} % of all predictions are {}, which is {:.0f} % of the data: whatever it sees, the network says the same", 100 * predicted,
             name.empty() ? "of one class" : fmt::format("\"{}\"", name), 100 * actual),
      heavy ? fmt::format("train.l2 = 0 (it is {:g}, which draws all weights to zero)", l2)
      : rare ? "the classes are far from balanced: give it more samples of the rare ones, or train longer"
             : "what is named above is the cause if there is anything; else train.optimizer.lr ten times higher or lower, and look at the data with synfire check");
}

// The validation's loss rises while the training's goes on falling. Surer of itself and as often right, a network is no worse for it.
void Judge::overfitting() {
  const std::vector<Epoch>& e = c.epochs;
  if (e.size() < kFew || c.diverged || !found.empty()) return;
  size_t best = 0;
  for (size_t i = 1; i < e.size(); ++i) if (!(e[i].validation_loss >= e[best].validation_loss)) best = i;
  auto late_median = [&](auto of) {
    std::vector<double> v;
    for (size_t i = e.size() - std::min<size_t>(3, e.size()); i < e.size(); ++i) v.push_back(of(e[i]));
    return median(std::move(v));
  };
  double low = e[best].validation_loss, now = late_median([](const Epoch& x) { return x.validation_loss; }), train = late_median([](const Epoch& x) { return x.train_loss; });
  double learned_by_then = e[0].validation_loss - low, right = late_median([](const Epoch& x) { return x.accuracy; });
  if (best + 3 > e.size() || !(now > kWorse * low) || !(now - low > kOfLearned * learned_by_then) || !(train < kBetter * e[best].train_loss) || right > e[best].accuracy + 0.005) return;
  int64_t patience = std::clamp<int64_t>(int64_t(best + 1) / 4, 3, 20);
  add("overfitting", false, nullptr, place("epochs"), e[best].step,
      fmt::format("the validation loss was smallest, {:.4g}, after epoch {} and is {:.4g} now, while the training loss went on from {:.4g} to {:.4g}: the network learns its training data by heart",
             low, best + 1, now, e[best].train_loss, train),
      fmt::format("train.patience = {}{} stops in time; a dropout layer, train.l2 = 1e-4, fewer units or more data let it learn longer; checkpoints/best has the best weights",
             patience, c.job.model->settings().patience > 0 ? fmt::format(" (it is {})", c.job.model->settings().patience) : ""));
}

}  // namespace

std::string Finding::str() const {
  std::string s = where.str();
  s += s.empty() ? "" : ": ";
  return s + fmt::format("{}: {}: {}. Hint: {}", severe ? "severe" : "warning", name, message, hint);
}

std::vector<Finding> judge_start(const Course& c) {
  if (c.measured.empty()) return {};
  Judge j{c};
  j.start();
  return j.found;
}

std::vector<Finding> judge_course(const Course& c) {
  if (c.measured.empty()) return {};
  Judge j{c};
  j.start(), j.fast(), j.growth(), j.dying(), j.vanishing(), j.slow(), j.one_class(), j.overfitting();
  return j.found;
}

std::string json_of(const std::vector<Finding>& findings) {
  Node list = Node::array();
  for (const Finding& f : findings) {
    Node n = Node::table();
    n.set("name", Node::of(f.name)), n.set("severity", Node::of(std::string(f.severe ? "severe" : "warning"))), n.set("layer", Node::of(f.layer));
    n.set("where", Node::of(f.where.line ? Where{f.where.file, f.where.line}.str() : f.where.file)), n.set("step", Node::of(f.step));
    n.set("message", Node::of(f.message)), n.set("hint", Node::of(f.hint));
    list.items.push_back(std::move(n));
  }
  Node all = Node::table();
  all.set("findings", std::move(list));
  return write_json(all) + "\n";
}

}  // namespace synfire
