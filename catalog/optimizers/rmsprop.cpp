// RMSprop: the gradient over the root of the running mean of its square. Hinton 2012, lecture 6e; as PyTorch has it.
#include "synfire/def/optimizer.h"

namespace synfire {

struct RmsProp {
  struct P {
    float lr = 0.01f, alpha = 0.99f, eps = 1e-8f, weight_decay = 0, momentum = 0;
    bool centered = false;
  };
  static constexpr Field<P> fields[] = {
      {"lr", &P::lr, "", 0, 10, "step size"},
      {"alpha", &P::alpha, "", 0, 1, "memory of the square"},
      {"eps", &P::eps, "", 0, 1, "keeps the quotient finite"},
      {"weight_decay", &P::weight_decay, "", 0, 10, "L2: added to the gradient, times the weight"},
      {"momentum", &P::momentum, "", 0, 1, "share of the last step that goes on"},
      {"centered", &P::centered, "", 0, 0, "divide by the variance instead of the square"}};
  static constexpr std::string_view slots[] = {"square", "mean", "momentum"};

  template <class R>
  static R step(R theta, R g, R (&s)[3], const P& p, const StepCount&) {
    g = madd(R(p.weight_decay), theta, g);
    s[0] = madd(R(p.alpha), s[0], R(1 - p.alpha) * g * g);
    s[1] = madd(R(p.alpha), s[1], R(1 - p.alpha) * g);
    R square = p.centered ? s[0] - s[1] * s[1] : s[0];
    s[2] = madd(R(p.momentum), s[2], g / (sqrt(square) + R(p.eps)));
    return madd(R(-p.lr), s[2], theta);
  }
};
SYNFIRE_OPTIMIZER(RmsProp, "rmsprop", "Steps scaled by the running size of the gradient.");

}  // namespace synfire
