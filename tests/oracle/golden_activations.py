"""Reference values of activations and of their slopes, into tests/golden/activations.json."""
import torch
import torch.nn.functional as F

import golden

FUNCTIONS = [
    ("linear", {}, lambda x: x * 1),
    ("relu", {}, F.relu),
    ("leaky_relu", {}, F.leaky_relu),
    ("leaky_relu", {"slope": 0.25}, lambda x: F.leaky_relu(x, 0.25)),
    ("elu", {}, F.elu),
    ("elu", {"alpha": 0.5}, lambda x: F.elu(x, 0.5)),
    ("sigmoid", {}, torch.sigmoid),
    ("tanh", {}, torch.tanh),
    ("silu", {}, F.silu),
    ("softplus", {}, F.softplus),
    ("gelu", {}, F.gelu),
    ("gelu_tanh", {}, lambda x: F.gelu(x, approximate="tanh")),
]


def main():
    cases = []
    for kind, params, function in FUNCTIONS:
        # Kinks are left out: at them every slope between the two sides is right.
        x = torch.tensor([-30, -8, -3, -1.5, -1, -0.5, -0.1, -1e-3, 1e-3, 0.1, 0.5, 1, 1.5, 3, 8, 18], requires_grad=True)
        y = function(x)
        slope, = torch.autograd.grad(y.sum(), x)
        cases.append({"kind": kind, "params": params, "x": golden.numbers(x), "y": golden.numbers(y), "slope": golden.numbers(slope)})
    golden.write("activations", __file__, cases)


if __name__ == "__main__":
    main()
