#!/usr/bin/env python3
"""Runs the commands of the guides: every block of code that is marked sh, line after line, in the repository's folder.

A line that ends with & runs in the background until its block ends. `actortrain` is the command that was built. Files that
the commands write go to a temporary folder. The first command that fails ends it with exit code 1.
"""
import os, re, shutil, signal, subprocess, sys, tempfile, time

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
COMMAND = os.path.join(REPOSITORY, "src/ActorTrain.Cli/bin/Release/net10.0/actortrain")
# What the run of the tests does itself, and what takes minutes.
SKIPPED = re.compile(r"^dotnet (test|build)\b")


def blocks(guide):
    with open(os.path.join(REPOSITORY, guide), encoding="utf-8") as file:
        yield from re.findall(r"^```sh\n(.*?)^```", file.read(), re.S | re.M)


def adapted(line, output):
    line = re.sub(r"^actortrain\b", COMMAND, line)
    line = line.replace("dotnet run -c Release ", "dotnet run -c Release --no-build ")
    return re.sub(r"(--(?:report|save|plot|out|log|checkpoints|resume)) (\S+)", rf"\1 {output}/\2", line)


def run(block, output):
    background = []
    try:
        for line in filter(None, (line.split(" # ")[0].strip() for line in block.split("\n"))):
            if SKIPPED.match(line):
                continue
            print("$", line, flush=True)
            command = adapted(line.rstrip("& "), output)
            if line.endswith("&"):
                log = open(os.path.join(output, f"background-{len(background)}.log"), "w")
                background.append(subprocess.Popen(["bash", "-c", "exec " + command], cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=log, stderr=log))
                continue
            done = subprocess.run(["bash", "-c", command], cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
            if done.returncode != 0:
                print(done.stdout)
                sys.exit(f"{line}: exit code {done.returncode}")
    finally:
        for process in reversed(background):
            process.send_signal(signal.SIGTERM)
        for process in background:
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


if __name__ == "__main__":
    folder = tempfile.mkdtemp(prefix="actortrain-guides-")
    begin = time.monotonic()
    try:
        for guide in sys.argv[1:]:
            found = list(blocks(guide))
            for block in found:
                run(block, folder)
            print(f"{guide}: {len(found)} blocks run, {time.monotonic() - begin:.0f} s", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
