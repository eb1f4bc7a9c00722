// What exact solutions over one step are made of: (e^x - 1) / x, which Hodgkin-Huxley rates need where both of its parts vanish, and the
// propagators of a current that decays into a membrane that decays. Rotter & Diesmann 1999.
#pragma once
#include "synfire/def/tick.h"

namespace synfire {

// The number that R is about: what constants are worked out in.
template <class R> using Plain = decltype(plain(R{}));

namespace detail {
// (e^x - 1) / x for first = 2, (e^x - 1 - x) / x² for 3, near 0: their first nine terms.
template <int first, class R>
SYNFIRE_INLINE R exp_series(R x) {
  using N = Plain<R>;
  R sum = R(1.f);
#pragma GCC unroll 9
  for (int k = first + 8; k >= first; --k) sum = x * sum * (N(1) / N(k)) + 1.f;
  return sum * (first == 3 ? N(0.5) : N(1));
}
}  // namespace detail

// (e^x - 1) / x, 1 at 0.
template <class R>
SYNFIRE_INLINE R exprel(R x) {
  bool near = abs(plain(x)) < 0.125f;
  R away = select(near, R(1.f), x);
  return select(near, detail::exp_series<2>(x), (exp(away) - 1.f) / away);
}

// A current that decays with time constant `syn` (ms) into a membrane that decays with `mem`, over a step of dt: what is in the membrane
// at the end, for a capacity of 1. No constant is infinite where syn = mem.
struct Propagators {
  double syn, mem;   // e^(-dt / syn), e^(-dt / mem)
  double steady;     // of a current of 1 that does not decay
  double once;       // of a current that is 1 at the beginning:                          ∫ e^(-s/syn) e^(-(dt-s)/mem) ds
  double twice;      // of one that is s at time s, but for its decay, as in an alpha function: ∫ s e^(-s/syn) e^(-(dt-s)/mem) ds
};
SYNFIRE_INLINE Propagators propagators(double dt, double syn, double mem) {
  double a = exp(-dt / syn), b = exp(-dt / mem), x = dt / syn - dt / mem;
  bool near = abs(x) < 0.125;
  double away = select(near, 1.0, x);
  double once = select(near, a * detail::exp_series<2>(x), (b - a) / away);
  double twice = select(near, a * detail::exp_series<3>(x), (b - a * (1 + away)) / (away * away));
  return {a, b, mem * (1 - b), dt * once, dt * dt * twice};
}

}  // namespace synfire
