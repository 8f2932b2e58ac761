"""Checks a job's report: every sample applied once, by every worker, and well enough learned."""
import argparse
import json

parser = argparse.ArgumentParser()
parser.add_argument("report")
parser.add_argument("--accuracy", type=float, default=0)
parser.add_argument("--workers", type=int, required=True)
options = parser.parse_args()

with open(options.report) as file:
    report = json.load(file)
expected = len(report["epochs"]) * report["data"]["trainSamples"]
checks = {
    "samplesExpected is epochs x training samples": report["samplesExpected"] == expected,
    "samplesApplied is samplesExpected": report["samplesApplied"] == expected,
    "every epoch applied each sample once": all(e["samples"] == report["data"]["trainSamples"] for e in report["epochs"]),
    "the workers' samples sum to samplesApplied": sum(w["samples"] for w in report["workers"]) == expected,
    f"{options.workers} workers took part": len({w["node"] for w in report["workers"] if w["samples"] > 0}) == options.workers,
    f"testAccuracy is at least {options.accuracy}": (report["testAccuracy"] or 0) >= options.accuracy,
}
for check, holds in checks.items():
    print("ok  " if holds else "FAIL", check)
print(f"testAccuracy {report['testAccuracy']}, {report['throughput']:.0f} samples/s")
raise SystemExit(not all(checks.values()))
