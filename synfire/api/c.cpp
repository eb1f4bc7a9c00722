// The C ABI: each function is one call of the C++ one, and nothing is thrown past it.
#include <synfire/synfire.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "synfire/api/guard.h"

using synfire::v0::Code;
using synfire::v0::Error;
using synfire::v0::Failure;
using synfire::v0::Metrics;
using synfire::v0::Model;
using synfire::v0::Options;

struct synfire_model {
  Model model;
  std::vector<synfire::v0::Column> columns = model.columns();
};

namespace {

// Cut where a character ends.
template <size_t N>
void copy_text(char (&to)[N], const std::string& from) {
  size_t n = std::min(from.size(), N - 1);
  if (n < from.size()) while (n > 0 && (static_cast<unsigned char>(from[n]) & 0xC0) == 0x80) --n;
  std::memcpy(to, from.data(), n);
  to[n] = 0;
}

int32_t tell(synfire_error* to, const Error& e, size_t count) noexcept {
  int32_t code = int32_t(e.code) + 1;
  if (!to) return code;
  to->code = code, to->count = int32_t(count), to->line = e.where.line, to->column = e.where.column;
  copy_text(to->file, e.where.file), copy_text(to->message, e.message), copy_text(to->hint, e.hint);
  return code;
}

// Runs f; its result, or `otherwise` with the error filled in.
template <class F>
int32_t caught(synfire_error* error, const F& f) noexcept {
  if (error) std::memset(error, 0, sizeof *error);
  try {
    f();
    return SYNFIRE_OK;
  } catch (const Failure& e) {
    return tell(error, e.errors().front(), e.errors().size());
  } catch (const std::bad_alloc&) {
    return tell(error, Error{Code::io, {}, "out of memory", ""}, 1);
  } catch (const std::exception& e) {
    return tell(error, Error{Code::internal, {}, e.what(), ""}, 1);
  } catch (...) {
    return tell(error, Error{Code::internal, {}, "something was thrown that is no exception", ""}, 1);
  }
}

void expect(bool good, const char* what) {
  if (!good) throw Failure({Error{Code::usage, {}, what, ""}});
}

Options options_of(const char* const* settings, int32_t threads, const char* folder = nullptr) {
  Options o;
  o.threads = threads;
  for (; settings && *settings; ++settings) o.set.emplace_back(*settings);
  if (folder) o.folder = folder;
  return o;
}

template <class F>
synfire_model* made(synfire_error* error, const F& f) noexcept {
  synfire_model* m = nullptr;
  caught(error, [&] { m = new synfire_model{f()}; });
  return m;
}

synfire::v0::Data data_of(const synfire_data& c) {
  expect(c.rank >= 1 && c.rank <= 3 && c.samples > 0 && c.x, "synfire_data needs samples, x, and a rank of 1 or 3");
  synfire::v0::Data d;
  d.sample.assign(c.shape, c.shape + c.rank);
  int64_t each = 1;
  for (int64_t n : d.sample) {
    expect(n > 0 && each <= (int64_t{1} << 40) / n, "synfire_data has a shape that no memory holds");
    each *= n;
  }
  expect(c.samples <= (int64_t{1} << 40) / each && c.targets_each >= 0 && c.targets_each <= 1 << 20, "synfire_data has more samples than memory holds");
  d.x.assign(c.x, c.x + c.samples * each);
  if (c.labels) d.labels.assign(c.labels, c.labels + c.samples);
  d.targets_each = std::max<int64_t>(c.targets_each, 1);
  if (c.targets) d.targets.assign(c.targets, c.targets + c.samples * d.targets_each);
  return d;
}

double metric(const Metrics& m, const char* name) {
  auto it = m.find(name);
  return it == m.end() ? std::numeric_limits<double>::quiet_NaN() : it->second;
}

}  // namespace

extern "C" {

uint32_t synfire_abi_version(void) { return SYNFIRE_ABI_VERSION; }
const char* synfire_version(void) { return SYNFIRE_VERSION; }

synfire_model* synfire_read(const char* path, const char* const* settings, int32_t threads, synfire_error* error) {
  return made(error, [&] {
    expect(path, "synfire_read needs a path");
    return Model::read(path, options_of(settings, threads));
  });
}

synfire_model* synfire_parse(const char* text, const char* folder, const char* const* settings, int32_t threads, synfire_error* error) {
  return made(error, [&] {
    expect(text, "synfire_parse needs a text");
    return Model::parse(text, options_of(settings, threads, folder));
  });
}

synfire_model* synfire_parse_with(const char* text, const synfire_data* data, const char* const* settings, int32_t threads, synfire_error* error) {
  return made(error, [&] {
    expect(text && data, "synfire_parse_with needs a text and data");
    return Model::parse(text, data_of(*data), options_of(settings, threads));
  });
}

synfire_model* synfire_load(const char* path, int32_t threads, synfire_error* error) {
  return made(error, [&] {
    expect(path, "synfire_load needs a path");
    return Model::load(path, options_of(nullptr, threads));
  });
}

void synfire_free(synfire_model* model) { delete model; }

int32_t synfire_train(synfire_model* model, const char* runs, int32_t (*on_epoch)(const synfire_epoch*, void*), void* user, synfire_result* result, synfire_error* error) {
  return caught(error, [&] {
    expect(model, "synfire_train needs a model");
    synfire::v0::TrainOptions o;
    if (runs) o.runs = runs;
    if (on_epoch) o.on_epoch = [&](const synfire::v0::Epoch& e) {
      synfire_epoch c{e.epoch, e.epochs, e.step, e.seconds, e.rate, metric(e.train, "loss"), metric(e.validation, "loss"), metric(e.validation, "accuracy")};
      return on_epoch(&c, user) != 0;
    };
    synfire::v0::Result r = model->model.train(o);
    if (result)
      *result = {r.epochs, r.steps, r.seconds, metric(r.validation, "loss"), metric(r.validation, "accuracy"), metric(r.test, "loss"), metric(r.test, "accuracy"), r.stopped ? 1 : 0};
  });
}

int32_t synfire_predict(const synfire_model* model, const float* x, int64_t samples, float* out, synfire_error* error) {
  return caught(error, [&] {
    expect(model && (samples == 0 || (x && out)), "synfire_predict needs a model, x and out");
    model->model.predict(x, samples, out);
  });
}

int32_t synfire_predict_rows(const synfire_model* model, const char* const* cells, int64_t rows, float* out, synfire_error* error) {
  return caught(error, [&] {
    expect(model && rows >= 0 && rows <= int64_t{1} << 40 && (rows == 0 || (cells && out)), "synfire_predict_rows needs a model, cells and out");
    std::vector<std::vector<std::string>> texts(size_t(rows), std::vector<std::string>(model->columns.size()));
    for (auto& row : texts)
      for (std::string& cell : row)
        if (const char* text = *cells++) cell = text;
    std::vector<float> y = model->model.predict_rows(texts);
    std::copy(y.begin(), y.end(), out);
  });
}

int32_t synfire_predict_picture(const synfire_model* model, const char* path, float* out, synfire_error* error) {
  return caught(error, [&] {
    expect(model && path && out, "synfire_predict_picture needs a model, a path and out");
    std::vector<float> y = model->model.predict_file(path);
    expect(int64_t(y.size()) == model->model.outputs(), "synfire_predict_picture takes one picture");
    std::copy(y.begin(), y.end(), out);
  });
}

int32_t synfire_save(const synfire_model* model, const char* folder, synfire_error* error) {
  return caught(error, [&] {
    expect(model && folder, "synfire_save needs a model and a folder");
    model->model.save(folder);
  });
}

int32_t synfire_save_weights(const synfire_model* model, const char* path, synfire_error* error) {
  return caught(error, [&] {
    expect(model && path, "synfire_save_weights needs a model and a path");
    model->model.save_weights(path);
  });
}

int32_t synfire_load_weights(synfire_model* model, const char* path, synfire_error* error) {
  return caught(error, [&] {
    expect(model && path, "synfire_load_weights needs a model and a path");
    model->model.load_weights(path);
  });
}

int64_t synfire_inputs(const synfire_model* model) { return model ? model->model.inputs() : 0; }
int64_t synfire_outputs(const synfire_model* model) { return model ? model->model.outputs() : 0; }
int64_t synfire_classes(const synfire_model* model) { return model ? int64_t(model->model.classes().size()) : 0; }
const char* synfire_class_name(const synfire_model* model, int64_t index) {
  return model && index >= 0 && index < synfire_classes(model) ? model->model.classes()[size_t(index)].c_str() : nullptr;
}
int64_t synfire_parameters(const synfire_model* model) { return model ? model->model.parameters() : 0; }
int64_t synfire_columns(const synfire_model* model) { return model ? int64_t(model->columns.size()) : 0; }
const char* synfire_column_name(const synfire_model* model, int64_t column) {
  return column >= 0 && column < synfire_columns(model) ? model->columns[size_t(column)].name.c_str() : nullptr;
}
int64_t synfire_column_levels(const synfire_model* model, int64_t column) {
  return column >= 0 && column < synfire_columns(model) ? int64_t(model->columns[size_t(column)].levels.size()) : 0;
}
const char* synfire_column_level(const synfire_model* model, int64_t column, int64_t level) {
  return level >= 0 && level < synfire_column_levels(model, column) ? model->columns[size_t(column)].levels[size_t(level)].c_str() : nullptr;
}
const char* synfire_feature_name(const synfire_model* model, int64_t input) {
  return model && input >= 0 && input < int64_t(model->model.features().size()) ? model->model.features()[size_t(input)].c_str() : nullptr;
}

}  // extern "C"
