// Long short-term memory: a cell state that gates let through, write and read. Hochreiter & Schmidhuber 1997; Gers et al. 2000. PyTorch's nn.LSTM, whose
// gates lie in the order input, forget, cell, output.
#include "synfire/def/recurrent.h"

namespace synfire {

struct LstmCell {
  static constexpr bool fires = false;
  static constexpr int gates = 4;
  static constexpr std::string_view state[] = {"c"};
  template <class R, class T>
  static R step(R (&s)[1], const R (&x)[4], const NoParams&, T&) {
    s[0] = sigmoid(x[1]) * s[0] + sigmoid(x[0]) * tanh(x[2]);
    return sigmoid(x[3]) * tanh(s[0]);
  }
};
SYNFIRE_CELL(LstmCell, "lstm_scan", "All time steps of an LSTM.");

struct LstmLayer {
  using P = RecurrentParams;
  static constexpr bool sequence = true;
  static inline const std::vector<Field<P>>& fields = recurrent_fields();
  static Value build(Builder& b, Value x, const P& p) { return build_recurrent(b, x, p, "lstm_scan", 4, {}); }
};
SYNFIRE_LAYER(LstmLayer, "lstm", "Long short-term memory, as in PyTorch.");

}  // namespace synfire
