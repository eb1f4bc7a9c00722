// What a finished run leaves for people and programs: predictions.csv, confusion.csv, split.csv.
#pragma once
#include "synfire/train/evaluate.h"

namespace synfire {

// Evaluates rows and writes path: row (from 0), actual, predicted, probability, loss; of numbers row, then target and prediction of each, and
// loss; at the end the sample's file where each has one.
Metrics write_predictions(const std::string& path, Model& model, const Source& source, const std::vector<int64_t>& rows);
std::string confusion_csv(const Metrics& metrics, const std::vector<std::string>& class_names);  // a line an actual class
std::string csv_cell(const std::string& text);                                                   // quoted where it must be

}  // namespace synfire
