// The plain recurrent layer: y = tanh(W x + b + V y of the step before + c). Elman 1990. PyTorch's nn.RNN.
#include "synfire/def/recurrent.h"

namespace synfire {

struct RnnCell {
  static constexpr bool fires = false;
  static constexpr std::string_view state[] = {"h"};
  template <class R, class T>
  static R step(R (&s)[1], R input, const NoParams&, T&) {
    return s[0] = tanh(input);
  }
};
SYNFIRE_CELL(RnnCell, "rnn_scan", "All time steps of a plain recurrent layer.");

struct RnnLayer {
  using P = RecurrentParams;
  static constexpr bool sequence = true;
  static inline const std::vector<Field<P>>& fields = recurrent_fields();
  static Value build(Builder& b, Value x, const P& p) { return build_recurrent(b, x, p, "rnn_scan", 1, {}); }
};
SYNFIRE_LAYER(RnnLayer, "rnn", "A plain recurrent layer with tanh, as in PyTorch.");

}  // namespace synfire
