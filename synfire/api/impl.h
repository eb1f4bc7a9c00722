// What a public Model holds: a job of the engine, and plans that wait for callers of predict.
#pragma once
#include <map>
#include <mutex>

#include "synfire/api/guard.h"
#include "synfire/train/record.h"

namespace synfire::v0 {

// Whoever predicts takes a plan and puts it back; two callers at once have two. Plans share the weights and nothing else.
class SYNFIRE_HIDDEN PlanShelf {
 public:
  explicit PlanShelf(engine::Model& model) : model_(model) {}

  class Lease {
   public:
    Lease(PlanShelf& shelf, int64_t batch) : shelf_(shelf), plan_(shelf.take(batch)) {}
    ~Lease() { shelf_.put(std::move(plan_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    engine::Executable& operator*() const { return *plan_; }

   private:
    PlanShelf& shelf_;
    std::unique_ptr<engine::Executable> plan_;
  };

 private:
  std::unique_ptr<engine::Executable> take(int64_t batch);
  void put(std::unique_ptr<engine::Executable> plan);

  engine::Model& model_;
  std::mutex mutex_;
  std::map<int64_t, std::vector<std::unique_ptr<engine::Executable>>> idle_;
};

struct SYNFIRE_HIDDEN Model::Impl {
  engine::Job job;
  engine::RunOrigin origin;
  std::string text, ending;        // the description as given; ".toml" or ".json"
  bool has_data = true;
  std::unique_ptr<PlanShelf> shelf;

  Impl(engine::Job job, engine::RunOrigin origin, std::string text, std::string ending, bool has_data);
  void predict(const float* x, int64_t samples, float* out) const;
  std::vector<float> predict(const engine::Dataset& samples) const;
  void predict_batch(const engine::Dataset& samples, int64_t first, int64_t n, float* out) const;
  Result train(const TrainOptions& options, std::exception_ptr& thrown);
  void begin(engine::RunFolder& folder, engine::Trainer& trainer);
  void go_on(engine::RunFolder& folder, engine::Trainer& trainer);
  int64_t outputs() const { return job.source.data.task == engine::Task::classes ? job.source.data.classes() : job.source.data.target_count(); }
  void expect_data(const char* what) const;
};

}  // namespace synfire::v0
