"""Sends a vector to another process and back, over gloo. Reads a number of exchanges a line, writes the seconds they took."""
import os
import sys
import time

import torch
import torch.distributed as dist
import torch.multiprocessing as mp


def run(rank, port, floats):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=rank, world_size=2)
    torch.set_num_threads(1)
    values = torch.arange(floats, dtype=torch.float32) % 251 if rank == 0 else torch.zeros(floats)
    back = torch.zeros(floats)
    count = torch.zeros(1, dtype=torch.int64)
    stdin = open(0) if rank == 0 else None
    while True:
        if rank == 0:
            line = stdin.readline()
            count[0] = int(line) if line.strip() else 0
        dist.broadcast(count, 0)
        if count.item() == 0:
            return
        start = time.perf_counter()
        for _ in range(count.item()):
            if rank == 0:
                dist.send(values, 1)
                dist.recv(back, 1)
            else:
                dist.recv(values, 0)
                dist.send(values, 0)
        if rank == 0:
            seconds = time.perf_counter() - start
            assert torch.equal(values, back), "what came back is not what was sent"
            print(seconds, flush=True)


if __name__ == "__main__":
    port, floats = int(sys.argv[1]), int(sys.argv[2])
    other = mp.get_context("spawn").Process(target=run, args=(1, port, floats), daemon=True)
    other.start()
    run(0, port, floats)
    other.join()
