"""The networks of the benchmark and of the oracle in PyTorch, with the names and layouts that Synfire's files use.

Each is built so that state_dict() has the keys of the model file beside it (bench/models/NAME.toml): conv1.weight, dense1.bias …
"""
import torch
import torch.nn as nn
import torch.nn.functional as F


class Chain(nn.Module):
    """Named layers in a row; `steps` are names of layers, or functions."""

    def __init__(self, layers, steps):
        super().__init__()
        for name, layer in layers.items():
            self.add_module(name, layer)
        self.steps = steps

    def forward(self, x):
        for step in self.steps:
            x = getattr(self, step)(x) if isinstance(step, str) else step(x)
        return x


def pool(x):
    return F.max_pool2d(x, 2)


def flatten(x):
    return x.flatten(1)  # of an NCHW image: channels outermost, in whatever order they lie in memory


def dense_net(*sizes):
    layers = {f"dense{i + 1}": nn.Linear(sizes[i], sizes[i + 1]) for i in range(len(sizes) - 1)}
    steps = []
    for name in layers:
        steps += [name, F.relu]
    return Chain(layers, steps[:-1])


def mlp():
    return dense_net(784, 256, 128, 10)


def tiny():
    return dense_net(16, 64, 64, 10)


def lenet():
    layers = {"conv1": nn.Conv2d(1, 32, 3, padding=1), "conv2": nn.Conv2d(32, 64, 3, padding=1),
              "dense1": nn.Linear(3136, 128), "dense2": nn.Linear(128, 10)}
    return Chain(layers, ["conv1", F.relu, pool, "conv2", F.relu, pool, flatten, "dense1", F.relu, "dense2"])


class Residual(nn.Module):
    """Two convolutions and a shortcut without parameters: He et al. 2016, option A."""

    def __init__(self, channels, filters, stride, activation):
        super().__init__()
        self.activation = activation
        self.conv1 = nn.Conv2d(channels, filters, 3, stride, 1, bias=False)
        self.batch_norm1 = nn.BatchNorm2d(filters)
        self.conv2 = nn.Conv2d(filters, filters, 3, 1, 1, bias=False)
        self.batch_norm2 = nn.BatchNorm2d(filters)
        self.stride, self.more = stride, filters - channels

    def forward(self, x):
        y = self.activation(self.batch_norm1(self.conv1(x)), inplace=True)
        y = self.batch_norm2(self.conv2(y))
        if self.stride != 1 or self.more:
            x = F.pad(x[:, :, ::self.stride, ::self.stride], (0, 0, 0, 0, self.more // 2, self.more - self.more // 2))
        return self.activation(y + x, inplace=True)


class ResNet20(nn.Module):
    def __init__(self, activation=F.relu):
        super().__init__()
        self.activation = activation
        self.conv1 = nn.Conv2d(3, 16, 3, padding=1, bias=False)
        self.batch_norm1 = nn.BatchNorm2d(16)
        width, blocks = 16, []
        for filters, stride in ((16, 1), (32, 2), (64, 2)):
            for copy in range(3):
                blocks.append(Residual(width, filters, stride if copy == 0 else 1, activation))
                width = filters
        for i, block in enumerate(blocks):
            self.add_module(f"residual{i + 1}", block)
        self.blocks = len(blocks)
        self.dense1 = nn.Linear(64, 10)

    def forward(self, x):
        x = self.activation(self.batch_norm1(self.conv1(x)), inplace=True)
        for i in range(self.blocks):
            x = getattr(self, f"residual{i + 1}")(x)
        return self.dense1(x.mean((2, 3)))


class Recurrent(nn.Module):
    """A stack of recurrent layers over [T, B, F] and a dense layer on the last step; in both directions, that of the backward one is step 0."""

    def __init__(self, kind, inputs, units, classes, **words):
        super().__init__()
        self.kind, self.units = f"{kind}1", units
        self.add_module(self.kind, {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}[kind](inputs, units, **words))
        self.dense1 = nn.Linear(units * (2 if words.get("bidirectional") else 1), classes)

    def forward(self, x):
        y, _ = getattr(self, self.kind)(x)
        return self.dense1(torch.cat((y[-1, :, :self.units], y[0, :, self.units:]), 1))


def lstm():
    return Recurrent("lstm", 28, 128, 10)


INPUTS = {"mlp": (784,), "tiny": (16,), "lenet": (1, 28, 28), "resnet20": (3, 32, 32), "lstm": (28, 28)}  # PyTorch's order: channels first


def network(name):
    torch.manual_seed(0)
    return {"mlp": mlp, "tiny": tiny, "lenet": lenet, "resnet20": ResNet20, "lstm": lstm}[name]()
