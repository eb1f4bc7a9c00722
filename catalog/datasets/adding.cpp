// The adding problem: each step has a number in [0, 1) and a mark, two steps are marked, and the sum of their numbers is wanted after the last one. A network
// that forgets answers 1, with a mean squared error of 1/6. Hochreiter & Schmidhuber 1997, section 5.4, in the form of Le, Jaitly & Hinton 2015.
#include "synfire/base/format.h"
#include "synfire/base/random.h"
#include "synfire/def/dataset.h"

namespace synfire {

struct Adding {
  struct P { int steps = 200, rows = 20000, seed = 0; };
  static constexpr Field<P> fields[] = {
      {"steps", &P::steps, "", 2, 100000, "length of a sequence; one mark is in its first half, one in its second"},
      {"rows", &P::rows, "", 10, 10000000, "number of sequences"},
      {"seed", &P::seed, "", 0, 2147483647.0, "of the numbers and marks"}};

  static Dataset load(const P& p, const LoadContext& c) {
    int64_t T = p.steps, N = p.rows;
    if (T * N > int64_t{1} << 31) fail(Code::data, c.where("rows"), fmt::format("{} sequences of {} steps do not fit into memory", N, T), "take fewer rows");
    Dataset d;
    d.sample = {T, 2}, d.x = Tensor(DType::f32, {N, T, 2}), d.task = Task::numbers;
    d.feature_names = {"number", "mark"}, d.target_names = {"sum"};
    Random numbers{uint64_t(p.seed), stream_of("adding/numbers"), 0}, marks{uint64_t(p.seed), stream_of("adding/marks"), 0};
    for (int64_t n = 0; n < N; ++n) {
      float* x = d.x.as<float>() + n * T * 2;
      int64_t half = T / 2, first = int64_t(marks.below(uint64_t(2 * n), uint64_t(half))), second = half + int64_t(marks.below(uint64_t(2 * n + 1), uint64_t(T - half)));
      for (int64_t t = 0; t < T; ++t) x[2 * t] = numbers.uniform(uint64_t(n * T + t)), x[2 * t + 1] = t == first || t == second;
      d.targets.push_back(x[2 * first] + x[2 * second]);
    }
    return d;
  }
};
SYNFIRE_DATASET(Adding, "adding", "The adding problem: sequences of numbers, two of them marked, whose sum is wanted.", "made by itself; Hochreiter & Schmidhuber 1997");

}  // namespace synfire
