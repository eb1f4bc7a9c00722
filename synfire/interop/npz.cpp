// Reading and writing of NPZ archives, by libzip from memory.
#include <zip.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "synfire/base/format.h"
#include "synfire/interop/npy.h"

namespace synfire {
namespace {

constexpr int64_t kMaxEntries = 100000;
constexpr uint64_t kPiece = 1 << 18;    // bytes unpacked at a time
constexpr uint64_t kTrusted = 4 << 20;  // bytes that an archive may claim beyond its own size and be believed

struct Discard { void operator()(zip_t* z) const { zip_discard(z); } };
struct Close { void operator()(zip_file_t* f) const { zip_fclose(f); } };
using Archive = std::unique_ptr<zip_t, Discard>;

Archive open_archive(Bytes file, const std::string& name) {
  if (file.empty()) fail(Code::data, {name}, "is empty");  // libzip takes it for an archive without entries
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  zip_t* z = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
  std::string why = z ? "" : zip_error_strerror(&error);
  zip_error_fini(&error);
  if (!z && source) zip_source_free(source);
  if (!z) fail(Code::data, {name}, fmt::format("is not a readable NPZ archive: {}", why), "numpy.savez(file, x=…, y=…) makes one");
  return Archive(z);
}

struct Item { zip_uint64_t index; std::string key, name; uint64_t size; };  // an array of the archive; name: as errors say it

Item item_of(zip_t* z, zip_uint64_t index, const std::string& file) {
  const char* raw = zip_get_name(z, index, ZIP_FL_ENC_RAW);
  std::string key = raw ? raw : "";
  if (!key.ends_with(".npy")) fail(Code::data, {file}, fmt::format("holds \"{}\", which is no array", key), "numpy.savez(file, x=…, y=…) makes an archive that can be read");
  key.resize(key.size() - 4);
  std::string name = fmt::format("{}[{}]", file, key);
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(z, index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) || !(stat.valid & ZIP_STAT_COMP_SIZE)) fail(Code::data, {name}, "has no size");
  if (stat.size / 1032 > stat.comp_size) fail(Code::data, {name}, fmt::format("claims {} bytes in {} compressed ones, which deflate cannot do", stat.size, stat.comp_size), "the file is damaged");
  return {index, std::move(key), std::move(name), stat.size};
}

// Unpacks an array a piece at a time; `take` gets each piece. Beyond the size that the directory says nothing is unpacked.
template <class F>
void unpack(zip_t* z, const Item& item, std::span<std::byte> piece, const F& take) {
  std::unique_ptr<zip_file_t, Close> file(zip_fopen_index(z, item.index, 0));
  if (!file) fail(Code::data, {item.name}, fmt::format("cannot be unpacked: {}", zip_strerror(z)));
  uint64_t done = 0;
  while (true) {
    zip_int64_t n = zip_fread(file.get(), piece.data(), piece.size());
    if (n < 0) fail(Code::data, {item.name}, fmt::format("cannot be unpacked: {}", zip_file_strerror(file.get())), "the file is damaged; fetch it again");
    done += uint64_t(n);
    if (done > item.size || (n == 0 && done < item.size)) fail(Code::data, {item.name}, fmt::format("does not unpack to the {} bytes that its directory says", item.size), "the file is damaged; fetch it again");
    if (n == 0) return;
    if (!take(Bytes(piece).first(size_t(n)))) return;
  }
}

// What the array's own header claims must be what the archive says; and, unless `brief`, all of it must unpack. Costs no memory.
void check(zip_t* z, const Item& item, bool brief) {
  std::vector<std::byte> piece(kMaxNpyHeader);
  bool first = true;
  unpack(z, item, piece, [&](Bytes bytes) {
    if (std::exchange(first, false))
      if (uint64_t claimed = npy_size(bytes, item.name); claimed != item.size)
        fail(Code::data, {item.name}, fmt::format("has {} bytes, its header claims {}", item.size, claimed), "the file is cut off or damaged; fetch it again");
    return !brief;
  });
  if (first) fail(Code::data, {item.name}, "is empty", "the file is damaged; fetch it again");
}

Tensor read_item(zip_t* z, const Item& item) {
  std::vector<std::byte> bytes, piece(kPiece);
  bytes.reserve(item.size);
  unpack(z, item, piece, [&](Bytes part) { return bytes.insert(bytes.end(), part.begin(), part.end()), true; });
  return parse_npy(bytes, item.name);
}

}  // namespace

std::map<std::string, Tensor> parse_npz(Bytes file, const std::string& name) {
  Archive z = open_archive(file, name);
  zip_int64_t count = zip_get_num_entries(z.get(), 0);
  if (count < 0 || count > kMaxEntries) fail(Code::data, {name}, fmt::format("has {} arrays, {} is the limit", count, kMaxEntries));
  std::vector<Item> items;
  uint64_t total = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    items.push_back(item_of(z.get(), zip_uint64_t(i), name));
    total += std::min(items.back().size, UINT64_MAX - total);
  }
  if (total / 1032 > file.size()) fail(Code::data, {name}, fmt::format("claims {} bytes of arrays in a file of {}, which deflate cannot do", total, file.size()), "the file is damaged");
  for (const Item& item : items) check(z.get(), item, total <= kTrusted + file.size());
  std::map<std::string, Tensor> tensors;
  for (const Item& item : items)
    if (!tensors.emplace(item.key, read_item(z.get(), item)).second) fail(Code::data, {name}, fmt::format("has two arrays called \"{}\"", item.key));
  return tensors;
}

std::map<std::string, Tensor> read_npz(const std::string& path) { return parse_npz(read_file(path), path); }

std::string encode_npz(const std::map<std::string, Tensor>& tensors) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_t* z = target ? zip_open_from_source(target, ZIP_TRUNCATE, &error) : nullptr;
  if (!z) fail(Code::io, "libzip cannot start an archive");
  zip_source_keep(target);  // still needed after the archive is closed
  std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> result(target, zip_source_free);
  Archive archive(z);
  std::vector<std::string> contents;
  contents.reserve(tensors.size());
  for (const auto& [name, t] : tensors) {
    const std::string& content = contents.emplace_back(encode_npy(t));
    zip_source_t* source = zip_source_buffer(z, content.data(), content.size(), 0);
    zip_int64_t index = source ? zip_file_add(z, (name + ".npy").c_str(), source, ZIP_FL_ENC_UTF_8) : -1;
    if (index < 0) {
      if (source) zip_source_free(source);
      fail(Code::io, fmt::format("cannot put \"{}\" into an archive: {}", name, zip_strerror(z)));
    }
    zip_file_set_mtime(z, zip_uint64_t(index), 315532800, 0);  // 1980, so that equal arrays make equal files
  }
  if (zip_close(z) != 0) fail(Code::io, fmt::format("cannot write the archive: {}", zip_strerror(z)));
  static_cast<void>(archive.release());
  zip_stat_t stat;
  zip_stat_init(&stat);
  std::string s;
  if (zip_source_stat(target, &stat) != 0 || zip_source_open(target) != 0) fail(Code::io, "cannot read the archive back");
  s.resize(stat.size);
  zip_int64_t n = zip_source_read(target, s.data(), s.size());
  zip_source_close(target);
  if (n != zip_int64_t(s.size())) fail(Code::io, "cannot read the archive back");
  return s;
}

}  // namespace synfire
