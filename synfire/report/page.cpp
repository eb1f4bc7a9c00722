// Data into the page.
#include "synfire/report/page.h"

#include <algorithm>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/model/toml.h"

namespace synfire {
namespace {

constexpr std::string_view kData = "__SYNFIRE_DATA__", kTitle = "__SYNFIRE_TITLE__", kText = "__SYNFIRE_TEXT__";

// JSON within <script>: "<" can begin </script> or <!--, and is as well written as an escape.
std::string within_script(const std::string& json) {
  std::string s;
  s.reserve(json.size());
  for (char c : json) {
    if (c == '<') s += "\\u003c";
    else s += c;
  }
  return s;
}

std::string within_html(const std::string& text) {
  std::string s;
  for (char c : text) {
    if (c == '<') s += "&lt;";
    else if (c == '>') s += "&gt;";
    else if (c == '&') s += "&amp;";
    else if (c == '"') s += "&quot;";
    else s += c;
  }
  return s;
}

// For readers without scripts: the numbers at the end.
std::string plain_text(const std::vector<Node>& runs) {
  std::string s;
  for (const Node& run : runs) {
    const Node *info = run.find("info"), *result = info ? info->find("result") : nullptr;
    s += fmt::format("<h1>{}</h1><p>{}</p>", within_html(run.find("name")->text), within_html(run.find("state")->text));
    for (const char* part : {"train", "validation", "test"}) {
      const Node* metrics = result ? result->find(part) : nullptr;
      if (!metrics) continue;
      s += fmt::format("<table><caption>{}</caption>", part);
      for (const auto& [name, v] : metrics->fields) s += fmt::format("<tr><th>{}</th><td>{:.5g}</td></tr>", within_html(name), v.real);
      s += "</table>";
    }
  }
  return s;
}

}  // namespace

std::string report_page(std::vector<Node> runs, const std::string& title) {
  std::string text = plain_text(runs);
  Node data = Node::table(), list = Node::array();
  list.items = std::move(runs);
  data.set("format", Node::of(int64_t{1})), data.set("runs", std::move(list));
  std::string json = within_script(write_json(data)), page;
  std::string_view rest = report_bundle();
  page.reserve(rest.size() + json.size() + text.size());
  // One pass, so that what is put in is never looked through for markers.
  while (!rest.empty()) {
    size_t at = std::min(rest.find("__SYNFIRE_"), rest.size());
    page += rest.substr(0, at);
    rest.remove_prefix(at);
    if (rest.starts_with(kData)) page += json, rest.remove_prefix(kData.size());
    else if (rest.starts_with(kTitle)) page += within_html(title), rest.remove_prefix(kTitle.size());
    else if (rest.starts_with(kText)) page += text, rest.remove_prefix(kText.size());
    else if (!rest.empty()) page += rest[0], rest.remove_prefix(1);
  }
  return page;
}

int64_t write_report(const std::string& path, std::vector<Node> runs, const std::string& title) {
  std::string page = report_page(std::move(runs), title);
  write_file(path, page);
  return int64_t(page.size());
}

}  // namespace synfire
