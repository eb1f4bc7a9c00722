// Reading and writing of NPZ archives, by libzip from memory.
#include <zip.h>

#include <algorithm>
#include <memory>

#include "synfire/base/format.h"
#include "synfire/interop/npy.h"

namespace synfire {
namespace {

constexpr int64_t kMaxEntries = 100000;
constexpr uint64_t kPiece = 1 << 20;  // bytes read before more is asked for

struct Discard { void operator()(zip_t* z) const { zip_discard(z); } };
struct Close { void operator()(zip_file_t* f) const { zip_fclose(f); } };
using Archive = std::unique_ptr<zip_t, Discard>;

Archive open_archive(Bytes file, const std::string& name) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* source = zip_source_buffer_create(file.data(), file.size(), 0, &error);
  zip_t* z = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
  std::string why = z ? "" : zip_error_strerror(&error);
  zip_error_fini(&error);
  if (!z && source) zip_source_free(source);
  if (!z) fail(Code::data, {name}, format("is not a readable NPZ archive: {}", why), "numpy.savez(file, x=…, y=…) makes one");
  return Archive(z);
}

// Grows with what really comes out, so that neither a false size nor a bomb costs more than the deflate ratio allows.
std::vector<std::byte> contents(zip_t* z, zip_uint64_t index, const std::string& name) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_stat_index(z, index, 0, &stat) != 0 || !(stat.valid & ZIP_STAT_SIZE) || !(stat.valid & ZIP_STAT_COMP_SIZE)) fail(Code::data, {name}, "has an entry without a size");
  if (stat.size > stat.comp_size * 1032 + 1024) fail(Code::data, {name}, format("claims {} bytes in {} compressed ones, which deflate cannot do", stat.size, stat.comp_size), "the file is damaged");
  std::unique_ptr<zip_file_t, Close> file(zip_fopen_index(z, index, 0));
  if (!file) fail(Code::data, {name}, format("cannot be unpacked: {}", zip_strerror(z)));
  std::vector<std::byte> bytes;
  while (true) {
    size_t size = bytes.size();
    bytes.resize(size + size_t(std::min<uint64_t>(std::max<uint64_t>(kPiece, size), stat.size - size + 1)));
    zip_int64_t n = zip_fread(file.get(), bytes.data() + size, bytes.size() - size);
    if (n < 0) fail(Code::data, {name}, format("cannot be unpacked: {}", zip_file_strerror(file.get())), "the file is damaged; fetch it again");
    bytes.resize(size + size_t(n));
    if (bytes.size() > stat.size) fail(Code::data, {name}, "unpacks to more than its directory says", "the file is damaged");
    if (n == 0) break;
  }
  if (bytes.size() != stat.size) fail(Code::data, {name}, format("unpacks to {} bytes, its directory says {}", bytes.size(), stat.size), "the file is damaged; fetch it again");
  return bytes;
}

}  // namespace

std::map<std::string, Tensor> parse_npz(Bytes file, const std::string& name) {
  Archive z = open_archive(file, name);
  zip_int64_t count = zip_get_num_entries(z.get(), 0);
  if (count < 0 || count > kMaxEntries) fail(Code::data, {name}, format("has {} arrays, {} is the limit", count, kMaxEntries));
  std::map<std::string, Tensor> tensors;
  for (zip_int64_t i = 0; i < count; ++i) {
    const char* raw = zip_get_name(z.get(), zip_uint64_t(i), ZIP_FL_ENC_RAW);
    std::string key = raw ? raw : "";
    if (!key.ends_with(".npy")) fail(Code::data, {name}, format("holds \"{}\", which is no array", key), "numpy.savez(file, x=…, y=…) makes an archive that can be read");
    key.resize(key.size() - 4);
    Tensor t = parse_npy(contents(z.get(), zip_uint64_t(i), format("{}[{}]", name, key)), format("{}[{}]", name, key));
    if (!tensors.emplace(key, std::move(t)).second) fail(Code::data, {name}, format("has two arrays called \"{}\"", key));
  }
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
      fail(Code::io, format("cannot put \"{}\" into an archive: {}", name, zip_strerror(z)));
    }
    zip_file_set_mtime(z, zip_uint64_t(index), 315532800, 0);  // 1980, so that equal arrays make equal files
  }
  if (zip_close(z) != 0) fail(Code::io, format("cannot write the archive: {}", zip_strerror(z)));
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
