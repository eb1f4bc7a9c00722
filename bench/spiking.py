"""The spiking networks of the benchmark and of the oracle, in snnTorch, SpikingJelly and norse.

All have the dynamics of snnTorch's Leaky, h = beta v + input with a soft reset, and start from the same weights; SpikingJelly and norse reset
in the step of the spike, snnTorch and Synfire in the next one. Sequences are [T, B, N].
"""
import functools
import logging

import torch
import torch.nn as nn
import torch.nn.functional as F

logging.getLogger("torch._library.triton").setLevel(logging.ERROR)  # that it is not there is no news on a processor
BETA = 0.95
# name: (inputs, then units of each layer; steps; part of the inputs that are spikes, None: normal numbers)
NETWORKS = {"snn5": ((784, 1000, 10), 25, 0.05), "snn15": ((784, 1000, 10), 25, 0.15), "lif256": ((256, 256), 500, None), "lif1024": ((1024, 1024), 500, None)}


class SnnTorch:
    """A layer of snnTorch's Leaky: a loop over the steps. compiled: each step by torch.compile."""

    def __init__(self, compiled=False, **words):
        import snntorch
        self.cell = snntorch.Leaky(**({"beta": BETA} | words))
        self.run = torch.compile(self.cell) if compiled else self.cell

    def begin(self):
        self.membrane = self.cell.reset_mem()

    def step(self, x):
        spikes, self.membrane = self.run(x, self.membrane)
        return spikes.to(x.dtype)

    def over(self, x):
        self.begin()
        return torch.stack([self.step(now) for now in x])


class SpikingJelly:
    """A layer of SpikingJelly's LIFNode, all steps in one call or, compiled, one by one; without other words, h = beta v + input with a soft reset."""

    def __init__(self, compiled=False, **words):
        from spikingjelly.activation_based import neuron, surrogate
        given = {"tau": 1 / (1 - BETA), "decay_input": False, "v_reset": None, "detach_reset": True, "surrogate_function": surrogate.ATan()} | words
        self.cell = neuron.LIFNode(step_mode="s" if compiled else "m", **given)
        self.run = torch.compile(lambda x: self.cell(x)) if compiled else None

    def over(self, x):
        self.cell.reset()
        return torch.stack([self.run(now) for now in x]) if self.run else self.cell(x)


class Norse:
    """A layer of norse's LIFBoxCell: a loop over the steps. It scales its input by what decays in a step, which larger weights make up for."""
    gain = 1 / (1 - BETA)

    def __init__(self, compiled=False):
        import norse.torch
        from norse.torch.functional.reset import reset_subtract
        parameters = norse.torch.LIFBoxParameters(tau_mem_inv=torch.as_tensor((1 - BETA) * 1e3), reset_method=reset_subtract)
        cell = norse.torch.LIFBoxCell(parameters)
        self.run = torch.compile(cell) if compiled else cell

    def begin(self):
        self.state = None

    def step(self, x):
        spikes, self.state = self.run(x, self.state)
        return spikes

    def over(self, x):
        self.begin()
        return torch.stack([self.step(now) for now in x])


LIBRARIES = {"snntorch": SnnTorch, "spikingjelly": SpikingJelly, "norse": Norse}


class Spiking(nn.Module):
    """Dense layers with neurons behind each. by_steps: each step goes through all layers, as in the tutorials; else each layer through all steps."""

    def __init__(self, sizes, make, by_steps=False, gain=1):
        super().__init__()
        self.by_steps = by_steps
        self.neurons = tuple(make() for _ in sizes[1:])  # a tuple: what they hold is not in state_dict()
        self.dense = []
        for i, (inputs, units) in enumerate(zip(sizes, sizes[1:])):
            self.dense.append(f"dense{i + 1}")
            self.add_module(self.dense[-1], nn.Linear(inputs, units))
            with torch.no_grad():
                for p in getattr(self, self.dense[-1]).parameters():
                    p *= gain

    def layers(self):
        return [(getattr(self, name), neurons) for name, neurons in zip(self.dense, self.neurons)]

    def forward(self, x):
        if not self.by_steps:
            for dense, neurons in self.layers():
                x = neurons.over(dense(x))
            return x
        for neurons in self.neurons:
            neurons.begin()
        out = []
        for now in x:
            for dense, neurons in self.layers():
                now = neurons.step(dense(now))
            out.append(now)
        return torch.stack(out)


def count_loss(spikes, labels):
    """Squared distance of the counts of spikes from 80 % of the steps for the right class and 20 % for the others."""
    steps = len(spikes)
    wanted = steps * (0.2 + 0.6 * F.one_hot(labels, spikes.shape[2]))
    return ((spikes.sum(0) - wanted) ** 2).mean() / steps


def rate_loss(spikes, labels):
    """Cross-entropy at every step."""
    return F.cross_entropy(spikes.flatten(0, 1), labels.repeat(len(spikes)))


def training_step(name, words, batch, update_of):
    """One step, and the part of the steps in which the first layer fires. words: a library, "by_steps" and "compile"."""
    sizes, steps, share = NETWORKS[name]
    torch.manual_seed(0)
    library = LIBRARIES[words[0]]
    net = Spiking(sizes, functools.partial(library, compiled="compile" in words), "by_steps" in words, getattr(library, "gain", 1))
    x = torch.randn(steps, batch, sizes[0]) if share is None else (torch.rand(steps, batch, sizes[0]) < share).float()
    labels = torch.randint(0, sizes[-1], (batch,))
    update, lost = update_of(net.parameters()), rate_loss if len(sizes) > 2 else count_loss

    def step():
        update.zero_grad(set_to_none=True)
        lost(net(x), labels).backward()
        update.step()

    def rate():
        with torch.no_grad():
            dense, neurons = net.layers()[0]
            return neurons.over(dense(x)).mean().item()

    return step, rate
