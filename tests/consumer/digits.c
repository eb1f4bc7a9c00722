/* The C ABI from C99: a network trained with a callback, saved, loaded and asked; mistakes come back as codes with words. */
#include <synfire/synfire.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int passed = 0, failed = 0;

static void check(int good, const char *what) {
  if (good) ++passed;
  else ++failed, printf("FAILED %s\n", what);
}

static int32_t count_epochs(const synfire_epoch *epoch, void *user) {
  int *epochs = user;
  check(epoch->epoch == *epochs + 1 && epoch->epochs == 12 && epoch->train_loss > 0 && epoch->validation_accuracy > 0, "an epoch is told");
  return ++*epochs < 12;
}

/* A run that learned from a table: colour (green, red, yellow), size, price. */
static void table(const char *run) {
  const char *cells[] = {"red", "4.5", "1", "green", NULL, "2"}, *wrong[] = {"blue", "4", "1"};
  float numbers[] = {0, 1, 0, 4.5f, 1}, y[4], same[2];
  synfire_error error;
  synfire_model *model = synfire_load(run, 1, &error);
  check(model && synfire_columns(model) == 3 && strcmp(synfire_column_name(model, 0), "colour") == 0 && !synfire_column_name(model, 3), "columns");
  check(synfire_column_levels(model, 0) == 3 && synfire_column_levels(model, 1) == 0 && strcmp(synfire_column_level(model, 0, 2), "yellow") == 0 && !synfire_column_level(model, 1, 0), "levels");
  check(strcmp(synfire_feature_name(model, 1), "colour=red") == 0 && !synfire_feature_name(model, 5), "features");
  check(synfire_predict_rows(model, cells, 2, y, &error) == SYNFIRE_OK && synfire_predict(model, numbers, 1, same, &error) == SYNFIRE_OK && memcmp(y, same, sizeof same) == 0, "texts and numbers say the same");
  check(synfire_predict_rows(model, wrong, 1, y, &error) == SYNFIRE_DATA && strstr(error.message, "blue"), "an unknown level");
  check(synfire_predict_rows(model, NULL, 1, y, &error) == SYNFIRE_USAGE && synfire_predict_rows(NULL, cells, 1, y, NULL) == SYNFIRE_USAGE && synfire_columns(NULL) == 0, "nothing is no table");
  synfire_free(model);
}

static void picture(const char *run, const char *path) {
  float y[2];
  synfire_error error;
  synfire_model *model = synfire_load(run, 1, &error);
  check(model && synfire_columns(model) == 0 && synfire_predict_picture(model, path, y, &error) == SYNFIRE_OK && fabs(y[0] + y[1] - 1) < 1e-5, "a picture from a file");
  check(synfire_predict_picture(model, "/nowhere.png", y, &error) != SYNFIRE_OK && strstr(error.file, "nowhere"), "a picture that is not there");
  synfire_free(model);
}

int main(int argc, char **argv) {
  const char *text = "data = \"digits\"\n[[layer]]\nkind = \"dense\"\nunits = \"classes\"\n";
  const char *settings[] = {"train.epochs=12", NULL};
  float x[2 * 64] = {0}, y[2 * 10], again[2 * 10];
  float xs[8] = {0, 1, 2, 3, 4, 5, 6, 7}, ys[8] = {1, 3, 5, 7, 9, 11, 13, 15};
  synfire_error error;
  synfire_result result;
  synfire_data data;
  synfire_model *model, *loaded;
  int epochs = 0;
  if (argc < 2) return 2;
  check(synfire_abi_version() >= SYNFIRE_ABI_VERSION, "the library is as new as the header");

  model = synfire_parse(text, NULL, settings, 2, &error);
  if (!model) return printf("FAILED %s\n", error.message), 1;
  check(synfire_inputs(model) == 64 && synfire_outputs(model) == 10 && synfire_classes(model) == 10 && synfire_parameters(model) == 650, "sizes");
  check(strcmp(synfire_class_name(model, 3), "3") == 0 && !synfire_class_name(model, 10), "names of classes");
  check(synfire_train(model, NULL, count_epochs, &epochs, &result, &error) == SYNFIRE_OK && epochs == 12, "training");
  check(result.epochs == 12 && result.test_accuracy > 0.85 && result.test_loss > 0, "what came of it");
  x[64] = 16;
  check(synfire_predict(model, x, 2, y, &error) == SYNFIRE_OK && fabs(y[0] + y[1] + y[2] + y[3] + y[4] + y[5] + y[6] + y[7] + y[8] + y[9] - 1) < 1e-5, "probabilities");
  check(synfire_save(model, argv[1], &error) == SYNFIRE_OK, "saving");
  loaded = synfire_load(argv[1], 1, &error);
  check(loaded && synfire_predict(loaded, x, 2, again, &error) == SYNFIRE_OK && memcmp(y, again, sizeof y) == 0, "loaded, it says the same");
  check(synfire_train(loaded, NULL, NULL, NULL, NULL, &error) == SYNFIRE_USAGE && error.code == SYNFIRE_USAGE && strlen(error.hint) > 0, "nothing to train on");
  synfire_free(loaded), synfire_free(model), synfire_free(NULL);

  memset(&data, 0, sizeof data);
  data.samples = 8, data.rank = 1, data.shape[0] = 1, data.x = xs, data.targets = ys, data.targets_each = 1;
  model = synfire_parse_with("[[layer]]\nkind = \"dense\"\nunits = \"targets\"\n[train]\nepochs = 3\n", &data, NULL, 1, &error);
  check(model && synfire_classes(model) == 0 && synfire_outputs(model) == 1, "numbers from memory");
  check(model && synfire_train(model, NULL, NULL, NULL, &result, NULL) == SYNFIRE_OK && isnan(result.test_accuracy), "trained; no accuracy of numbers");
  synfire_free(model);

  check(!synfire_parse("data = \"digitz\"", NULL, NULL, 0, &error) && error.code == SYNFIRE_CONFIG && error.line == 1 && error.count == 1 && strstr(error.hint, "digits"), "a wrong name, with its line");
  check(!synfire_read(NULL, NULL, 0, &error) && error.code == SYNFIRE_USAGE, "no path");
  check(!synfire_read("/nowhere.toml", NULL, 0, NULL), "without a place for the error");
  check(!synfire_load("/nowhere", 0, &error) && strcmp(error.file, "/nowhere") == 0, "no run");
  check(synfire_predict(NULL, x, 1, y, &error) == SYNFIRE_USAGE, "no model");
  if (argc >= 5) table(argv[2]), picture(argv[3], argv[4]);
  printf("%d passed, %d failed\n", passed, failed);
  return failed != 0;
}
