// Picture files in folders: which files are pictures, which class and part each belongs to. Nothing is opened here.
#pragma once
#include "synfire/def/dataset.h"

namespace synfire {

struct PictureFile {
  std::string path;
  int32_t label = 0;        // place in classes
  Part part = Part::train;
};

struct PictureFolder {
  std::vector<PictureFile> files;     // by part, class and name: the same order on every machine
  std::vector<std::string> classes;   // whole numbers in their order, other names in that of their bytes
  bool parts = false;                 // the folder has train/ and val/ or test/ of its own
  std::vector<std::string> notes;     // what was left out
};

// FOLDER/CLASS/….png, or FOLDER/train/CLASS/….png with val/ (validation/) and test/ beside it. Folders inside a class count to it, links are
// followed, hidden files are not seen. classes: those of a run, which are used again; null: each folder's name is one.
// Problems (data): no folder, no pictures, an empty class, one class only, a class that the training part has not, a link that leads in a circle.
PictureFolder find_pictures(const std::string& folder, const std::vector<std::string>* classes, Problems& problems);

bool is_picture_name(std::string_view name);                      // by its ending: png, jpg, and formats that are refused by name later
std::vector<std::string> pictures_in(const std::string& folder);  // all below it, in the order of their names; Failure(data) when there are none

}  // namespace synfire
