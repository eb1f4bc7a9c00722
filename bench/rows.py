"""The rows of the benchmark: what is run, in which variants the rival is tried, and what ratio is wanted.

A target is rival's time over ours, so above 1 is faster than the rival.
"""
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    name: str            # unique, for --rows
    title: str           # as the table has it
    network: str         # bench/models/NETWORK.toml, and networks.py
    batch: int
    optimizer: str       # "" for inference
    variants: tuple      # of the rival; the best one counts
    target: float
    threads: tuple = (1, 2)
    seconds: float = 1.0  # of one measurement

    @property
    def infer(self):
        return not self.optimizer


FORMS = ("plain", "foreach", "fused")
IMAGES = ("fused", "channels_last", "channels_last+fused")
LIF = ("snntorch", "snntorch+compile", "spikingjelly", "spikingjelly+compile", "norse+compile")
SPIKING = LIF + ("snntorch+by_steps",)
ROWS = (
    Row("mlp", "MLP 784-256-128-10, batch 64, Adam", "mlp", 64, "adam", FORMS + ("fused+compile",), 2.0),
    Row("tiny1", "MLP 16-64-64-10, batch 1, Adam", "tiny", 1, "adam", FORMS + ("fused+compile",), 40, seconds=0.5),
    Row("tiny32", "MLP 16-64-64-10, batch 32, Adam", "tiny", 32, "adam", FORMS + ("fused+compile",), 15, seconds=0.5),
    Row("lenet", "LeNet 3x3, batch 64, SGD with momentum", "lenet", 64, "sgd", IMAGES, 1.5, seconds=1.5),
    Row("resnet20", "ResNet-20 on 32x32x3, batch 128, SGD with momentum", "resnet20", 128, "sgd", IMAGES, 1.4, seconds=4.0),
    Row("lstm", "LSTM 28-128-10, T 28, batch 128, Adam", "lstm", 128, "adam", FORMS, 2.0, seconds=1.5),
    Row("snn5", "SNN 784-1000-10, T 25, batch 128, Adam, 5 % of the inputs spike", "snn5", 128, "adam", SPIKING, 6.0, seconds=2.0),
    Row("snn15", "SNN 784-1000-10, T 25, batch 128, Adam, 15 % of the inputs spike", "snn15", 128, "adam", SPIKING, 2.6, seconds=2.0),
    Row("lif256", "256 inputs and 256 LIF, T 500, batch 16, forward and backward", "lif256", 16, "sgd", LIF, 6.0, seconds=2.0),
    Row("lif1024", "1024 inputs and 1024 LIF, T 500, batch 16, forward and backward", "lif1024", 16, "sgd", LIF, 2.8, seconds=4.0),
    Row("infer_mlp", "the MLP, one sample", "mlp", 1, "", ("ort",), 1.0, threads=(1,), seconds=0.5),
    Row("infer_lenet", "LeNet, one picture", "lenet", 1, "", ("ort",), 1.0, threads=(1,), seconds=0.5),
    Row("infer_resnet20", "ResNet-20, one picture", "resnet20", 1, "", ("ort",), 1.0, threads=(1,), seconds=0.5),
)
START_MS, START_MB = 30, 25  # from the start of the process to the first training step of the MLP
