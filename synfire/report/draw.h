// draw: a network as a picture for a paper: SVG with a box a layer, blocks as frames with "× n" where they repeat, and every connection.
#pragma once
#include <string>
#include <vector>

#include "synfire/model/net.h"

namespace synfire {

// rows: as trace() gives them for `net`. data_name stands in the first box.
std::string draw_svg(const Net& net, const std::vector<LayerRow>& rows, const DataInfo& data, const std::string& data_name);

namespace drawing {

struct Box;

struct Edge {                        // boxes of one scope; from == kEntry: what the scope is given
  int from, to;
  int lane = 0;                      // of a long connection: where it runs
  double x = 0;
};
inline constexpr int kEntry = -1;

struct Scope {                       // what lies in one frame, or in the whole picture
  std::vector<Box> boxes;
  std::vector<Edge> edges;
  int exit = 0;                      // whose output is the scope's
  double width = 0, height = 0, axis = 0;  // after layout; axis: x of the main path
};

enum class Tone { data, weights, shapes, plain, join };  // what a layer does, for its colour

struct Box {
  std::string kind, name;            // a frame has no kind
  std::vector<std::string> lines;    // parameters; what follows it elementwise
  std::string shape, parameters;     // of the output; their number in words
  std::string input_shape;
  Tone tone = Tone::plain;
  bool follower = false;             // changes no shape and costs nothing: written into the box before it
  int copies = 1;
  std::string last_name;             // of the last copy
  Scope inside;                      // of a frame

  int rank = 0, lane = 0, column = 0;
  double x = 0, y = 0, width = 0, height = 0, axis = 0;  // x, y: from the scope's corner; axis: from the box's left side
  bool frame() const { return !inside.boxes.empty(); }
};

Scope scope_of(const Net& net, const std::vector<LayerRow>& rows);  // the tree of boxes, followers and repeats folded
void lay_out(Scope& scope, double most_height);   // sizes and places; broken into columns where higher than that (0: never)
std::string paint(const Scope& scope);            // SVG elements

double text_width(std::string_view text, double size);
inline constexpr double kTitle = 13, kSmall = 11, kPad = 10, kLine = 15, kGap = 28, kHeader = 24, kFrame = 14, kSpread = 26;

}  // namespace drawing
}  // namespace synfire
