// The picture itself: SVG that stands alone, in a face that every system has.
#include "synfire/report/draw.h"

#include <map>

#include "synfire/base/format.h"

namespace synfire {
namespace drawing {
namespace {

std::string escaped(std::string_view s) {
  std::string t;
  for (char c : s) t += c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '>' ? "&gt;" : c == '"' ? "&quot;" : std::string(1, c);
  return t;
}

std::string text_at(double x, double y, std::string_view kind, std::string_view text) {
  if (text.empty()) return "";
  return fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" class=\"{}\">{}</text>\n", x, y, kind, escaped(text));
}

const char* colour(Tone t) {
  switch (t) {
    case Tone::data: return "#f4f4f4";
    case Tone::weights: return "#dce9f8";
    case Tone::shapes: return "#def2e2";
    case Tone::join: return "#f8eed4";
    default: return "#f9e6dd";
  }
}

std::string copies_text(const Box& b) { return fmt::format("× {}", b.copies); }
std::string name_text(const Box& b) { return b.copies > 1 ? b.name + " – " + b.last_name : b.name; }

std::string paint_box(const Box& b) {
  std::string s;
  if (b.frame()) {
    s = fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"8\" class=\"frame\"/>\n", b.x, b.y, b.width, b.height);
    s += text_at(b.x + kPad, b.y + 17, "kind", name_text(b));
    if (b.copies > 1) s += text_at(b.x + b.width - kPad, b.y + 17, "copies", copies_text(b));
    const Box& last = b.inside.boxes[size_t(b.inside.exit)];  // its output is the frame's
    s += fmt::format("<path d=\"M{0:.1f} {1:.1f}V{2:.1f}\" class=\"edge\"/>\n", b.x + b.axis, b.y + kHeader + last.y + last.height, b.y + b.height);
    return s + fmt::format("<g transform=\"translate({:.1f} {:.1f})\">\n{}</g>\n", b.x + b.axis - b.inside.axis, b.y + kHeader, paint(b.inside));
  }
  s = fmt::format("<rect x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" height=\"{:.1f}\" rx=\"5\" fill=\"{}\"/>\n", b.x, b.y, b.width, b.height, colour(b.tone));
  double y = b.y + kPad + 10, end = b.x + b.width - kPad;
  s += text_at(b.x + kPad, y, "kind", b.kind);
  if (b.copies > 1) s += text_at(end, y, "copies", copies_text(b)), end -= 34;
  s += text_at(end, y, "name", name_text(b));
  for (const std::string& l : b.lines) s += text_at(b.x + kPad, y += kLine, "line", l);
  if (!b.shape.empty()) s += text_at(b.x + kPad, y += kLine, "shape", b.shape);
  if (!b.parameters.empty()) s += text_at(b.x + b.width - kPad, y, "name", b.parameters + " parameters");
  return s;
}

// Straight down, or around by a lane and into the target's side.
std::string paint_edge(const Scope& s, const Edge& e, std::map<int, int>& sides) {
  constexpr double kBranch = 9;
  const Box* from = e.from == kEntry ? nullptr : &s.boxes[size_t(e.from)];
  const Box& to = s.boxes[size_t(e.to)];
  double x0 = from ? from->x + from->axis : s.axis, y0 = from ? from->y + from->height : 0;
  double x1 = to.x + to.axis, y1 = to.y, edge = to.x + to.width;
  int lane = from ? from->lane : 0;
  std::string way = fmt::format("M{:.1f} {:.1f}", x0, y0);
  auto side = [&] { return to.y + to.height / 2 + 9 * (sides[e.to]++ % 3 - 1); };
  if (from && from->column != to.column) {
    double gutter = e.x - s.axis - kSpread;  // between the columns
    way += fmt::format("V{:.1f}H{:.1f}V{:.1f}H{:.1f}V{:.1f}", y0 + kBranch, gutter, 3.0, x1, y1);
  } else if (e.lane > 0) {
    way += fmt::format("V{:.1f}H{:.1f}V{:.1f}H{:.1f}", y0 + kBranch, e.x, side(), edge);
  } else if (lane > to.lane) {
    way += fmt::format("V{:.1f}H{:.1f}", side(), edge);
  } else if (lane < to.lane) {
    way += fmt::format("V{:.1f}H{:.1f}V{:.1f}", y0 + kBranch, x1, y1);
  } else {
    way += fmt::format("V{:.1f}", y1);
  }
  return fmt::format("<path d=\"{}\" class=\"edge\" marker-end=\"url(#arrow)\"/>\n", way);
}

constexpr const char* kStyle = R"(<style>
text{font-family:Helvetica,Arial,"Liberation Sans","DejaVu Sans",sans-serif;font-size:11px;fill:#222}
.kind{font-size:13px;font-weight:bold}.name,.copies{text-anchor:end;fill:#666}.copies{font-size:13px;font-weight:bold;fill:#222}
.shape{fill:#24527a}rect{stroke:#8a8f98;stroke-width:1}.frame{fill:#fcfcfd;stroke-dasharray:5 3}
.edge{fill:none;stroke:#555;stroke-width:1.2;stroke-linejoin:round}
</style>
<defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto"><path d="M0 0L8 4L0 8z" fill="#555"/></marker></defs>
<rect width="100%" height="100%" style="fill:#fff;stroke:none"/>
)";

// The data above the first layer, what is asked of the last one below it.
void add_ends(Scope& s, const Net& net, const DataInfo& data, const std::string& data_name) {
  Box in, out;
  in.kind = data_name, in.tone = out.tone = Tone::data;
  for (int64_t d : data.sample) in.shape += fmt::format("{}{}", in.shape.empty() ? "" : " × ", d);
  out.kind = data.classes > 0 ? fmt::format("{} classes", data.classes) : fmt::format("{} numbers", data.targets);
  out.lines = {net.loss.kind};
  s.boxes.insert(s.boxes.begin(), in);
  for (Edge& e : s.edges) e = {e.from + 1, e.to + 1, 0, 0};
  s.edges.push_back({s.exit + 1, int(s.boxes.size()), 0, 0});
  s.boxes.push_back(out);
  s.exit = int(s.boxes.size()) - 1;
}

}  // namespace

std::string paint(const Scope& s) {
  std::string text;
  std::map<int, int> sides;
  for (const Edge& e : s.edges) text += paint_edge(s, e, sides);
  for (const Box& b : s.boxes) text += paint_box(b);
  return text;
}

}  // namespace drawing

std::string draw_svg(const Net& net, const std::vector<LayerRow>& rows, const DataInfo& data, const std::string& data_name) {
  constexpr double kMargin = 16, kMostHeight = 820;
  drawing::Scope s = drawing::scope_of(net, rows);
  drawing::add_ends(s, net, data, data_name);
  drawing::lay_out(s, kMostHeight);
  double width = s.width + 2 * kMargin, height = s.height + 2 * kMargin;
  return fmt::format("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0:.0f}\" height=\"{1:.0f}\" viewBox=\"0 0 {0:.0f} {1:.0f}\" role=\"img\">\n<title>{2} layers on {3}</title>\n", width, height, rows.size(), drawing::escaped(data_name)) +
         drawing::kStyle + fmt::format("<g transform=\"translate({0} {0})\">\n{1}</g>\n</svg>\n", kMargin, drawing::paint(s));
}

}  // namespace synfire
