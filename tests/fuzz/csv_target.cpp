// Tables: to be trained on, its first column the target; then the same table to be predicted, as a run that learned from it reads it.
#include "synfire/data/samples.h"
#include "synfire/data/source.h"
#include "synfire/interop/csv.h"
#include "synfire/model/toml.h"
#include "tests/fuzz/target.h"

namespace synfire::fuzz {
namespace {

void look(const Csv& csv) {
  for (int64_t r : {int64_t{0}, csv.rows() - 1})
    for (int64_t c : {int64_t{0}, csv.columns() - 1}) {
      Where w = csv.where(r, c);
      expect(w.line >= 1 && w.column >= 1, "a cell has a place");
      csv.number(r, c);
    }
}

void parse(Bytes bytes) {
  for (Csv::Header header : {Csv::Header::automatic, Csv::Header::no}) look(Csv({bytes.begin(), bytes.end()}, "fuzz.csv", {0, header, ','}));
  std::string path = as_file(bytes);
  Node data = parse_toml("kind = \"csv\"\ntarget = \"1\"\nunseen = \"zeros\"\npath = \"" + path + "\"", "model.toml");
  Source source = open_source(data, "");
  read_samples(path, source.data);
}
SYNFIRE_FUZZ_TARGET(csv, parse);

}  // namespace
}  // namespace synfire::fuzz
