using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Peer;
using ActorTrain.Benchmarks.Training;

namespace ActorTrain.Benchmarks.Balance;

/// <summary>A fast and a slow process of PyTorch, alone and together in DistributedDataParallel over gloo.</summary>
internal sealed class UnequalPeer(TrainingJob job, PeerPython python)
{
    // Enough for some ten seconds of a fast process.
    private readonly int _samples = 12_000 * job.Epochs / 2;

    public UnequalResult Result { get; } = new();

    public void Measure() =>
        Result.Add(
            new UnequalResult.Round(
                Printed("the fast one alone", python.Train(job, 1, _samples, throttles: 1)),
                Printed(
                    "the slow one alone",
                    python.Train(job, 1, (int)(_samples * UnequalResult.Slow), throttles: UnequalResult.Slow)
                ),
                // Each step takes as long as the slower process.
                Printed(
                    "both",
                    python.Train(job, 2, (int)(_samples * UnequalResult.Slow), throttles: [1, UnequalResult.Slow])
                ),
                []
            )
        );

    private Measured Printed(string what, Measured measured)
    {
        Interim.Print($"{job.Name}, PyTorch DDP, {what}", Result.Rounds + 1, measured.Figures);
        return measured;
    }
}
