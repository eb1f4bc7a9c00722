// Hodgkin & Huxley's membrane: C V' = gNa m³ h (ENa - V) + gK n⁴ (EK - V) + gL (EL - V) + I, and gates m, h, n that open and close at rates
// which depend on V. Nothing resets it; a spike is V rising through a threshold. A file of catalog/neurons/ gives the numbers and the rates:
//
//   struct HhSquid : HodgkinHuxley<HhSquid> {
//     struct P { float g_na, g_k, g_leak, capacity, e_na, e_k, rest, start, threshold; };  …   // nS, pF, mV
//     template <class R> static void rates(R v, R (&r)[6], const P& p);                         // 1/ms: m, h, n open (0, 2, 4), close (1, 3, 5)
//   };
//
// Exponential Euler: each variable is solved exactly over the step, with the others held at their old values.
#pragma once
#include "synfire/def/neuron.h"
#include "synfire/def/propagator.h"

namespace synfire {

template <class Self>
struct HodgkinHuxley {
  static constexpr std::string_view state[] = {"v", "m", "h", "n"};
  static constexpr double low = 0, high = 20000, back_low = 0, back_high = 1;  // of its samples: pA; gates
  static constexpr bool held = false;

  template <class P>
  static float start(int j, const P& p) {
    float r[6];
    Self::rates(p.start, r, p);
    return j == 0 ? p.start : r[2 * j - 2] / (r[2 * j - 2] + r[2 * j - 1]);
  }

  template <class R, class P, class T>
  static R step(R (&s)[4], R input, const P& p, T& t) {
    R v = s[0], na = s[1] * s[1] * s[1] * s[2] * p.g_na, k = square(square(s[3])) * p.g_k, g = na + k + p.g_leak, r[6];
    Self::rates(v, r, p);
    R pulled = (na * p.e_na + k * p.e_k + p.g_leak * p.rest + input) / g;
    s[0] = pulled + (v - pulled) * exp(g * (-t.dt / p.capacity));
    for (int j = 1; j < 4; ++j) {
      R open = r[2 * j - 2], both = open + r[2 * j - 1], steady = open / both;
      s[j] = steady + (s[j] - steady) * exp(both * -t.dt);
    }
    return select(plain(v) > p.threshold, R(0.f), t.fires(s[0] - p.threshold));
  }
};

}  // namespace synfire
