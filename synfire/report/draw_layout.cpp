// Places for boxes: ranks from top to bottom by the longest way from the input; the main path in one lane, side paths and long
// connections in lanes of their own beside it, the shortest nearest.
#include <algorithm>
#include <cmath>
#include <set>

#include "synfire/report/draw.h"

namespace synfire::drawing {
namespace {

// Widths of a sans-serif face in thousandths of its size, a little generous, so that every usual one fits.
double letter_width(unsigned char c) {
  if (c >= 0x80) return (c & 0xC0) == 0x80 ? 0 : 0.75;  // a character of several bytes counts once
  if (std::string_view("iljtfrI.,:;'|!()[] ").find(char(c)) != std::string_view::npos) return 0.40;
  if (std::string_view("mwMW@%").find(char(c)) != std::string_view::npos) return 0.98;
  return c >= 'A' && c <= 'Z' ? 0.72 : 0.63;
}

void size_of(Box& b) {
  if (b.frame()) {
    lay_out(b.inside, 0);
    double title = text_width(b.name + (b.copies > 1 ? " – " + b.last_name : ""), kTitle) + (b.copies > 1 ? 48 : 0) + 2 * kPad;
    double content = b.inside.width + 2 * kFrame;
    b.width = std::max(content, title), b.axis = kFrame + b.inside.axis + (b.width - content) / 2;
    b.height = b.inside.height + kHeader + kFrame;
    return;
  }
  std::string name = b.name + (b.copies > 1 ? " – " + b.last_name : "");
  double width = text_width(b.kind, kTitle) + 16 + text_width(name, kSmall) + (b.copies > 1 ? 34 : 0);
  for (const std::string& l : b.lines) width = std::max(width, text_width(l, kSmall));
  width = std::max(width, text_width(b.shape, kSmall) + (b.parameters.empty() ? 0 : 20 + text_width(b.parameters + " parameters", kSmall)));
  b.width = std::ceil(std::max(b.tone == Tone::join ? 90.0 : 150.0, width + 2 * kPad)), b.axis = b.width / 2;
  b.height = 2 * kPad + kLine * double(1 + b.lines.size() + (b.shape.empty() ? 0 : 1)) - 4;
}

int rank_of(const Scope& s, int box) { return box == kEntry ? 0 : s.boxes[size_t(box)].rank; }
int lane_of(const Scope& s, int box) { return box == kEntry ? 0 : s.boxes[size_t(box)].lane; }

void rank(Scope& s) {  // boxes come in an order in which every source is before
  for (size_t i = 0; i < s.boxes.size(); ++i) {
    s.boxes[i].rank = 1;
    for (const Edge& e : s.edges) if (e.to == int(i)) s.boxes[i].rank = std::max(s.boxes[i].rank, rank_of(s, e.from) + 1);
  }
}

std::vector<bool> main_path(const Scope& s) {
  std::vector<bool> on(s.boxes.size(), false);
  for (int v = s.exit; v != kEntry;) {
    on[size_t(v)] = true;
    int before = kEntry;
    for (const Edge& e : s.edges) if (e.to == v && rank_of(s, e.from) > rank_of(s, before)) before = e.from;
    v = before;
  }
  return on;
}

// A side path: boxes in a row that share a lane, or none for a bare connection. It needs the ranks after first and before last.
struct Path { std::vector<int> boxes; size_t edge; int first, last; };

std::vector<Path> side_paths(const Scope& s, const std::vector<bool>& on_main) {
  std::vector<Path> paths;
  std::vector<bool> placed = on_main;
  std::set<size_t> used;
  for (size_t v = 0; v < s.boxes.size(); ++v) {
    if (placed[v]) continue;
    Path p{{int(v)}, s.edges.size(), s.boxes[v].rank - 1, s.boxes[v].rank + 1};
    for (size_t e = 0; e < s.edges.size(); ++e)
      if (s.edges[e].to == int(v) && used.insert(e).second) { p.first = rank_of(s, s.edges[e].from); break; }
    for (int at = int(v); at >= 0;) {
      placed[size_t(at)] = true;
      int next = kEntry;
      for (size_t e = 0; e < s.edges.size(); ++e)
        if (s.edges[e].from == at && used.insert(e).second) {
          p.last = std::max(p.last, rank_of(s, s.edges[e].to));
          if (!placed[size_t(s.edges[e].to)]) next = s.edges[e].to, p.boxes.push_back(next);
          break;
        }
      at = next;
    }
    paths.push_back(std::move(p));
  }
  for (size_t e = 0; e < s.edges.size(); ++e) {
    int from = rank_of(s, s.edges[e].from), to = rank_of(s, s.edges[e].to);
    if (!used.count(e) && to - from > 1) paths.push_back({{}, e, from, to});
  }
  return paths;
}

// Greedy: the shortest paths lie nearest to the main one. edge_lane: of bare connections.
void assign_lanes(Scope& s, std::vector<int>& edge_lane) {
  std::vector<bool> on = main_path(s);
  std::vector<Path> paths = side_paths(s, on);
  std::stable_sort(paths.begin(), paths.end(), [](const Path& a, const Path& b) { return a.last - a.first < b.last - b.first; });
  std::vector<std::vector<std::pair<int, int>>> taken;
  edge_lane.assign(s.edges.size(), 0);
  for (const Path& p : paths) {
    size_t lane = 0;
    auto free = [&](const auto& spans) { return std::none_of(spans.begin(), spans.end(), [&](const auto& t) { return p.first < t.second && t.first < p.last; }); };
    while (lane < taken.size() && !free(taken[lane])) ++lane;
    if (lane == taken.size()) taken.emplace_back();
    taken[lane].emplace_back(p.first, p.last);
    for (int b : p.boxes) s.boxes[size_t(b)].lane = int(lane) + 1;
    if (p.boxes.empty()) edge_lane[p.edge] = int(lane) + 1;
  }
}

// Where a column may end: below ranks that no side path passes.
std::vector<bool> cuts(const Scope& s, int ranks) {
  std::vector<bool> may(size_t(ranks) + 1, true);
  for (const Edge& e : s.edges) {
    int from = rank_of(s, e.from), to = rank_of(s, e.to);
    bool plain = to - from == 1 && lane_of(s, e.from) == 0 && lane_of(s, e.to) == 0;
    for (int r = from; r < to && !plain; ++r) may[size_t(r)] = false;
  }
  return may;
}

}  // namespace

double text_width(std::string_view text, double size) {
  double w = 0;
  for (char c : text) w += letter_width(static_cast<unsigned char>(c));
  return w * size;
}

void lay_out(Scope& s, double most_height) {
  rank(s);
  for (Box& b : s.boxes) size_of(b);
  std::vector<int> edge_lane;
  assign_lanes(s, edge_lane);
  int ranks = 0, lanes = 0;
  for (const Box& b : s.boxes) ranks = std::max(ranks, b.rank), lanes = std::max(lanes, b.lane);
  for (int l : edge_lane) lanes = std::max(lanes, l);
  std::vector<double> height(size_t(ranks) + 1, 0), left(size_t(lanes) + 1, 0), right(size_t(lanes) + 1, 0);
  for (const Box& b : s.boxes) {
    height[size_t(b.rank)] = std::max(height[size_t(b.rank)], b.height);
    left[size_t(b.lane)] = std::max(left[size_t(b.lane)], b.axis), right[size_t(b.lane)] = std::max(right[size_t(b.lane)], b.width - b.axis);
  }
  double total = kGap;
  for (double h : height) total += h > 0 ? h + kGap : 0;
  int columns = most_height > 0 ? std::max(1, int(std::ceil(total / most_height))) : 1;
  std::vector<bool> may = cuts(s, ranks);
  std::vector<double> axis(size_t(lanes) + 1);
  double x = 0;
  for (size_t l = 0; l <= size_t(lanes); ++l) {
    if (l > 0) x += kSpread;
    axis[l] = x + left[l], x += left[l] + right[l];
  }
  double column_width = x;
  s.axis = axis[0], s.height = 0;
  int column = 0;
  double y = kGap / 2;
  for (int r = 1; r <= ranks; ++r) {
    for (Box& b : s.boxes) {
      if (b.rank != r) continue;
      b.column = column, b.x = axis[size_t(b.lane)] - b.axis + column * (column_width + 2 * kSpread), b.y = y + (height[size_t(r)] - b.height) / 2;
    }
    y += height[size_t(r)] + kGap;
    s.height = std::max(s.height, y - kGap / 2);
    if (column + 1 < columns && r < ranks && may[size_t(r)] && y >= total / columns) ++column, y = kGap / 2;
  }
  for (size_t i = 0; i < s.edges.size(); ++i) {
    Edge& e = s.edges[i];
    e.lane = edge_lane[i], e.x = axis[size_t(e.lane)] + s.boxes[size_t(e.to)].column * (column_width + 2 * kSpread);
  }
  s.width = column_width + column * (column_width + 2 * kSpread);
}

}  // namespace synfire::drawing
