"""Networks over time for train_parity.py: recurrent ones beside PyTorch's, spiking ones beside snnTorch's and SpikingJelly's.

Images of digits are gone through row by row, or shown to the spiking network at every step. What fires is a step of its membrane: where
rounding alone puts a membrane on the other side of the threshold, two correct programs part ways, as at the kink of a relu. So the truth
tells how near to a threshold a membrane came in each step, and losses are compared up to the first step that rounding could decide.
"""
import os
import sys
from typing import Callable, NamedTuple

import numpy as np
import snntorch.functional
import snntorch.surrogate
import torch
import torch.nn.functional as F
from spikingjelly.activation_based import surrogate as spikingjelly

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "bench"))
import networks  # noqa: E402
import spiking  # noqa: E402

STEPS = 10
UNDECIDED = 2e-6  # from a threshold: single precision may go the other way
DRIFT = 4          # times what single precision has moved the nearest membrane by then


def decided(margins, single):
    """Steps up to the first that rounding may decide. margins, single: the least distance from a threshold in each step, in either precision."""
    with np.errstate(invalid="ignore"):  # without thresholds, both are infinite
        drift = np.maximum.accumulate(np.nan_to_num(np.abs(margins - single)))
    undecided = np.nonzero(margins < np.maximum(UNDECIDED, DRIFT * drift))[0]
    return int(undecided[0]) if len(undecided) else len(margins)


class Case(NamedTuple):
    """A network to train in both."""
    layers: str        # what the model file says of time and layers
    make: Callable     # precision -> PyTorch's network
    enter: Callable    # images [B, C, H, W] -> what the network takes
    lost: Callable     # its output, labels -> loss
    loss: str          # line of [train]
    share: float       # of the optimizer's rate
    batch: int
    steps: int


ROWS = '[time]\nover = "rows"\n\n'
RECURRENT = '[[layer]]\nkind = "{kind}"\nunits = {units}\n{more}\n[[layer]]\nkind = "dense"\nunits = "classes"\n\n'
NEURONS = '[[layer]]\nkind = {neuron}\n\n'
DENSE = '[[layer]]\nkind = "dense"\nunits = {units}\n\n'


class Atan(torch.autograd.Function):
    """The arctangent with alpha = 2 in double precision (snnTorch's own gives single precision whatever it is given)."""
    nearest = float("inf")  # to a threshold, since it was last set

    @staticmethod
    def forward(ctx, x, equal=False):
        ctx.save_for_backward(x)
        Atan.nearest = min(Atan.nearest, x.abs().min().item())
        return (x >= 0 if equal else x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx, gradient):
        x, = ctx.saved_tensors
        return gradient / (1 + (torch.pi * x) ** 2), None


def watched(surrogate):
    """A library's surrogate that tells Atan.nearest how near it came to a threshold. snnTorch's gradients are in single precision."""
    def spike(x):
        Atan.nearest = min(Atan.nearest, x.detach().abs().min().item())
        return surrogate(x)
    return spike


class Synaptic(spiking.SnnTorch):
    """A layer of snnTorch's Synaptic."""

    def __init__(self, **words):
        self.cell = snntorch.Synaptic(**words)

    def begin(self):
        self.state = self.cell.reset_mem()

    def step(self, x):
        spikes, *self.state = self.cell(x, *self.state)
        return spikes.to(x.dtype)


def by_rows(x):
    """[B, 1, 28, 28] to a sequence of rows, [28, B, 28]."""
    return x[:, 0].transpose(0, 1)


def again_and_again(x):
    return x.flatten(1).expand(STEPS, -1, -1)


def rate_loss(spikes, labels):
    """snnTorch's ce_rate_loss; written out where single precision, which is all that it gives, will not do."""
    if spikes.dtype == torch.float32:
        return snntorch.functional.ce_rate_loss()(spikes, labels)
    return F.cross_entropy(spikes.flatten(0, 1), labels.repeat(len(spikes)))


def recurrent(kind, units=128, more="", **words):
    text = ROWS + RECURRENT.format(kind=kind, units=units, more=more)
    return Case(text, lambda dtype: networks.Recurrent(kind, 28, units, 10, **words), by_rows, F.cross_entropy, "", 1, 64, 50)


def spikes(neuron, library, surrogate=None, **words):
    """784-100-10; `words` go to the library's neuron. surrogate: one of snnTorch's; None: the arctangent."""
    layer = NEURONS.format(neuron=neuron)
    text = f"[time]\nsteps = {STEPS}\n\n" + DENSE.format(units=100) + layer + DENSE.format(units='"classes"') + layer

    def make(dtype):
        jelly, exact = library is spiking.SpikingJelly, dtype == torch.float64 and not surrogate
        own = surrogate or (spikingjelly.ATan() if jelly else snntorch.surrogate.atan())
        more = {"surrogate_function" if jelly else "spike_grad": (lambda x: Atan.apply(x, jelly)) if exact else watched(own)}
        return spiking.Spiking((784, 100, 10), lambda: library(**words, **more))
    return Case(text, make, again_and_again, rate_loss, 'loss = "ce_rate"\n', 1, 8, 50)


BOTH = "layers = 2\nbidirectional = true\n"
NETWORKS = {
    "lstm": recurrent("lstm"),
    "gru": recurrent("gru"),
    "rnn": recurrent("rnn"),
    "bilstm": recurrent("lstm", 64, BOTH, num_layers=2, bidirectional=True),
    "bigru": recurrent("gru", 64, BOTH, num_layers=2, bidirectional=True),
    "snn": spikes('"leaky"\nbeta = 0.9\nreset_at = "next"', spiking.SnnTorch, beta=0.9),
    "snn_hard": spikes('"leaky"\nbeta = 0.9\nreset_at = "next"\nreset_by = "hard"', spiking.SnnTorch, beta=0.9, reset_mechanism="zero"),
    "snn_fast_sigmoid": spikes('"leaky"\nbeta = 0.9\nreset_at = "next"\nsurrogate = "fast_sigmoid"', spiking.SnnTorch,
                               snntorch.surrogate.fast_sigmoid(slope=25), beta=0.9),
    "snn_synaptic": spikes('"synaptic"\nalpha = 0.9\nbeta = 0.8\nreset_at = "next"', Synaptic, alpha=0.9, beta=0.8),
    "snn_lif": spikes('"lif"\ntau = 2\nreset_by = "hard"\ncompare = "ge"\ndetach_reset = false', spiking.SpikingJelly,
                      tau=2.0, decay_input=True, v_reset=0.0, detach_reset=False),
    "snn_soft": spikes('"leaky"\nbeta = 0.75\ncompare = "ge"', spiking.SpikingJelly, tau=4.0),
}
