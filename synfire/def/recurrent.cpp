// Stacks of recurrent cells.
#include "synfire/def/recurrent.h"

namespace synfire {

const std::vector<Field<RecurrentParams>>& recurrent_fields() {
  using P = RecurrentParams;
  static const std::vector<Field<P>> fields = {
      {"units", &P::units, "", 1, 1e7, "size of the hidden state"},
      {"layers", &P::layers, "", 1, 1000, "so many on top of each other"},
      {"bidirectional", &P::bidirectional, "", 0, 0, "goes through the sequence backward, too, with weights of its own"},
      {"output", &P::output, "", 0, 0, "\"last\": of the last step; \"sequence\": of all steps"},
      {"init", &P::init, "initializer", 0, 0, "first numbers of the weights"}};
  return fields;
}

namespace {

// One direction of one layer. [T B, units]
Value direction(Builder& b, Value x, const RecurrentParams& p, std::string_view op, int gates, const Attrs& cell, int layer, bool backward) {
  int64_t N = p.units, GN = gates * N, F = x.shape()[1];
  std::string suffix = fmt::format("_l{}{}", layer, backward ? "_reverse" : "");
  Choice zeros{"zeros", {}}, bias = p.init.kind == "torch" ? p.init : zeros;
  Value w = b.param("weight_ih" + suffix, {GN, F}, p.init, N, GN), v = b.param("weight_hh" + suffix, {GN, N}, p.init, N, GN);
  Value wb = b.vector_param("bias_ih" + suffix, GN, bias, N), vb = b.vector_param("bias_hh" + suffix, GN, bias, N);
  if (backward) x = b.op("reverse_time", {x}, {{"steps", b.steps}});
  Value gate = b.op("matmul", {x, w, wb}, {{"transpose_b", true}});
  Attrs attrs = cell;
  attrs.set("steps", b.steps), attrs.set("recurrent", true), attrs.set("trace", b.training);
  Value y = b.graph.ops(op, {gate, v, vb}, attrs)[0];
  return backward ? b.op("reverse_time", {y}, {{"steps", b.steps}}) : y;
}

}  // namespace

Value build_recurrent(Builder& b, Value x, const RecurrentParams& p, std::string_view op, int gates, const Attrs& cell) {
  if (p.output != "last" && p.output != "sequence") fail(Code::config, fmt::format("output = \"{}\" is not known", p.output), "it is \"last\" or \"sequence\"");
  x = b.over_time(b.flattened(x));
  if (b.steps == 1) fail(Code::config, "a recurrent layer needs a sequence, and the samples do not change over time", "[time] over = \"rows\" goes through an image row by row; steps = 25 shows a sample again and again");
  Value forward, back;
  for (int k = 0; k < p.layers; ++k) {
    forward = direction(b, x, p, op, gates, cell, k, false);
    if (p.bidirectional) back = direction(b, x, p, op, gates, cell, k, true);
    x = p.bidirectional ? b.op("concat", {forward, back}) : forward;
  }
  if (p.output == "sequence") return x;
  if (!p.bidirectional) return b.last_step(x);
  return b.op("concat", {b.last_step(forward), b.op("rows", {back}, {{"first", int64_t{0}}, {"count", b.batch}})});
}

}  // namespace synfire
