// Writing, finding and reading of checkpoints.
#include "synfire/train/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include "synfire/base/atomic_file.h"
#include "synfire/base/format.h"
#include "synfire/interop/safetensors.h"
#include "synfire/model/toml.h"
#include "synfire/train/learning.h"

namespace synfire {
namespace {

namespace fs = std::filesystem;
constexpr const char* kWeights = "weights.safetensors";
constexpr const char* kState = "state.safetensors";
constexpr const char* kManifest = "manifest.json";
constexpr int64_t kFormat = 1;

struct CursorField { const char* name; int64_t Cursor::*whole; double Cursor::*real; };
constexpr CursorField kFields[] = {
    {"step", &Cursor::step, nullptr}, {"epoch_loss", nullptr, &Cursor::epoch_loss}, {"epoch_samples", &Cursor::epoch_samples, nullptr},
    {"epoch_correct", &Cursor::epoch_correct, nullptr}, {"best_step", &Cursor::best_step, nullptr}, {"worse_epochs", &Cursor::worse_epochs, nullptr},
    {"best_loss", nullptr, &Cursor::best_loss}, {"best_accuracy", nullptr, &Cursor::best_accuracy}, {"train_loss", nullptr, &Cursor::train_loss},
    {"train_accuracy", nullptr, &Cursor::train_accuracy}, {"seconds", nullptr, &Cursor::seconds}, {"per_epoch", &Cursor::per_epoch, nullptr}, {"jsonl_bytes", &Cursor::jsonl_bytes, nullptr},
    {"csv_bytes", &Cursor::csv_bytes, nullptr}};

bool is_slot(std::string_view name) { return name.starts_with(kSlotPrefix); }

bool all_finite(const Tensor& t) {
  if (t.dtype != DType::f32) return true;
  auto numbers = t.span<float>();
  return std::all_of(numbers.begin(), numbers.end(), [](float v) { return std::isfinite(v); });
}

Tensor tensor_of(const Store& store, const StoredState& s) {
  Tensor t(s.type.dtype, store.external_shape(s));
  store.read(s, t.bytes.data());
  return t;
}

// What fills `folder` writes into a fresh folder beside it; then the two change places. Whenever this is cut off, one of the three is
// whole: the manifest is written last, and nothing goes before something newer is there.
template <class F>
void replace_folder(const std::string& folder, const F& fill) {
  std::string fresh = folder + ".new", old = folder + ".old";
  std::error_code error;
  auto rename = [](const std::string& from, const std::string& to) { if (syscalls().rename(from.c_str(), to.c_str()) != 0) detail::fail_io(to, "rename"); };
  if (!is_there(folder) && is_there(fresh + "/" + kManifest)) rename(fresh, folder);  // a save was cut off between its two renames
  fs::remove_all(fresh, error);
  fs::create_directories(fresh, error);
  if (error) fail(Code::io, Where{fresh}, fmt::format("cannot be made: {}", error.message()));
  fill(fresh);
  sync_folder(fresh);
  if (is_there(folder)) {
    fs::remove_all(old, error);
    rename(folder, old);
  }
  rename(fresh, folder);
  sync_folder(fs::path(folder).parent_path().string());
}

Node read_manifest(const std::string& folder) {
  std::string path = folder + "/" + kManifest;
  std::vector<std::byte> bytes = read_file(path, 1 << 20);
  try {
    return parse_json(text_of(bytes), path);
  } catch (const Failure& f) {
    fail(Code::data, Where{path}, "this manifest is damaged", f.errors().front().message);
  }
}

int64_t whole(const Node& table, const char* key, const std::string& path) {
  const Node* n = table.find(key);
  if (!n || !n->is(Node::Kind::integer)) fail(Code::data, Where{path}, fmt::format("the manifest has no whole number \"{}\"", key), "the checkpoint is damaged");
  return n->integer;
}

std::vector<std::byte> read_checked(const Node& manifest, const std::string& folder, const char* name) {
  std::string path = folder + "/" + name;
  const Node* files = manifest.find("files");
  const Node* hash = files ? files->find(name) : nullptr;
  std::vector<std::byte> bytes = read_file(path);
  if (!hash || sha256(bytes) != hash->text) fail(Code::data, Where{path}, "its content is not what the manifest says", "the file was changed or damaged; an older checkpoint may be whole");
  return bytes;
}

// The step of a whole checkpoint, or nothing.
std::optional<int64_t> step_of(const std::string& folder) {
  try {
    Node manifest = read_manifest(folder);
    for (const char* name : {kWeights, kState}) read_checked(manifest, folder, name);
    return whole(manifest, "step", folder);
  } catch (const Failure&) {
    return std::nullopt;
  }
}

// Puts tensors into those states that `wanted` picks; every mismatch is told at once.
template <class F>
void fill_store(Store& store, const std::map<std::string, Tensor>& tensors, const std::string& file, const F& wanted) {
  Problems problems;
  size_t used = 0;
  for (const auto& s : store.states()) {
    if (!wanted(s->name)) continue;
    auto it = tensors.find(s->name);
    Shape shape = store.external_shape(*s);
    if (it == tensors.end()) { problems.add(Code::data, Where{file}, fmt::format("has no \"{}\"", s->name), "it was made for another network"); continue; }
    ++used;
    const Tensor& t = it->second;
    if (t.dtype != s->type.dtype || !(t.shape == shape))
      problems.add(Code::data, Where{file}, fmt::format("\"{}\" is {} {}, the network's is {} {}", s->name, name_of(t.dtype), t.shape.str(), name_of(s->type.dtype), shape.str()), "it was made for another network");
    else if (!all_finite(t))
      problems.add(Code::data, Where{file}, fmt::format("\"{}\" holds numbers that are not finite", s->name), "it comes from a training that went wrong");
  }
  for (const auto& [name, t] : tensors)
    if (!store.find(name) && !name.ends_with(".num_batches_tracked") && !name.starts_with("transform."))
      problems.add(Code::data, Where{file}, fmt::format("\"{}\" is nothing that the network has", name), "it was made for another network");
  problems.throw_if_any();
  for (const auto& s : store.states()) if (wanted(s->name)) store.write(*s, tensors.at(s->name).bytes.data());
}

}  // namespace

Snapshot take_snapshot(const Store& store, const Fitted& fitted, const Cursor& cursor, bool with_slots) {
  Snapshot snapshot{{}, fitted.tensors(), cursor};
  for (const auto& s : store.states()) {
    if (!is_slot(s->name)) snapshot.weights[s->name] = tensor_of(store, *s);
    else if (with_slots) snapshot.state[s->name] = tensor_of(store, *s);
  }
  return snapshot;
}

bool all_finite(const Snapshot& snapshot) {
  for (const auto* tensors : {&snapshot.weights, &snapshot.state})
    for (const auto& [name, t] : *tensors) if (!all_finite(t)) return false;
  return true;
}

void save_checkpoint(const std::string& folder, const Snapshot& snapshot) {
  replace_folder(folder, [&](const std::string& fresh) {
    Node files = Node::table(), manifest = Node::table();
    files.set(kWeights, Node::of(write_safetensors(fresh + "/" + kWeights, snapshot.weights, {{"format", "pt"}})));
    files.set(kState, Node::of(write_safetensors(fresh + "/" + kState, snapshot.state)));
    manifest.set("format", Node::of(kFormat));
    for (const CursorField& f : kFields) manifest.set(f.name, f.whole ? Node::of(snapshot.cursor.*f.whole) : Node::of(snapshot.cursor.*f.real));
    manifest.set("files", files);
    write_file(fresh + "/" + kManifest, write_json(manifest) + "\n");
  });
}

std::optional<std::string> find_checkpoint(const std::string& folder, std::optional<int64_t> step) {
  bool any = false, whole = false;
  for (std::string_view ending : {"", ".new", ".old"}) {  // a .new beside a whole `folder` was never reported as saved
    std::string candidate = folder + std::string(ending);
    if (!is_there(candidate)) continue;
    std::optional<int64_t> is = step_of(candidate);
    any |= ending != ".new";  // alone it is a first save that was cut off
    whole |= is.has_value();
    if (is && (!step || *is == *step)) return candidate;
  }
  if (any && !whole) fail(Code::data, Where{folder}, "this checkpoint is damaged, and there is no older one that is whole", "start again, or load the weights of another checkpoint with train.init_from");
  return std::nullopt;
}

Cursor load_checkpoint(const std::string& folder, Store& store, Fitted& fitted, bool with_slots) {
  Node manifest = read_manifest(folder);
  std::string place = folder + "/" + kManifest;
  if (int64_t format_is = whole(manifest, "format", place); format_is != kFormat)
    fail(Code::data, Where{place}, fmt::format("the checkpoint has format {}, this program reads {}", format_is, kFormat), format_is > kFormat ? "a newer synfire made it" : "");
  auto weights = parse_safetensors(read_checked(manifest, folder, kWeights), folder + "/" + kWeights).tensors;
  auto state = parse_safetensors(read_checked(manifest, folder, kState), folder + "/" + kState).tensors;
  fill_store(store, weights, folder + "/" + kWeights, [](const std::string& name) { return !is_slot(name); });
  if (with_slots) fill_store(store, state, folder + "/" + kState, [](const std::string& name) { return is_slot(name); });
  fitted = Fitted::from(state, int64_t(fitted.scale.size()));
  Cursor cursor;
  for (const CursorField& f : kFields) {
    const Node* n = manifest.find(f.name);
    if (!n || (f.whole ? !n->is(Node::Kind::integer) : !n->is_number())) fail(Code::data, Where{place}, fmt::format("the manifest has no number \"{}\"", f.name), "the checkpoint is damaged");
    if (f.whole) cursor.*f.whole = n->integer;
    else cursor.*f.real = n->real;
    if (f.whole && n->integer < -1) fail(Code::data, Where{place}, fmt::format("\"{}\" is {}", f.name, n->integer), "the checkpoint is damaged");
  }
  if (cursor.step < 0) fail(Code::data, Where{place}, "the step is before the first", "the checkpoint is damaged");
  return cursor;
}

void load_weights(const std::string& file, Store& store) {
  fill_store(store, read_safetensors(file), file, [](const std::string& name) { return !is_slot(name); });
}

}  // namespace synfire
