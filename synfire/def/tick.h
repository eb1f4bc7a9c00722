// Tick: what a neuron's step asks of its surroundings: the length of the step, whether it fires, and how it is reset then. Conventions
// of reset and comparison are those that snnTorch, SpikingJelly and NEST differ by; each is one coefficient, so that a vector loop has no
// branch for them.
#pragma once
#include "synfire/tensor/dual.h"

namespace synfire {

// How neurons of a layer fire. Of the first four at most one is 1.
struct Firing {
  float soft_now = 1, hard_now = 0;    // the threshold is taken off (down to the reset), or the membrane is set to the reset, in the same step
  float soft_next = 0, hard_next = 0;  // … in the next step: after its decay, or in place of what was there
  float equal = 0;                     // 1: fires at the threshold, too
  float attached = 0;                  // 1: gradients pass through the reset, too
  int refractory = 0;                  // steps for which the membrane is held at the reset after a spike
};

SYNFIRE_INLINE float plain(float x) { return x; }
SYNFIRE_INLINE double plain(double x) { return x; }
template <class R> SYNFIRE_INLINE R plain(Dual<R> x) { return x.v; }

// z with its derivative times `part`.
SYNFIRE_INLINE float attached(float z, float) { return z; }
SYNFIRE_INLINE double attached(double z, float) { return z; }
template <class R> SYNFIRE_INLINE Dual<R> attached(Dual<R> z, float part) { return {z.v, z.d * R(part)}; }

template <class R> SYNFIRE_INLINE R above(R x, float equal) { return (x > R(0) ? R(1) : R(0)) + (x == R(0) ? R(equal) : R(0)); }

// R: the numbers of the step.
template <class R, class F>
struct Tick {
  const Firing& firing;
  float dt;            // ms
  F& fires;            // says what a spike is: R operator()(R x), x = membrane - threshold
  R pending = R(0.f);  // soft reset of the step before

  // The membrane that this step begins with.
  template <class H>
  SYNFIRE_INLINE R before(R v, H threshold, float reset) {
    auto z = above(plain(v - threshold), firing.equal);  // never passes a gradient
    pending = z * firing.soft_next * (threshold - reset);
    return v - z * firing.hard_next * (v - reset);
  }
  // h: the membrane after this step's integration. Gives the spike, and to v the membrane after it.
  template <class H>
  SYNFIRE_INLINE R fire(R& v, R h, H threshold, float reset) {
    h = h - pending;
    R z = fires(h - threshold);
    v = this->reset(h, z, threshold, reset);
    return z;
  }
  // The membrane after spike z of this step.
  template <class H>
  SYNFIRE_INLINE R reset(R h, R z, H threshold, float reset) const {
    return h - attached(z, firing.attached) * (firing.soft_now * (threshold - reset) + firing.hard_now * (h - reset));
  }
};

// What a spike is. Runs: a step.
struct Fires {
  float equal;
  template <class R> SYNFIRE_INLINE R operator()(R x) const { return above(x, equal); }
};
// Runs, and remembers x.
struct Remembers {
  float equal, x = 0;
  SYNFIRE_INLINE float operator()(float v) { x = v; return above(v, equal); }
};
// Learns: a step whose slope is the surrogate's, worked out before.
struct Sloped {
  float equal, slope;
  SYNFIRE_INLINE Dual<float> operator()(Dual<float> x) const { return {above(x.v, equal), x.d * slope}; }
};

}  // namespace synfire
