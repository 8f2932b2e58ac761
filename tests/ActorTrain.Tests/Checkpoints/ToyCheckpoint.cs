using ActorTrain.Checkpoints;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Saving;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Checkpoints;

/// <summary>A checkpoint of a small model, for tests.</summary>
internal static class ToyCheckpoint
{
    public static readonly ModelDescription Model = new(
        "linear",
        ParameterLayout.Create([("weight", [1, 37]), ("bias", [1])]),
        ParameterLayout.Create([("seen", [1])])
    );

    public static Checkpoint Create(string run = "run", long samples = 96, JobOptions? job = null, double? loss = null)
    {
        var length = Model.Parameters.Length;
        var counts = new ShardProtocol.Counts(
            0,
            0,
            6,
            2,
            1,
            [new SampleRange(2, 0, 32)],
            [new ShardProtocol.WorkerCount("a:1", 0, 96, 6, 3, 1, [3, 3])],
            [3, 3]
        );
        var epoch = new EpochSummary(1, 64, 1.5, 0.25, loss, loss);
        return new Checkpoint(
            new CheckpointManifest(
                CheckpointManifest.CurrentFormat,
                "1.0",
                run,
                0,
                DateTimeOffset.UnixEpoch,
                JobAsSettings.From(job ?? Jobs.Create()),
                CheckpointModel.From(Model),
                new DatasetSummary("made-up", 64, 8, "f00d"),
                samples,
                128,
                1,
                [new SampleRange(2, 0, 32)],
                2,
                0,
                [
                    new CheckpointShard(
                        new ShardSlice(0, 0, length),
                        counts,
                        96,
                        [new StepCount(new FlatRange(0, 20), 6), new StepCount(new FlatRange(20, length - 20), 5)],
                        [],
                        [new EpochVersion(1, 4)]
                    ),
                ],
                new BuffersRecord([new BuffersReport(2, "", 32)], 1),
                3,
                new RecordSnapshot(3, 2, [new EpochSnapshot(2, 0.5, 32)], []),
                [epoch],
                [new SupervisionEvent(TimeSpan.FromSeconds(1), "worker-joined", "a:1", "it is ready", "it trains")],
                []
            ),
            new CheckpointState(
                [],
                Numbers(1, length),
                [Numbers(2, length), Numbers(3, length)],
                [],
                [Numbers(4, length)]
            ),
            [
                [BitConverter.Int32BitsToSingle(0x7f800001)],
            ]
        ) switch
        {
            var checkpoint => checkpoint with { State = checkpoint.State with { Shards = checkpoint.Manifest.Shards } },
        };
    }

    public static string Write(CheckpointFolder folder, Checkpoint checkpoint, CheckpointOptions? options = null) =>
        folder.Write(
            checkpoint,
            new TrainedModel(Model, checkpoint.State.Weights, new float[1]),
            new Dictionary<string, string>(),
            options ?? new CheckpointOptions()
        );

    public static float[] Numbers(int seed, int length)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
    }
}
