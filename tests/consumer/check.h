// What the parts of the checks have in common: a count, and the mistake that a call makes.
#pragma once
#include <synfire/synfire.hpp>

#include <cstdio>
#include <string>

inline int passed = 0, failed = 0;

inline void check(bool good, const char* what) {
  good ? ++passed : ++failed;
  if (!good) std::printf("FAILED %s\n", what);
}

template <class F>
synfire::Error mistake(const F& f) {
  try {
    f();
  } catch (const synfire::Failure& e) {
    return e.errors().front();
  }
  return {};
}

inline bool has(const std::string& text, const char* words) { return text.find(words) != text.npos; }

void tables(const std::string& run, const std::string& csv);
void pictures(const std::string& run, const std::string& folder);
