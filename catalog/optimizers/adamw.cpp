// AdamW: Adam with weight decay apart from the gradient. Loshchilov & Hutter 2019, algorithm 2.
#include "synfire/def/optimizer.h"

namespace synfire {

struct AdamW {
  struct P { float lr = 1e-3f, beta1 = 0.9f, beta2 = 0.999f, eps = 1e-8f, weight_decay = 0.01f; };
  static constexpr Field<P> fields[] = {
      {"lr", &P::lr, "", 0, 10, "step size"},
      {"beta1", &P::beta1, "", 0, 1, "memory of the mean"},
      {"beta2", &P::beta2, "", 0, 1, "memory of the square"},
      {"eps", &P::eps, "", 0, 1, "keeps the quotient finite"},
      {"weight_decay", &P::weight_decay, "", 0, 10, "decoupled: shrinks the weight by this times the rate"}};
  static constexpr std::string_view slots[] = {"mean", "square"};

  struct Now { float rate, root; };
  static Now now(const P& p, const StepCount& k) { return {float(p.lr / k.warm(p.beta1)), float(1 / std::sqrt(k.warm(p.beta2)))}; }

  template <class R>
  static R step(R theta, R g, R (&s)[2], const P& p, const Now& now) {
    theta = theta * R(1 - p.lr * p.weight_decay);
    s[0] = madd(R(1 - p.beta1), g - s[0], s[0]);
    s[1] = madd(R(p.beta2), s[1], R(1 - p.beta2) * g * g);
    return theta - R(now.rate) * s[0] / madd(sqrt(s[1]), R(now.root), R(p.eps));
  }
};
SYNFIRE_OPTIMIZER(AdamW, "adamw", "Adam with decoupled weight decay.");

}  // namespace synfire
