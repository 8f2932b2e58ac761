"""Trains a network with PyTorch alone or with DistributedDataParallel over gloo, one thread a process; writes the measurements.

ddp.py MODEL BATCH PROCESSES STEPS DEVICE [THROTTLE,...]

THROTTLE is the speed of each process as a part of what it could be: it sleeps in proportion in each step.
"""
import contextlib
import json
import os
import socket
import statistics
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch import nn

WARM_UP = 30
PLAIN_STEPS = 30
BLOCKS = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1)]


def mobilenet(width):
    def normalized(convolution, channels):
        return [convolution, nn.BatchNorm2d(channels), nn.ReLU(inplace=True)]

    channels = int(32 * width)
    layers = normalized(nn.Conv2d(1, channels, 3, padding=1, bias=False), channels)
    for full, stride in BLOCKS:
        following = int(full * width)
        layers += normalized(nn.Conv2d(channels, channels, 3, stride=stride, padding=1, groups=channels, bias=False), channels)
        layers += normalized(nn.Conv2d(channels, following, 1, bias=False), following)
        channels = following
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(channels, 10))


def network(name):
    if name == "mlp":
        return nn.Sequential(nn.Flatten(), nn.Linear(784, 1024), nn.ReLU(), nn.Linear(1024, 1024), nn.ReLU(), nn.Linear(1024, 10))
    if name == "cnn":
        return nn.Sequential(
            nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Flatten(), nn.Linear(1568, 56), nn.ReLU(), nn.Linear(56, 10))
    return mobilenet(0.25)


def train(rank, name, batch, processes, steps, device, throttle, port, results):
    torch.set_num_threads(1)
    torch.manual_seed(1)
    model = network(name).to(device)
    if processes > 1:
        os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
        dist.init_process_group("gloo", rank=rank, world_size=processes)
        model = nn.parallel.DistributedDataParallel(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    # Noise with a mean that depends on the class: learnt in a few steps, and as expensive to compute as images.
    labels = torch.randint(10, (12000,))
    images = (torch.randn(12000, 1, 28, 28) + labels.view(-1, 1, 1, 1) / 5 - 1).to(device)
    labels = labels.to(device)

    def plain_step():
        """Seconds from zero_grad to backward's end, without the allreduce that DDP has inside backward: the median, at full speed."""
        seconds = []
        with model.no_sync() if processes > 1 else contextlib.nullcontext():
            for _ in range(PLAIN_STEPS):
                indices = torch.randint(12000, (batch,))
                start = time.perf_counter()
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(images[indices]), labels[indices]).backward()
                seconds.append(time.perf_counter() - start)
        return statistics.median(seconds)

    def run(count, pause):
        first = last = None
        for _ in range(count):
            indices = torch.randint(12000, (batch,))
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(images[indices]), labels[indices])
            # A slow rank's gradient arrives later, and the other ranks wait for it inside their backward. The time of backward itself includes that
            # wait, so the sleep is proportional to a plain step that was measured before, and the allreduce is not slowed down.
            if pause > 0:
                time.sleep(pause)
            loss.backward()
            optimizer.step()
            last = loss.item()
            first = last if first is None else first
        return first, last

    first, _ = run(WARM_UP, 0)
    pause = (1 / throttle - 1) * plain_step()
    if processes > 1:
        dist.barrier()
    start, processor = time.perf_counter(), time.process_time()
    _, last = run(steps, pause)
    seconds, processor = time.perf_counter() - start, time.process_time() - processor
    assert last < first, f"the loop does not learn: loss {first} became {last}"
    results.put((seconds, processor))


if __name__ == "__main__":
    name, batch, processes, steps = sys.argv[1], *map(int, sys.argv[2:5])
    device = sys.argv[5]
    throttles = [float(throttle) for throttle in sys.argv[6].split(",")] if len(sys.argv) > 6 else [1.0] * processes
    context = mp.get_context("spawn")
    results = context.SimpleQueue()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Each rank has its own process, so that all of them are equally warm.
    ranks = [context.Process(target=train, args=(rank, name, batch, processes, steps, device, throttles[rank], port, results)) for rank in range(processes)]
    for rank in ranks:
        rank.start()
    for rank in ranks:
        rank.join()
        if rank.exitcode != 0:
            sys.exit(1)
    measured = [results.get() for _ in ranks]
    print(json.dumps({
        "samples": steps * batch * processes, "seconds": max(m[0] for m in measured), "processorSeconds": sum(m[1] for m in measured)}), flush=True)
