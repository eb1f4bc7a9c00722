// The public errors: the engine's own, copied into types that stay as they are.
#include "synfire/api/guard.h"
#include "synfire/tensor/level.h"

namespace synfire::v0 {

struct SYNFIRE_HIDDEN Failure::Impl {
  std::vector<Error> errors;
  std::string text;
};

static_assert(int(Code::usage) == int(engine::Code::usage) && int(Code::config) == int(engine::Code::config) && int(Code::shape) == int(engine::Code::shape) &&
              int(Code::data) == int(engine::Code::data) && int(Code::io) == int(engine::Code::io) && int(Code::diverged) == int(engine::Code::diverged) &&
              int(Code::interrupted) == int(engine::Code::interrupted) && int(Code::internal) == int(engine::Code::internal));

std::string Error::str() const { return engine::Error{engine::Code(int(code)), {where.file, where.line, where.column}, message, hint}.str(); }

Failure::Failure(std::vector<Error> errors) {
  if (errors.empty()) errors.emplace_back();
  std::string text;
  for (const Error& e : errors) text += (text.empty() ? "" : "\n") + e.str();
  impl_ = std::make_shared<const Impl>(Impl{std::move(errors), std::move(text)});
}

Failure::Failure(const Failure&) = default;
Failure& Failure::operator=(const Failure&) = default;
Failure::~Failure() = default;
const std::vector<Error>& Failure::errors() const noexcept { return impl_->errors; }
const char* Failure::what() const noexcept { return impl_->text.c_str(); }

Failure public_failure(const engine::Failure& f) {
  std::vector<Error> errors;
  for (const engine::Error& e : f.errors()) errors.push_back({Code(int(e.code)), {e.where.file, e.where.line, e.where.column}, e.message, e.hint});
  return Failure(std::move(errors));
}

Failure failure_of(Code code, std::string message, std::string hint) { return Failure({Error{code, {}, std::move(message), std::move(hint)}}); }

std::string version() { return SYNFIRE_VERSION; }
std::string level() { return engine::level_name(); }

}  // namespace synfire::v0
