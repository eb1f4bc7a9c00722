// Pictures of numbers: weights of the first layer as a wall of tiles, samples as the network's owner knows them.
#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "synfire/train/job.h"

namespace synfire {

struct Picture {
  int64_t height = 0, width = 0;
  int channels = 1;
  std::vector<uint8_t> pixels;  // [height][width][channels]
};

// The filters of the first layer with weights, at most 64, each scaled so that 0 is grey: kernels of a convolution, or of a dense layer on images
// each unit's weights as the image that it looks for. Colours where the input has three channels. None where there is no such layer.
std::optional<Picture> picture_of_filters(const Job& job);
std::optional<Picture> picture_of_sample(const Dataset& data, int64_t row);  // none where it is no image of 1 or 3 channels

}  // namespace synfire
