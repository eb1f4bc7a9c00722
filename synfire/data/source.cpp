// From the [data] table to samples.
#include "synfire/data/source.h"

namespace synfire {

namespace {

Source source_of(const Node& data, const std::string& folder, Dataset* samples, const Dataset* like, Pool* pool) {
  Problems problems;
  Choice choice = read_choice("dataset", "data", data, problems);
  Fractions fractions = read_fractions(data.find("split"), problems);
  problems.throw_if_any();
  const Attrs& attrs = choice.attrs;
  Source s;
  if (samples) s.data = checked(std::move(*samples));
  else s.data = load_dataset(*Registry<DatasetDef>::find(choice.kind), attrs, data, folder, like, pool);
  const Node* split = data.find("split");
  s.split = make_split(s.data, fractions, split ? split->where : data.where);
  auto choices = [&](std::string_view name) {
    const Attr* a = attrs.find(name);
    return a ? std::get<std::vector<Choice>>(*a) : std::vector<Choice>{};
  };
  s.fitted = Fitted::fit(summarize(s.data, s.split.train), choices("transform"));
  s.augment = choices("augment");
  s.shuffle = attrs.flag("shuffle", true);
  return s;
}

}  // namespace

Source open_source(const Node& data, const std::string& folder, const Dataset* like, Pool* pool) { return source_of(data, folder, nullptr, like, pool); }
Source open_source(const Node& data, Dataset samples) { return source_of(data, "", &samples, nullptr, nullptr); }

}  // namespace synfire
