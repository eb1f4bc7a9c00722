// A step of constant size along the sign of the running mean of the gradient.
#include "synfire/def/optimizer.h"

namespace synfire {

struct SignMomentum {
  struct P { float lr = 1e-3f, beta = 0.9f; };
  static constexpr Field<P> fields[] = {
      {"lr", &P::lr, "", 0, 10, "step size"},
      {"beta", &P::beta, "", 0, 1, "memory of the mean"}};
  static constexpr std::string_view slots[] = {"mean"};

  template <class R>
  static R step(R theta, R g, R (&s)[1], const P& p, const StepCount&) {
    s[0] = R(p.beta) * s[0] + R(1 - p.beta) * g;
    return theta - R(p.lr) * (s[0] > 0 ? R(1) : s[0] < 0 ? R(-1) : R(0));
  }
};
SYNFIRE_OPTIMIZER(SignMomentum, "sign_momentum", "Constant steps along the sign of the mean gradient.");

}  // namespace synfire
