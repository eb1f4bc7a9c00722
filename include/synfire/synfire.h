/* Synfire for C, and for every language that can call C. The ABI of version 1 stays: functions are added, none is changed.
 *
 *   synfire_error error;
 *   synfire_model* model = synfire_read("model.toml", NULL, 0, &error);
 *   if (!model || synfire_train(model, "runs", NULL, NULL, NULL, &error) != SYNFIRE_OK) puts(error.message);
 *   synfire_predict(model, x, samples, y, &error);
 *   synfire_free(model);
 *
 * Functions that can fail give SYNFIRE_OK or the code of what went wrong, or a null handle, and fill `error` where it is not null.
 * Nothing is thrown across this border. Texts are UTF-8; those that are returned belong to the handle.
 *
 * Threads: functions that take a const handle may be called for it by any number of threads at once, and each gets the bits that one
 * alone would get; synfire_train, synfire_load_weights and synfire_free need it alone. Handles have nothing in common. on_epoch is
 * called on the thread that called synfire_train. After fork() a child makes its own handle. */
#ifndef SYNFIRE_SYNFIRE_H
#define SYNFIRE_SYNFIRE_H

#include <stdint.h>

#include <synfire/version.h>

#ifdef __cplusplus
extern "C" {
#endif

#define SYNFIRE_ABI_VERSION 1

typedef enum synfire_code {
  SYNFIRE_OK = 0,
  SYNFIRE_USAGE = 1,       /* a call, an option or a path that makes no sense */
  SYNFIRE_CONFIG = 2,      /* the description */
  SYNFIRE_SHAPE = 3,       /* layers or arrays that do not fit */
  SYNFIRE_DATA = 4,        /* data or checkpoints */
  SYNFIRE_IO = 5,          /* files, memory */
  SYNFIRE_DIVERGED = 6,    /* a number in training is not finite */
  SYNFIRE_INTERRUPTED = 7,
  SYNFIRE_INTERNAL = 8
} synfire_code;

typedef struct synfire_error {
  int32_t code;            /* a synfire_code; the other fields are of the first mistake */
  int32_t count;           /* how many mistakes were found */
  int32_t line, column;    /* in file, from 1; 0: unknown */
  char file[512];          /* "" when there is none; texts too long are cut at a whole character */
  char message[1024];
  char hint[512];
} synfire_error;

typedef struct synfire_model synfire_model;

typedef struct synfire_epoch {
  int64_t epoch, epochs, step;
  double seconds, rate;
  double train_loss, validation_loss, validation_accuracy; /* NaN: not measured */
} synfire_epoch;

typedef struct synfire_result {
  int64_t epochs, steps;
  double seconds;
  double validation_loss, validation_accuracy, test_loss, test_accuracy; /* NaN: not measured */
  int32_t stopped;
} synfire_result;

/* Samples in memory: labels from 0 for classes, or else targets, targets_each a sample. */
typedef struct synfire_data {
  int64_t samples;
  int32_t rank;            /* 1: {features}; 3: {height, width, channels} */
  int64_t shape[3];
  const float* x;          /* copied */
  const int32_t* labels;   /* null when targets are given */
  const float* targets;
  int64_t targets_each;
} synfire_data;

uint32_t synfire_abi_version(void); /* SYNFIRE_ABI_VERSION of the library that runs; refuse to go on with a smaller one than you need */
const char* synfire_version(void);

/* settings: "train.epochs=3" …, ended by NULL; or NULL. threads: 0 takes all processors. */
synfire_model* synfire_read(const char* path, const char* const* settings, int32_t threads, synfire_error* error);
synfire_model* synfire_parse(const char* text, const char* folder, const char* const* settings, int32_t threads, synfire_error* error);
synfire_model* synfire_parse_with(const char* text, const synfire_data* data, const char* const* settings, int32_t threads, synfire_error* error);
synfire_model* synfire_load(const char* path, int32_t threads, synfire_error* error); /* a run folder, or what synfire_save wrote */
void synfire_free(synfire_model* model);                                              /* NULL is fine */

/* Trains. runs: folder that gets a run folder; NULL: nothing stays on the disk. on_epoch: null, or gives 0 to end the training.
 * result may be null. */
int32_t synfire_train(synfire_model* model, const char* runs, int32_t (*on_epoch)(const synfire_epoch* epoch, void* user), void* user,
                      synfire_result* result, synfire_error* error);

/* x: [samples][synfire_inputs], numbers as the training data have them (a pixel 0 … 255). Of a network that learned from a table: its columns in
 * their order, a number as it is, a category as one number for each of its levels, 1 for the one it is and 0 for the others;
 * synfire_feature_name names them. out: [samples][synfire_outputs]: probabilities of the classes, or the predicted numbers. */
int32_t synfire_predict(const synfire_model* model, const float* x, int64_t samples, float* out, synfire_error* error);
/* cells: [rows][synfire_columns], a table as texts, "5.1" and "Dream"; NULL or "" where nothing is known. out as above. */
int32_t synfire_predict_rows(const synfire_model* model, const char* const* cells, int64_t rows, float* out, synfire_error* error);
/* A PNG or JPEG file, brought to the size and colours that the network takes. out: [synfire_outputs]. */
int32_t synfire_predict_picture(const synfire_model* model, const char* path, float* out, synfire_error* error);

int32_t synfire_save(const synfire_model* model, const char* folder, synfire_error* error);
int32_t synfire_save_weights(const synfire_model* model, const char* path, synfire_error* error); /* safetensors, PyTorch's names */
int32_t synfire_load_weights(synfire_model* model, const char* path, synfire_error* error);

int64_t synfire_inputs(const synfire_model* model);  /* numbers in a sample; 0 for NULL, as below */
int64_t synfire_outputs(const synfire_model* model); /* numbers that come out for one */
int64_t synfire_classes(const synfire_model* model); /* 0 when numbers are predicted */
const char* synfire_class_name(const synfire_model* model, int64_t index); /* NULL when there is none */
int64_t synfire_parameters(const synfire_model* model);
int64_t synfire_columns(const synfire_model* model);                       /* of its table; without one, a number for each input; 0 of pictures */
const char* synfire_column_name(const synfire_model* model, int64_t column);
int64_t synfire_column_levels(const synfire_model* model, int64_t column); /* how many texts a category knows; 0: a number */
const char* synfire_column_level(const synfire_model* model, int64_t column, int64_t level);
const char* synfire_feature_name(const synfire_model* model, int64_t input); /* "island=Dream"; NULL where nobody named it */

#ifdef __cplusplus
}
#endif

#endif
