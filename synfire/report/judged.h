// Judged: what a trained network says of data that it did not learn from, sample by sample: confusion, calibration, the worst samples,
// a few others, and those behind each cell of the confusion matrix.
#pragma once
#include "synfire/report/pictures.h"
#include "synfire/train/evaluate.h"

namespace synfire {

// Classes: {"part", "weights", "rows", "metrics", "confusion": i32 [actual][predicted], "calibration": [{"n", "confidence", "accuracy"}],
// "samples": [{"row", "file" where each has one, "actual", "predicted", "loss", "top": [[class, p]…], "picture" or "features": f32}],
// "worst": […], "some": […], "cells": [[actual, predicted, [sample…]]…]} with indices into samples.
// Numbers: "actual" and "predicted" of a sample are lists; "points": {"actual": f32, "predicted": f32} of up to kMostPoints
// samples in place of confusion and calibration.
Node judge(Model& model, const Source& source, Part part, const std::string& weights);

inline constexpr int64_t kMostPoints = 20000;

}  // namespace synfire
