"""PyTorch from nothing to one training step of the MLP: what a user waits for and what it holds. Prints {"rss_mb"} and ends.

The time is taken from outside, from the start of the process; so this file imports nothing that a plain script would not.
"""
import json
import resource
import sys

import torch
import torch.nn as nn

torch.set_num_threads(int(sys.argv[1]))
net = nn.Sequential(nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10))
optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
nn.functional.cross_entropy(net(torch.randn(64, 784)), torch.randint(0, 10, (64,))).backward()
optimizer.step()
print(json.dumps({"rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}), flush=True)
