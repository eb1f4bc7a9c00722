// The report as one file: the built page of web/, which is part of this library, with the data of one or several runs put in.
#pragma once
#include <string>
#include <vector>

#include "synfire/base/tree.h"

namespace synfire {

// HTML that works from a folder, without network. Nothing of the data can become markup or script.
std::string report_page(std::vector<Node> runs, const std::string& title);

// A file whole or not at all; gives its size in bytes. Failure(io).
int64_t write_report(const std::string& path, std::vector<Node> runs, const std::string& title);

std::string_view report_bundle();  // web/dist/report.html as it was when this was built

}  // namespace synfire
