// Rows (or columns) orthonormal: Gram-Schmidt of a normal matrix. Saxe et al. 2014.
#include <algorithm>
#include <cmath>

#include "synfire/def/initializer.h"

namespace synfire {

struct OrthogonalInit {
  struct P { double gain = 1; };
  static constexpr Field<P> fields[] = {{"gain", &P::gain, "", 0, 100, "factor"}};
  static void fill(const Initial& to, const P& p) {
    int64_t n = std::min(to.rows, to.columns), length = std::max(to.rows, to.columns);
    bool wide = to.columns >= to.rows;
    std::vector<double> v(static_cast<size_t>(n * length));
    for (size_t i = 0; i < v.size(); ++i) v[i] = to.random.normal(i);
    for (int64_t a = 0; a < n; ++a)
      for (int pass = 0; pass < 2; ++pass) {  // twice is enough (Giraud et al. 2005)
        double* x = &v[a * length];
        for (int64_t b = 0; b < a; ++b) {
          double dot = 0;
          for (int64_t k = 0; k < length; ++k) dot += x[k] * v[b * length + k];
          for (int64_t k = 0; k < length; ++k) x[k] -= dot * v[b * length + k];
        }
        double square = 0;
        for (int64_t k = 0; k < length; ++k) square += x[k] * x[k];
        for (int64_t k = 0; k < length; ++k) x[k] /= std::sqrt(square);
      }
    for (int64_t a = 0; a < n; ++a)
      for (int64_t k = 0; k < length; ++k)
        to.data[wide ? a * to.columns + k : k * to.columns + a] = static_cast<float>(p.gain * v[a * length + k]);
  }
};
SYNFIRE_INITIALIZER(OrthogonalInit, "orthogonal", "Orthonormal rows or columns; keeps lengths through deep networks.");

}  // namespace synfire
