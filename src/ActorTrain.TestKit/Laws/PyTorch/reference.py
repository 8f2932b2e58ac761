"""Trains a small network on a fixed batch with PyTorch, and writes the result: python3 reference.py > reference.json

Two layers, tanh between them, cross entropy; 12 samples, all of them in each of 50 steps. Computed in float32 and in float64, from the same float32 numbers.
"""

import json
import math

import torch

INPUTS, HIDDEN, CLASSES, SAMPLES, STEPS = 4, 6, 3, 12, 50
SGD = dict(lr=0.1, momentum=0.9)
ADAM = dict(lr=0.01, betas=(0.9, 0.999), eps=1e-8)


def wave(count, scale, pace):
    return torch.tensor([scale * math.sin(1 + pace * i) for i in range(count)], dtype=torch.float32)


SHAPES = [(HIDDEN, INPUTS), (HIDDEN,), (CLASSES, HIDDEN), (CLASSES,)]
SIZES = [math.prod(shape) for shape in SHAPES]
START = wave(sum(SIZES), 0.5, 2.3)
X = wave(SAMPLES * INPUTS, 1.5, 1.7)
Y = torch.tensor([(5 * i * i + 2 * i) % 7 % CLASSES for i in range(SAMPLES)])


def trained(dtype, optimizer, **settings):
    w1, b1, w2, b2 = tensors = [
        part.reshape(shape).to(dtype).clone().requires_grad_() for part, shape in zip(START.split(SIZES), SHAPES)
    ]
    x, step = X.reshape(SAMPLES, INPUTS).to(dtype), optimizer(tensors, **settings)
    losses = []
    for _ in range(STEPS):
        step.zero_grad()
        loss = torch.nn.functional.cross_entropy(torch.tanh(x @ w1.T + b1) @ w2.T + b2, Y)
        loss.backward()
        step.step()
        losses.append(loss.item())
    return dict(weights=torch.cat([tensor.detach().flatten() for tensor in tensors]).tolist(), firstLoss=losses[0], lastLoss=losses[-1])


def both(optimizer, **settings):
    return {str(dtype).split(".")[1]: trained(dtype, optimizer, **settings) for dtype in (torch.float32, torch.float64)}


torch.set_num_threads(1)
result = dict(
    torch=torch.__version__, inputs=INPUTS, hidden=HIDDEN, classes=CLASSES, steps=STEPS,
    samples=X.tolist(), targets=Y.tolist(), start=START.tolist(),
    sgd=both(torch.optim.SGD, **SGD), adam=both(torch.optim.Adam, **ADAM),
)
print(json.dumps(result, indent=1))
