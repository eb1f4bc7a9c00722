// Datasets: where samples and targets come from. A file of catalog/datasets/ reads one kind of source into a Dataset.
//
//   struct Digits { struct P {…}; static constexpr Field<P> fields[]; static Dataset load(const P&, const LoadContext&); };
//   SYNFIRE_DATASET(Digits, "digits", "what it is", "where it comes from, licence");
// `static constexpr std::string_view needed[]` names parameters that have no default.
#pragma once
#include "synfire/base/pool.h"
#include "synfire/def/param.h"
#include "synfire/tensor/tensor.h"

namespace synfire {

enum class Task { classes, numbers };
enum class Part : uint8_t { train, validation, test };
inline constexpr std::string_view kPartNames[] = {"train", "validation", "test"};

// A column of a table and the features it becomes: a number is one; a category is one for each of its levels, 1 where the cell is that
// level and 0 elsewhere (one-hot). Fitted on the training part; a run keeps it, so that later tables are read the same way.
struct TableColumn {
  std::string name;
  std::vector<std::string> levels;  // of a category, in the order of its features; empty: a number
  double fill = 0;                  // stands where a value is missing: the mean, or the place of the commonest level
  int64_t width() const { return levels.empty() ? 1 : int64_t(levels.size()); }
  bool operator==(const TableColumn&) const = default;
};

struct Table {
  std::vector<TableColumn> columns;  // empty: samples do not come from a table
  bool fill = true, unseen = false;  // missing values are filled; levels that were not met in training are taken, as zeros
  char decimal = '.';
  bool operator==(const Table&) const = default;
};

struct Dataset {
  std::string name;
  Shape sample;                            // one sample: an image [H, W, C], features [F] or a sequence [T, F]
  Tensor x;                                // u8 or f32, [rows, sample…]
  bool channels_first = false;             // images had their channels in front in the source; here they are last
  double unit = 1;                         // what a stored 1 is worth: 1/255 for images of bytes
  Task task = Task::classes;
  std::vector<int32_t> labels;             // [rows], 0 … classes - 1
  std::vector<float> targets;              // [rows][target_names], when the task is numbers
  std::vector<std::string> class_names, feature_names, target_names;  // feature_names may be empty
  std::vector<Part> parts;                 // of each row, where the source itself says; empty: nothing is said
  Table table;                             // how cells became features, where samples come from a table
  std::vector<int64_t> missing;            // values that were filled in, of each column of the table
  std::vector<std::string> files;          // of each row, where samples are files of their own; below the source's folder
  std::vector<std::string> unreadable;     // "file: why", of what was left out
  std::vector<std::string> notes;          // what was decided for the user, and what should be looked at: a line each
  std::string hash;                        // SHA-256 of all the numbers above; load_dataset sets it

  int64_t rows() const { return x.shape.rank() > 0 ? x.shape[0] : 0; }
  int64_t classes() const { return task == Task::classes ? int64_t(class_names.size()) : 0; }
  int64_t target_count() const { return task == Task::numbers ? int64_t(target_names.size()) : 1; }
  bool is_image() const { return sample.rank() == 3; }
  int64_t columns() const { return sample[-1]; }  // features, or channels of an image: what transforms are fitted to
  int64_t count(Part part) const;
};

inline constexpr std::string_view kMemory = "memory";  // the kind of data that a program has

struct LoadContext {
  const Node& table;         // the [data] table, for places in errors
  std::string folder;        // of the model file; paths are relative to it
  Problems& problems;        // collects what is wrong; load may also throw
  const Dataset* like = nullptr;  // of a run: its classes and table are to be used again; null: they are made from these data
  Pool* pool = nullptr;      // for heavy work; may be null
  std::string path(const std::string& given) const;
  Where where(std::string_view key) const;  // of the key's value in the model file
};

struct DatasetDef : Entry {
  std::string_view source;   // who made the data, where it lies, its licence
  Dataset (*load)(const Attrs&, const LoadContext&) = nullptr;
};
SYNFIRE_REGISTRY_DECLARE(DatasetDef)

// Reads the dataset that a [data] value (a name or a table) means; `attrs` come from read_params. Everything is checked: counts,
// label ranges, no NaN, no emptiness. Throws Failure(Code::data or config) with all that is wrong.
Dataset load_dataset(const DatasetDef& def, const Attrs& attrs, const Node& data, const std::string& folder, const Dataset* like = nullptr, Pool* pool = nullptr);
Dataset checked(Dataset d);  // the same checks for one that is in memory already, and the hash
void check_dataset(const Dataset& d, Problems& problems);
std::string hash_of(const Dataset& d);

namespace detail {
// Parameters that every source has, unless it has its own default for them.
void add_common_params(std::vector<ParamInfo>& params);
}

template <class T>
bool add_dataset(std::string_view name, std::string_view doc, std::string_view source, std::string_view file) {
  DatasetDef d;
  d.role = "dataset", d.name = name, d.doc = doc, d.file = file, d.source = source, d.params = infos_of<T>();
  if constexpr (requires { T::needed; })
    for (ParamInfo& p : d.params)
      for (std::string_view n : T::needed) p.required |= p.name == n;
  detail::add_common_params(d.params);
  d.load = [](const Attrs& attrs, const LoadContext& c) { return T::load(params_of<T>(attrs), c); };
  return Registry<DatasetDef>::add(d);
}

#define SYNFIRE_DATASET(T, name, doc, source) static const bool registered_dataset_##T = ::synfire::add_dataset<T>(name, doc, source, __FILE__)

}  // namespace synfire
