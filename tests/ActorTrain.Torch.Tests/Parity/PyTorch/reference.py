"""Trains modules as people write them with PyTorch, and writes where they come to: python3 reference.py > reference.json

Each takes 50 steps of 16 samples. Starting values and samples are waves, the same in the tests that read this. Computed in
float32 and in float64, from the same float32 numbers.
"""

import json
import math

import torch
from torch import nn
from torch.nn import functional as F

STEPS, BATCH, INPUTS, CLASSES = 50, 16, 8, 4
SGD = dict(lr=0.05, momentum=0.9, weight_decay=0.01)
ADAM = dict(lr=0.003, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01)


def wave(count, scale, pace):
    return torch.tensor([scale * math.sin(1 + pace * i) for i in range(count)], dtype=torch.float32)


class Experts(nn.Module):
    def __init__(self):
        super().__init__()
        self._gate, self._out = nn.Linear(INPUTS, 4), nn.Linear(16, CLASSES)
        self._experts = nn.ModuleList([nn.Linear(INPUTS, 16) for _ in range(4)])

    def forward(self, x):
        gates = self._gate(x.mean(0)).softmax(0)
        chosen = int(gates.argmax(0))
        return self._out(self._experts[chosen](x).relu() * gates[chosen])


class Branching(nn.Module):
    def __init__(self):
        super().__init__()
        self._in, self._never = nn.Linear(INPUTS, 16), nn.Linear(16, 16)
        self._sometimes, self._out = nn.Linear(16, 16), nn.Linear(16, CLASSES)
        self.calls = 0

    def forward(self, x):
        hidden = self._in(x).relu()
        if self.calls % 3 == 1:
            hidden = hidden + self._sometimes(hidden).relu()
        self.calls += 1
        return self._out(hidden)


class Tied(nn.Module):
    def __init__(self):
        super().__init__()
        self._in, self._out = nn.Linear(INPUTS, CLASSES), nn.Linear(INPUTS, CLASSES)
        self._out.weight = self._in.weight

    def forward(self, x):
        return self._out(F.linear(self._in(x).relu(), self._in.weight.t()))


class Recurrent(nn.Module):
    def __init__(self, name, kind):
        super().__init__()
        self._inner = nn.ModuleDict({name: kind(4, 8, batch_first=True), "_out": nn.Linear(8, CLASSES)})
        self.name = name

    def forward(self, x):
        return self._inner["_out"](self._inner[self.name](x.reshape(len(x), 2, 4))[0][:, -1])


def normalised():
    return nn.Sequential(nn.Linear(INPUTS, 16), nn.BatchNorm1d(16), nn.ReLU(), nn.Linear(16, CLASSES))


X = wave(STEPS * BATCH * INPUTS, 1.5, 1.7)
Y = torch.tensor([(5 * i * i + 2 * i) % 7 % CLASSES for i in range(STEPS * BATCH)])


def trained(build, dtype, optimizer, settings):
    module = build()
    # In the order of their names, each with values of its own.
    with torch.no_grad():
        for place, (_, parameter) in enumerate(sorted(module.named_parameters())):
            parameter.copy_(wave(parameter.numel(), 0.5, 2.3 + 0.1 * place).reshape(parameter.shape))
    module.to(dtype).train()
    step = optimizer(module.parameters(), **settings)
    x = X.reshape(STEPS * BATCH, INPUTS).to(dtype)
    for start in range(0, STEPS * BATCH, BATCH):
        step.zero_grad(set_to_none=True)
        F.cross_entropy(module(x[start:start + BATCH]), Y[start:start + BATCH]).backward()
        step.step()
    state = {name: tensor for name, tensor in module.state_dict().items() if tensor.is_floating_point()}
    return {name: tensor.flatten().tolist() for name, tensor in sorted(state.items())}


def both(build, optimizer, settings):
    single, double = (trained(build, dtype, optimizer, settings) for dtype in (torch.float32, torch.float64))
    size = math.sqrt(sum(value ** 2 for values in double.values() for value in values))
    apart = math.sqrt(sum((a - b) ** 2 for name in double for a, b in zip(single[name], double[name])))
    # How far its own single precision is from this, beside the values themselves.
    return dict(apart=apart / size, values={name: [float(f"{value:.9g}") for value in values] for name, values in double.items()})


torch.set_num_threads(1)
MODULES = dict(
    normalised=normalised, experts=Experts, branching=Branching, tied=Tied,
    lstm=lambda: Recurrent("_lstm", nn.LSTM), gru=lambda: Recurrent("_gru", nn.GRU))
print(json.dumps(dict(
    torch=torch.__version__,
    rows={f"{name}, {how}": both(build, optimizer, settings)
          for name, build in MODULES.items()
          for how, optimizer, settings in (("sgd", torch.optim.SGD, SGD), ("adam", torch.optim.Adam, ADAM))
          }), indent=None, separators=(",", ":")))
