"""ONNX Runtime's side of a row of inference, one picture at a time: rival_infer.py NETWORK VARIANT --threads N; answers like rival.py.

VARIANT: ort (inputs and outputs bound once, the fastest way in) or torch (inference mode).
"""
import argparse
import os
import tempfile

import numpy
import onnxruntime
import torch

import networks
from rival import serve


def onnx_session(net, x, threads):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "net.onnx")
        torch.onnx.export(net, (x,), path, input_names=["x"], output_names=["y"], dynamo=False, opset_version=17)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def inference_step(name, variant, threads):
    torch.set_num_threads(threads)
    net, x = networks.network(name).eval(), torch.randn(1, *networks.INPUTS[name])
    if variant == "torch":
        def step():
            with torch.inference_mode():
                net(x)
        return step
    session = onnx_session(net, x, threads)
    binding = session.io_binding()
    given, got = onnxruntime.OrtValue.ortvalue_from_numpy(x.numpy()), onnxruntime.OrtValue.ortvalue_from_numpy(numpy.zeros((1, 10), "f4"))
    binding.bind_ortvalue_input("x", given)
    binding.bind_ortvalue_output("y", got)
    return lambda: session.run_with_iobinding(binding)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("network")
    arguments.add_argument("variant", choices=["ort", "torch"])
    arguments.add_argument("--threads", type=int, required=True)
    a = arguments.parse_args()
    step = inference_step(a.network, a.variant, a.threads)
    for _ in range(200):
        step()
    serve(step)


if __name__ == "__main__":
    main()
