// Reverse-mode differentiation as graph rewriting: each op's rule emits ops. Linnainmaa 1970; Griewank & Walther 2008, ch. 3.
#include "synfire/graph/graph.h"

namespace synfire {
namespace {

Value sum_of(Graph& g, Value a, Value b) { return a ? (b ? g.op("add", {a, b}) : a) : b; }

// Which nodes lie on a path from a wrt to the loss: only they need a gradient.
// Nodes before `first` are not looked at, so that inputs of an expansion count as independent of each other.
std::vector<char> nodes_between(const Graph& g, Value loss, const Values& wrt, size_t first) {
  const auto& nodes = g.nodes();
  std::vector<char> depends(g.values().size(), 0), needed(g.values().size(), 0), between(nodes.size(), 0);
  for (Value w : wrt) depends[w.id] = 1;
  for (size_t k = first; k < nodes.size(); ++k)
    for (int i : nodes[k].in) if (depends[i]) for (int o : nodes[k].out) depends[o] = 1;
  needed[loss.id] = 1;
  for (size_t k = nodes.size(); k-- > first;) {
    bool used = false;
    for (int o : nodes[k].out) used |= needed[o] && depends[o];
    if (!used) continue;
    between[k] = 1;
    for (int i : nodes[k].in) needed[i] = 1;
  }
  return between;
}

Values differentiate(Graph& g, Value loss, const Values& wrt, size_t first);

// The gradient of a fused op through the simpler ops that it stands for.
Values through_expansion(Graph& g, const OpDef& op, const Gradient& c) {
  size_t first = g.nodes().size();
  Values out = op.expand(g, c.in, c.attrs);
  Value total;  // sum over outputs of <out, dout>: its gradient is what is wanted
  for (size_t i = 0; i < out.size(); ++i)
    if (c.dout[i]) total = sum_of(g, total, g.op("sum", {g.op("mul", {out[i], c.dout[i]})}));
  Values wrt;
  for (Value v : c.in) if (v.dtype() == DType::f32) wrt.push_back(v);
  Values d = differentiate(g, total, wrt, first), result;
  size_t k = 0;
  for (Value v : c.in) result.push_back(v.dtype() == DType::f32 ? d[k++] : Value{});
  return result;
}

Values rule(Graph& g, const GraphNode& n, const Gradient& c) {
  if (n.op->grad) return n.op->grad(g, c);
  if (n.op->expand) return through_expansion(g, *n.op, c);
  return Values(n.in.size());
}

Values differentiate(Graph& g, Value loss, const Values& wrt, size_t first) {
  std::vector<char> between = nodes_between(g, loss, wrt, first);
  std::vector<Value> d(g.values().size());
  d[loss.id] = g.constant(1, loss.shape());
  std::string scope = g.scope;
  for (size_t k = between.size(); k-- > 0;) {
    if (!between[k]) continue;
    const GraphNode n = g.nodes()[k];  // a copy: the rule adds nodes
    Values in, out, dout;
    for (int i : n.in) in.push_back(g.value(i));
    bool any = false;
    for (int o : n.out) out.push_back(g.value(o)), dout.push_back(d[o]), any |= bool(d[o]);
    if (!any) continue;
    g.scope = n.scope;
    Values din = rule(g, n, {in, out, dout, n.attrs});
    for (size_t i = 0; i < din.size(); ++i)
      if (din[i]) d[n.in[i]] = sum_of(g, d[n.in[i]], din[i]);
  }
  g.scope = scope;
  Values result;
  for (Value w : wrt) result.push_back(d[w.id] ? d[w.id] : g.constant(0, w.shape()));
  return result;
}

}  // namespace

Values gradients(Graph& g, Value loss, const Values& wrt) {
  if (loss.shape().numel() != 1) fail(Code::shape, "a gradient is taken of one number, not of " + loss.shape().str());
  return differentiate(g, loss, wrt, 0);
}

}  // namespace synfire
