"""Reference values of layers: outputs, gradients of input and parameters, running statistics; into tests/golden/layers.json.

Images are stored as Synfire holds them (batch, height, width, channels), parameters as PyTorch does: the test converts as files do.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

import golden


class OptionA(nn.Module):
    """He et al. 2016: every second pixel, and new channels that are zero, half of them before and half after."""

    def __init__(self, channels, filters, stride):
        super().__init__()
        self.more, self.stride = filters - channels, stride

    def forward(self, x):
        return F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))


class Dense(nn.Linear):
    def forward(self, x):
        return super().forward(x.flatten(1))


def conv(i, o, k, **words):
    return nn.Conv2d(i, o, k, **words)


IMAGE = (2, 5, 6, 3)  # batch, height, width, channels
LAYERS = [
    ('kind = "dense", units = 5', (4, 7), lambda: Dense(7, 5)),
    ('kind = "dense", units = 5, bias = false', (4, 7), lambda: Dense(7, 5, bias=False)),
    ('kind = "dense", units = 4', IMAGE, lambda: Dense(90, 4)),
    ('kind = "conv2d", filters = 4, kernel = 3', IMAGE, lambda: conv(3, 4, 3, padding=1)),
    ('kind = "conv2d", filters = 4, kernel = 5, bias = false', IMAGE, lambda: conv(3, 4, 5, padding=2, bias=False)),
    ('kind = "conv2d", filters = 20, kernel = 3, stride = 2', (1, 6, 8, 3), lambda: conv(3, 20, 3, padding=1, stride=2)),
    ('kind = "conv2d", filters = 4, kernel = 3, padding = "valid"', IMAGE, lambda: conv(3, 4, 3)),
    ('kind = "conv2d", filters = 4, kernel = 1, stride = 2, padding = 0', (1, 6, 8, 3), lambda: conv(3, 4, 1, stride=2)),
    ('kind = "conv2d", filters = 6, kernel = 3, groups = 3', IMAGE, lambda: conv(3, 6, 3, padding=1, groups=3)),
    ('kind = "max_pool2d", size = 2', (2, 6, 8, 3), lambda: nn.MaxPool2d(2)),
    ('kind = "avg_pool2d", size = 2', (2, 6, 8, 3), lambda: nn.AvgPool2d(2)),
    ('kind = "global_avg_pool2d"', IMAGE, lambda: nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten())),
    ('kind = "batch_norm"', (6, 5), lambda: nn.BatchNorm1d(5)),
    ('kind = "batch_norm"', IMAGE, lambda: nn.BatchNorm2d(3)),
    ('kind = "layer_norm"', (4, 7), lambda: nn.LayerNorm(7)),
    ('kind = "shortcut_a", filters = 6, stride = 2', (1, 6, 8, 3), lambda: OptionA(3, 6, 2)),
]


def to_torch(x):
    return x.permute(0, 3, 1, 2).contiguous() if x.dim() == 4 else x


def to_ours(x):
    return x.permute(0, 2, 3, 1).contiguous() if x.dim() == 4 else x


def case(text, shape, make, training):
    net = make().train(training)
    states = {}
    for name, value in list(net.named_parameters()) + list(net.named_buffers()):
        if not name.endswith("num_batches_tracked"):
            value.data = torch.rand_like(value) + 0.5 if name.endswith("var") else torch.randn_like(value)
            states[name] = {"shape": list(value.shape), "before": golden.numbers(value)}
    x = torch.randn(shape).requires_grad_()
    y = to_ours(net(to_torch(x)))
    dy = torch.randn(y.shape)
    (y * dy).sum().backward()
    for name, parameter in net.named_parameters():
        states[name]["gradient"] = golden.numbers(parameter.grad)
    for name, value in net.named_buffers():
        if name in states:
            states[name]["after"] = golden.numbers(value)
    return {"layer": text, "training": training, "shape": list(shape), "x": golden.numbers(x), "y_shape": list(y.shape), "y": golden.numbers(y),
            "dy": golden.numbers(dy), "dx": golden.numbers(x.grad), "states": states}


def main():
    cases = []
    for text, shape, make in LAYERS:
        for training in (True, False) if "batch_norm" in text else (True,):
            cases.append(case(text, shape, make, training))
    golden.write("layers", __file__, cases)


if __name__ == "__main__":
    main()
