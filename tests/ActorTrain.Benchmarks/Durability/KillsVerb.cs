using System.CommandLine;
using System.Diagnostics;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Checkpoints;
using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Saving;

namespace ActorTrain.Benchmarks.Durability;

/// <summary>
/// Kills a process that writes checkpoints, at random moments: after each kill the newest checkpoint can be read, and
/// none that was written is missing.
/// </summary>
internal static class KillsVerb
{
    /// <summary>The verb of the process that writes.</summary>
    public const string Writer = "write-checkpoints";

    private const int Parameters = 200_000;

    public static Command Create()
    {
        var kills = new Option<int>("--kills") { Description = "How many.", DefaultValueFactory = _ => 500 };
        var seed = new Option<int>("--seed") { Description = "Of the moments.", DefaultValueFactory = _ => 1 };
        var command = new Command("kills", "Kills a process that writes checkpoints, at random moments.")
        {
            kills,
            seed,
        };
        command.SetAction((parsed, _) => RunAsync(parsed.GetValue(kills), parsed.GetValue(seed)));
        return command;
    }

    /// <summary>Writes checkpoints until it is killed, and says which.</summary>
    public static void Write(string[] arguments)
    {
        var folder = new CheckpointFolder(arguments[0]);
        while (true)
        {
            var next = folder.List() is [.., var newest] ? newest + 1 : 1;
            var checkpoint = CreateCheckpoint(next);
            folder.Write(
                checkpoint,
                new TrainedModel(checkpoint.Manifest.Model.ToDescription(), checkpoint.State.Weights, default),
                new Dictionary<string, string>(),
                new CheckpointOptions { Keep = 3 }
            );
            Console.WriteLine(next);
        }
    }

    private static async Task<int> RunAsync(int kills, int seed)
    {
        var folder = Directory.CreateTempSubdirectory("actortrain-kills-");
        try
        {
            var (random, run, left) = (new Random(seed), new CheckpointFolder(folder.FullName), 0);
            for (var i = 0; i < kills; i++)
            {
                var written = 0;
                using (var writer = Child.StartThisProgram(Writer, folder.FullName))
                {
                    written = int.Parse(writer.ReadLine());
                    // A write takes some 20 ms.
                    await Task.Delay(random.Next(60));
                    Process.GetProcessById(writer.Id).Kill();
                }
                left += Directory.GetDirectories(folder.FullName, "*.tmp").Length;
                var found = run.ReadNewest();
                if (found.Damaged.Count > 0)
                    throw new InvalidOperationException($"kill {i + 1}: {found.Damaged[0]}");
                if (found.Checkpoint.Manifest.Number < written)
                    throw new InvalidOperationException($"kill {i + 1}: checkpoint {written} is gone");
                if (found.Checkpoint.State.Weights.Any(weight => weight != found.Checkpoint.Manifest.Number))
                    throw new InvalidOperationException($"kill {i + 1}: checkpoint {written} has other weights");
            }
            await Console.Out.WriteLineAsync(
                $"{kills} kills, {left} of them in the middle of a checkpoint, {run.List()[^1]} checkpoints written: "
                    + "each time the newest could be read, and none was lost"
            );
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Checkpoint CreateCheckpoint(int number)
    {
        var model = new ModelDescription(
            "vector",
            ParameterLayout.Create([("weight", [Parameters])]),
            ParameterLayout.Empty
        );
        var shard = new CheckpointShard(
            new ShardSlice(0, 0, Parameters),
            new ShardProtocol.Counts(0, 0, number, 0, 0, [new SampleRange(1, 0, number)], [], []),
            number,
            [],
            [],
            []
        );
        float[] vector = [.. Enumerable.Repeat((float)number, Parameters)];
        return new Checkpoint(
            new CheckpointManifest(
                CheckpointManifest.CurrentFormat,
                "",
                "run",
                0,
                DateTimeOffset.UnixEpoch,
                JobAsSettings.From(new JobOptions()),
                CheckpointModel.From(model),
                new DatasetSummary("none", 1_000_000, 1, ""),
                number,
                1_000_000,
                0,
                [],
                2,
                0,
                [shard],
                null,
                0,
                new RecordSnapshot(0, 0, [], []),
                [],
                [],
                []
            ),
            new CheckpointState([shard], vector, [vector, vector], [], []),
            []
        );
    }
}
