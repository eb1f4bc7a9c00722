// Stochastic gradient descent with momentum (Polyak 1964; Nesterov 1983; Sutskever et al. 2013), as PyTorch has it.
#include "synfire/def/optimizer.h"

namespace synfire {

struct Sgd {
  struct P {
    float lr = 0.01f, momentum = 0, dampening = 0, weight_decay = 0;
    bool nesterov = false;
  };
  static constexpr Field<P> fields[] = {
      {"lr", &P::lr, "", 0, 1000, "step size"},
      {"momentum", &P::momentum, "", 0, 1, "share of the last step that goes on"},
      {"dampening", &P::dampening, "", 0, 1, "share of the gradient that momentum leaves out"},
      {"weight_decay", &P::weight_decay, "", 0, 10, "L2: added to the gradient, times the weight"},
      {"nesterov", &P::nesterov, "", 0, 0, "look ahead along the momentum"}};
  static constexpr std::string_view slots[] = {"momentum"};

  template <class R>
  static R step(R theta, R g, R (&s)[1], const P& p, const StepCount& k) {
    g = madd(R(p.weight_decay), theta, g);
    R fresh = k.first() ? R(1) : R(1 - p.dampening);
    s[0] = madd(R(p.momentum), s[0], fresh * g);
    R direction = p.nesterov ? madd(R(p.momentum), s[0], g) : s[0];
    return madd(R(-p.lr), direction, theta);
  }
};
SYNFIRE_OPTIMIZER(Sgd, "sgd", "Plain steps down the gradient, with momentum if asked for.");

}  // namespace synfire
