"""Reference values of optimizers: a parameter's way under given gradients and rates, into tests/golden/optimizers.json."""
import torch

import golden

SIZE, STEPS = 6, 8
T = torch.optim
FORMS = [
    ("sgd", {"lr": 0.1}, T.SGD, {}),
    ("sgd", {"lr": 0.1, "momentum": 0.9}, T.SGD, {"momentum": 0.9}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "dampening": 0.5}, T.SGD, {"momentum": 0.9, "dampening": 0.5}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "nesterov": True}, T.SGD, {"momentum": 0.9, "nesterov": True}),
    ("sgd", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.01}, T.SGD, {"momentum": 0.9, "weight_decay": 0.01}),
    ("adam", {"lr": 0.01}, T.Adam, {}),
    ("adam", {"lr": 0.01, "beta1": 0.8, "beta2": 0.95, "eps": 1e-3, "weight_decay": 0.1}, T.Adam,
     {"betas": (0.8, 0.95), "eps": 1e-3, "weight_decay": 0.1}),
    ("adamw", {"lr": 0.01}, T.AdamW, {}),
    ("adamw", {"lr": 0.01, "weight_decay": 0.2}, T.AdamW, {"weight_decay": 0.2}),
    ("rmsprop", {"lr": 0.01}, T.RMSprop, {}),
    ("rmsprop", {"lr": 0.01, "alpha": 0.9, "momentum": 0.5, "centered": True, "weight_decay": 0.01}, T.RMSprop,
     {"alpha": 0.9, "momentum": 0.5, "centered": True, "weight_decay": 0.01}),
]


def main():
    cases = []
    for kind, params, make, words in FORMS:
        theta = torch.randn(SIZE, requires_grad=True)
        optimizer = make([theta], lr=params["lr"], **words)
        first, gradients, way, rates = golden.numbers(theta), [], [], []
        for step in range(STEPS):
            rate = params["lr"] * (1 - step / (2 * STEPS))  # scheduled: it must act in the step that it is given for
            optimizer.param_groups[0]["lr"] = rate
            theta.grad = torch.randn(SIZE) * 10.0 ** torch.arange(-3.0, 3.0)
            optimizer.step()
            gradients.append(golden.numbers(theta.grad))
            rates.append(rate)
            way.append(golden.numbers(theta))
        cases.append({"kind": kind, "params": params, "first": first, "rates": rates, "gradients": gradients, "way": way})
    golden.write("optimizers", __file__, cases)


if __name__ == "__main__":
    main()
