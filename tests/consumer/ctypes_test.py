#!/usr/bin/env python3
"""The C ABI from Python's ctypes, with nothing but the standard library.

    ctypes_test.py LIBSYNFIRE.SO RUN    RUN: a run folder of the digits
"""
import ctypes
import sys
import threading


class Error(ctypes.Structure):
    _fields_ = [("code", ctypes.c_int32), ("count", ctypes.c_int32), ("line", ctypes.c_int32), ("column", ctypes.c_int32),
                ("file", ctypes.c_char * 512), ("message", ctypes.c_char * 1024), ("hint", ctypes.c_char * 512)]


class Epoch(ctypes.Structure):
    _fields_ = [("epoch", ctypes.c_int64), ("epochs", ctypes.c_int64), ("step", ctypes.c_int64), ("seconds", ctypes.c_double), ("rate", ctypes.c_double),
                ("train_loss", ctypes.c_double), ("validation_loss", ctypes.c_double), ("validation_accuracy", ctypes.c_double)]


passed = failed = 0


def check(good, what):
    global passed, failed
    passed, failed = passed + bool(good), failed + (not good)
    if not good:
        print("FAILED", what)


def main(path, run):
    lib = ctypes.CDLL(path)
    lib.synfire_load.restype = lib.synfire_parse.restype = ctypes.c_void_p
    lib.synfire_load.argtypes = [ctypes.c_char_p, ctypes.c_int32, ctypes.POINTER(Error)]
    lib.synfire_parse.argtypes = [ctypes.c_char_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_char_p), ctypes.c_int32, ctypes.POINTER(Error)]
    callback = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.POINTER(Epoch), ctypes.c_void_p)
    lib.synfire_train.argtypes = [ctypes.c_void_p, ctypes.c_char_p, callback, ctypes.c_void_p, ctypes.c_void_p, ctypes.POINTER(Error)]
    lib.synfire_predict.argtypes = [ctypes.c_void_p, ctypes.POINTER(ctypes.c_float), ctypes.c_int64, ctypes.POINTER(ctypes.c_float), ctypes.POINTER(Error)]
    lib.synfire_free.argtypes = lib.synfire_inputs.argtypes = lib.synfire_outputs.argtypes = [ctypes.c_void_p]
    lib.synfire_inputs.restype = lib.synfire_outputs.restype = ctypes.c_int64
    error = Error()

    check(lib.synfire_abi_version() == 1, "ABI version")
    model = lib.synfire_load(run.encode(), 0, error)
    check(model, f"loading: {error.message}")
    inputs, outputs = lib.synfire_inputs(model), lib.synfire_outputs(model)
    check((inputs, outputs) == (64, 10), "sizes")
    x = (ctypes.c_float * (100 * inputs))(*[(7 * i) % 17 for i in range(100 * inputs)])

    def predict(to):
        if lib.synfire_predict(model, x, 100, to, None) == 0:
            answers.append(list(to))

    answers = []
    threads = [threading.Thread(target=predict, args=((ctypes.c_float * (100 * outputs))(),)) for _ in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    check(len(answers) == 4 and all(a == answers[0] for a in answers), "four threads, one answer")
    check(abs(sum(answers[0][:10]) - 1) < 1e-5, "probabilities")
    lib.synfire_free(model)

    settings = (ctypes.c_char_p * 2)(b"train.epochs=50", None)
    model = lib.synfire_parse(b'data = "digits"', None, settings, 1, error)
    epochs = []

    @callback
    def on_epoch(epoch, user):
        epochs.append(epoch[0].train_loss)
        return len(epochs) < 3

    check(lib.synfire_train(model, None, on_epoch, None, None, error) == 0, "training")
    check(len(epochs) == 3 and epochs[2] < epochs[0], "a callback in Python sees the loss fall and ends it")
    lib.synfire_free(model)
    check(not lib.synfire_parse(b"[train]\nepochs = -1\n", None, None, 1, error), "a wrong description")
    check(error.code == 2 and error.count == 2 and b"no data" in error.message, "its error as a struct")
    print(f"{passed} passed, {failed} failed")
    return failed != 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
