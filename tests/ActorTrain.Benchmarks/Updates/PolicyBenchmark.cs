using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Settings;
using ActorTrain.Staleness;

namespace ActorTrain.Benchmarks.Updates;

/// <summary>
/// A whole push at a shard under each staleness policy: verdict, compensation and update. Two workers push alternately,
/// and each still holds the weights of its last reply.
/// </summary>
internal static class PolicyBenchmark
{
    public static void Run(BenchmarkOptions options, string size, int floats)
    {
        var policies = StalenessPolicy.All.Where(policy => options.Wants($"{size} {policy}")).ToList();
        if (policies.Count == 0)
            return;
        var pushers = policies.Prepend(StalenessPolicy.Accept).Select(policy => new Pusher(policy, floats)).ToList();
        var seconds = pushers.Select(_ => new List<double>()).ToList();
        // All policies in each round, so that changes of the machine's load affect all of them.
        for (var round = 0; round <= options.Rounds; round++)
        {
            for (var i = 0; i < pushers.Count; i++)
            {
                var time = UpdateBenchmark.Time(pushers[i].Push, repeats: 40);
                if (round == 0)
                    continue;
                seconds[i].Add(time);
                var name = i == 0 ? "accept, which the others are compared with" : policies[i - 1];
                Interim.Print(
                    $"{size}, {name}",
                    round,
                    ("ms", (time * 1000).ToString("0.00", CultureInfo.InvariantCulture))
                );
            }
        }
        var table = new Table("policy", "ms", "of accept") { PrintsAtEnd = true };
        for (var i = 1; i < pushers.Count; i++)
        {
            table.Add(
                policies[i - 1],
                (seconds[i].Median() * 1000).ToString("0.00", CultureInfo.InvariantCulture),
                seconds[i]
                    .Zip(seconds[0], (time, accept) => time / accept)
                    .Median()
                    .ToString("0.00", CultureInfo.InvariantCulture)
            );
        }
        table.Print($"A push under each staleness policy, {size}, SGD with momentum; median of {options.Rounds}");
    }

    /// <summary>Two workers and their shard.</summary>
    private sealed class Pusher
    {
        private const int Batch = 64;
        private readonly ShardState _shard;
        private readonly float[] _gradient;
        private readonly long[] _versions = new long[2];
        private readonly TensorSlice?[] _reads = new TensorSlice?[2];
        private int _pushes;

        public Pusher(string policy, int floats)
        {
            var job = JobOptionsReader.Read(
                null,
                new SettingOverride("actortrain.job.staleness.policy", policy, "benchmark"),
                new SettingOverride("actortrain.job.epochs", "1", "benchmark")
            );
            _shard = new ShardState(
                index: 0,
                floats,
                samples: 1_000_000 * Batch,
                job with
                {
                    BatchSize = Batch,
                },
                new TensorPool(shared: false, keep: 1L << 30)
            );
            _gradient = new float[floats];
            new Random(1).NextSingles(_gradient);
            _shard.Initialize(_gradient);
        }

        public void Push()
        {
            var index = _pushes % 2;
            var worker = new WorkerId($"worker:{index}", 1);
            var verdict = _shard.Receive(
                new SampleRange(1, _pushes++ * Batch, Batch),
                worker,
                _versions[index],
                _gradient
            );
            if (verdict.Kind != VerdictKind.Applied)
                throw new InvalidOperationException(verdict.Reason);
            _reads[index]?.Release();
            _reads[index] = _shard.Share(TransferDType.F32, worker);
            _versions[index] = _shard.Version;
        }
    }
}
