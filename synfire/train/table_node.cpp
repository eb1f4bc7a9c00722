// Writing and checking of a run's table.
#include "synfire/train/table_node.h"

namespace synfire {

Node node_of(const Table& table) {
  Node n = Node::table(), columns = Node::array();
  n.set("fill", Node::of(table.fill)), n.set("unseen", Node::of(table.unseen)), n.set("decimal", Node::of(std::string(1, table.decimal)));
  for (const TableColumn& c : table.columns) {
    Node column = Node::table(), levels = Node::array();
    for (const std::string& level : c.levels) levels.items.push_back(Node::of(level));
    column.set("name", Node::of(c.name)), column.set("fill", Node::of(c.fill)), column.set("levels", std::move(levels));
    columns.items.push_back(std::move(column));
  }
  n.set("columns", std::move(columns));
  return n;
}

bool read_table(const Node& node, int64_t features, Table& table) {
  const Node *fill = node.find("fill"), *unseen = node.find("unseen"), *decimal = node.find("decimal"), *columns = node.find("columns");
  if (!fill || !fill->is(Node::Kind::boolean) || !unseen || !unseen->is(Node::Kind::boolean) || !decimal || decimal->text.size() != 1) return false;
  if (!columns || !columns->is(Node::Kind::array)) return false;
  table = {{}, fill->boolean, unseen->boolean, decimal->text[0]};
  int64_t width = 0;
  for (const Node& n : columns->items) {
    const Node *name = n.find("name"), *value = n.find("fill"), *levels = n.find("levels");
    if (!name || !name->is(Node::Kind::text) || !value || !value->is_number() || !levels || !levels->is(Node::Kind::array)) return false;
    TableColumn c{name->text, {}, value->real};
    for (const Node& level : levels->items) {
      if (!level.is(Node::Kind::text)) return false;
      c.levels.push_back(level.text);
    }
    if (!c.levels.empty() && !(c.fill >= 0 && c.fill < double(c.levels.size()))) return false;
    width += c.width();
    table.columns.push_back(std::move(c));
  }
  return width == features;
}

}  // namespace synfire
