"""Reference values of losses and of their gradients, label smoothing included, into tests/golden/losses.json."""
import torch
import torch.nn.functional as F

import golden

BATCH, CLASSES = 5, 7


def case(kind, params, function, output, target, shape):
    output = output.requires_grad_()
    loss = function(output, target)
    slope, = torch.autograd.grad(loss, output)
    return {"kind": kind, "params": params, "shape": shape, "output": golden.numbers(output), "target": golden.numbers(target),
            "loss": golden.numbers(loss)[0], "slope": golden.numbers(slope)}


def main():
    shape, cases = [BATCH, CLASSES], []
    for smoothing in (0, 0.1, 0.5):
        logits, labels = torch.randn(shape) * 4, torch.randint(0, CLASSES, (BATCH,))
        cases.append(case("cross_entropy", {"smoothing": smoothing} if smoothing else {},
                          lambda y, t, s=smoothing: F.cross_entropy(y, t, label_smoothing=s), logits, labels, shape))
    # Logits so large that exp() of them is infinite.
    far = torch.tensor([[1000.0, -1000, 0], [-500, 500, 499]])
    cases.append(case("cross_entropy", {}, F.cross_entropy, far, torch.tensor([2, 2]), [2, 3]))
    cases.append(case("mse", {}, F.mse_loss, torch.randn(shape), torch.randn(shape), shape))
    cases.append(case("mae", {}, F.l1_loss, torch.randn(shape), torch.randn(shape), shape))
    cases.append(case("binary_cross_entropy", {}, F.binary_cross_entropy_with_logits, torch.randn(shape) * 3, torch.randint(0, 2, shape).double(), shape))
    cases.append(case("binary_cross_entropy", {}, F.binary_cross_entropy_with_logits, torch.tensor([[900.0, -900, 3, -3]]),
                      torch.tensor([[0.0, 1, 0.25, 0.75]]), [1, 4]))
    golden.write("losses", __file__, cases)


if __name__ == "__main__":
    main()
