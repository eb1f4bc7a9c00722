// A model file as a tree in which every value knows where it was written: the engine's own form of TOML, JSON and overrides.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "synfire/base/error.h"

namespace synfire {

enum class Origin { fallback, file, command_line };  // where a value came from: a default, the model file, an override

struct Node {
  enum class Kind { none, boolean, integer, real, text, array, table };
  Kind kind = Kind::none;
  bool boolean = false;
  int64_t integer = 0;
  double real = 0;                                   // of an integer too
  std::string text;
  std::vector<Node> items;                           // of an array
  std::vector<std::pair<std::string, Node>> fields;  // of a table, in the order of the file
  Where where;
  Origin origin = Origin::file;

  Node();  // none of these within the class: clang 14 would look into a vector of pairs with Node before Node is whole
  Node(const Node&);
  Node(Node&&) noexcept;
  Node& operator=(const Node&);
  Node& operator=(Node&&) noexcept;
  ~Node();

  static Node of(bool v);
  static Node of(int64_t v);
  static Node of(double v);
  static Node of(std::string v);
  static Node table();
  static Node array();

  bool is(Kind k) const { return kind == k; }
  bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
  const Node* find(std::string_view key) const;      // null when this is no table or has no such key
  Node* find(std::string_view key);
  Node& set(std::string_view key, Node value);       // adds or replaces
  std::vector<std::string> keys() const;
  std::string str() const;                           // as TOML would write it, on one line
};

std::string_view name_of(Node::Kind kind);           // "a number", "a table" …: as an error says it

}  // namespace synfire
