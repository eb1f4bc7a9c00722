// The gated recurrent unit: y = (1 - z) n + z y of the step before. Cho et al. 2014. PyTorch's nn.GRU, whose gates lie in the order reset, update, new
// and whose reset gate acts on V y + c.
#include "synfire/def/recurrent.h"

namespace synfire {

struct GruCell {
  static constexpr bool fires = false, apart = true;
  static constexpr int gates = 3;
  static constexpr std::string_view state[] = {"y"};
  template <class R, class T>
  static R step(R (&s)[1], const R (&x)[3], const R (&h)[3], const NoParams&, T&) {
    R r = sigmoid(x[0] + h[0]), z = sigmoid(x[1] + h[1]), n = tanh(x[2] + r * h[2]);
    return s[0] = n + z * (s[0] - n);
  }
};
SYNFIRE_CELL(GruCell, "gru_scan", "All time steps of a GRU.");

struct GruLayer {
  using P = RecurrentParams;
  static constexpr bool sequence = true;
  static inline const std::vector<Field<P>>& fields = recurrent_fields();
  static Value build(Builder& b, Value x, const P& p) { return build_recurrent(b, x, p, "gru_scan", 3, {}); }
};
SYNFIRE_LAYER(GruLayer, "gru", "The gated recurrent unit, as in PyTorch.");

}  // namespace synfire
