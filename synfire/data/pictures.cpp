// Two passes over the files: what each is, then its pixels. Between them sizes are agreed on and memory is asked for, once.
#include "synfire/data/pictures.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>

#include "synfire/base/format.h"
#include "synfire/interop/csv.h"
#include "synfire/interop/image.h"

namespace synfire {
namespace {

std::vector<std::byte> read_picture(const std::string& file) {
  struct stat s{};
  if (::stat(file.c_str(), &s) == 0 && !S_ISREG(s.st_mode)) fail(Code::data, Where{file}, "is no file");  // a pipe would keep us waiting
  return read_file(file, kMaxImageBytes);
}

// Does something to each file on the pool; the reason where it fails, "" elsewhere.
std::vector<Error> each_file(const std::vector<std::string>& files, const std::vector<size_t>& which, Pool* pool, const std::function<void(size_t, size_t)>& work) {
  std::vector<Error> errors(which.size());
  auto one = [&](int i) {
    try {
      work(size_t(i), which[size_t(i)]);
    } catch (const Failure& f) {
      errors[size_t(i)] = f.errors().front();
    } catch (const std::bad_alloc&) {
      errors[size_t(i)] = {Code::data, Where{files[which[size_t(i)]]}, "there is not enough memory for it", {}};
    }
  };
  if (pool) pool->run(int(which.size()), one);
  else for (int i = 0; i < int(which.size()); ++i) one(i);
  return errors;
}

// Takes the places of files that failed out of `which`.
void sift(std::vector<size_t>& which, const std::vector<Error>& errors, std::vector<Error>& failed) {
  std::vector<size_t> good;
  for (size_t i = 0; i < which.size(); ++i) {
    if (errors[i].message.empty()) good.push_back(which[i]);
    else failed.push_back(errors[i]);
  }
  which = std::move(good);
}

using Size = std::pair<int64_t, int64_t>;  // height, width

Size suggested(Size common) {  // small enough to train on
  double scale = std::min(1.0, 128.0 / double(std::max(common.first, common.second)));
  return {std::max<int64_t>(1, int64_t(double(common.first) * scale + 0.5)), std::max<int64_t>(1, int64_t(double(common.second) * scale + 0.5))};
}

// Sizes with how many files have each, the commonest first.
std::vector<std::pair<int64_t, Size>> sizes_of(const std::vector<ImageInfo>& infos, const std::vector<size_t>& which) {
  std::map<Size, int64_t> counts;
  for (size_t i : which) ++counts[{infos[i].height, infos[i].width}];
  std::vector<std::pair<int64_t, Size>> sizes;
  for (auto& [size, n] : counts) sizes.push_back({n, size});
  std::stable_sort(sizes.begin(), sizes.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  return sizes;
}

Size agreed_size(const std::vector<ImageInfo>& infos, const std::vector<size_t>& which, const std::string& what, Problems& problems) {
  auto sizes = sizes_of(infos, which);
  Size common = sizes.empty() ? Size{} : sizes[0].second;
  if (sizes.size() <= 1) return common;
  std::string list;
  for (size_t i = 0; i < sizes.size() && i < 5; ++i) list += fmt::format("{}{} x {} ({})", i ? ", " : "", sizes[i].second.first, sizes[i].second.second, sizes[i].first);
  Size good = suggested(common);
  problems.add(Code::data, Where{what}, fmt::format("the pictures have {} sizes, height x width and how many: {}{}", sizes.size(), list, sizes.size() > 5 ? " …" : ""),
               fmt::format("size = [{}, {}] in [data] brings all to one size", good.first, good.second));
  return common;
}

void tell(const std::vector<Error>& failed, size_t all, const std::string& what, const PictureOptions& options, Pictures& result, Problems& problems) {
  if (failed.empty()) return;
  if (options.skip && failed.size() < all) {
    for (const Error& e : failed) result.unreadable.push_back(e.where.file + ": " + e.message);
    return;
  }
  problems.add(Code::data, Where{what}, fmt::format("{} of {} pictures cannot be read", failed.size(), all), "mend or remove them; broken = \"skip\" in [data] leaves them out");
  Offenders offenders;
  for (const Error& e : failed) if (offenders.next()) offenders.add(e.where, e.hint.empty() ? e.message : e.message + ": " + e.hint);
  offenders.report(problems);
}

bool fits_memory(uint64_t count, Size size, int64_t channels, const std::string& what, Problems& problems) {
  double bytes = double(count) * double(size.first) * double(size.second) * double(channels), memory = double(::sysconf(_SC_PHYS_PAGES)) * double(::sysconf(_SC_PAGESIZE));
  if (bytes < 0.8 * memory) return true;
  Size good = suggested(size);
  problems.add(Code::data, Where{what}, fmt::format("{} pictures of {} x {} take {:.1f} GB, this machine has {:.1f} GB", count, size.first, size.second, bytes / 1e9, memory / 1e9),
               fmt::format("size = [{}, {}] in [data] makes them smaller", good.first, good.second));
  return false;
}

}  // namespace

PictureSurvey survey_pictures(const std::vector<std::string>& files, Pool* pool) {
  std::vector<ImageInfo> infos(files.size());
  std::vector<size_t> good(files.size());
  std::iota(good.begin(), good.end(), size_t{0});
  std::vector<Error> failed;
  sift(good, each_file(files, good, pool, [&](size_t, size_t f) { infos[f] = image_info(read_picture(files[f]), files[f]); }), failed);
  auto sizes = sizes_of(infos, good);
  if (sizes.empty()) return {};
  Size size = suggested(sizes[0].second);
  return {size.first, size.second, int64_t(sizes.size())};
}

Pictures read_pictures(const std::vector<std::string>& files, const std::string& what, const PictureOptions& options, Pool* pool, Problems& problems) {
  Pictures result;
  std::vector<ImageInfo> infos(files.size());
  std::vector<size_t>& good = result.read;
  for (size_t i = 0; i < files.size(); ++i) good.push_back(i);
  std::vector<Error> failed;
  sift(good, each_file(files, good, pool, [&](size_t, size_t f) { infos[f] = image_info(read_picture(files[f]), files[f]); }), failed);
  bool given = options.height > 0;
  Size size = given ? Size{options.height, options.width} : agreed_size(infos, good, what, problems);
  int64_t channels = options.channels ? options.channels : std::any_of(good.begin(), good.end(), [&](size_t f) { return infos[f].colour; }) ? 3 : 1;
  if (!problems.empty() || good.empty() || !fits_memory(good.size(), size, channels, what, problems)) {
    tell(failed, files.size(), what, options, result, problems);
    return result;
  }
  size_t bytes = size_t(size.first * size.second * channels);
  std::vector<size_t> place(files.size());
  for (size_t i = 0; i < good.size(); ++i) place[good[i]] = i;
  result.x = Tensor(DType::u8, {int64_t(good.size()), size.first, size.second, channels});
  uint8_t* x = result.x.as<uint8_t>();
  sift(good, each_file(files, good, pool, [&](size_t i, size_t f) {
         std::vector<std::byte> file = read_picture(files[f]);
         ImageInfo info = image_info(file, files[f]);
         if (!given && Size{info.height, info.width} != size) fail(Code::data, Where{files[f]}, "has changed while it was read");
         std::vector<uint8_t> pixels = decode_image(file, files[f], info, channels);
         resize_image(pixels.data(), info.height, info.width, channels, x + i * bytes, size.first, size.second);
       }), failed);
  for (size_t i = 0; i < good.size(); ++i) {  // those that are left move together
    if (place[good[i]] != i) std::copy_n(x + place[good[i]] * bytes, bytes, x + i * bytes);
    result.resized += Size{infos[good[i]].height, infos[good[i]].width} != size;
  }
  result.x.shape[0] = int64_t(good.size()), result.x.bytes.resize(good.size() * bytes);
  std::sort(failed.begin(), failed.end(), [](const Error& a, const Error& b) { return a.where.file < b.where.file; });
  tell(failed, files.size(), what, options, result, problems);
  return result;
}

}  // namespace synfire
