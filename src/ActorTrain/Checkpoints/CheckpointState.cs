using ActorTrain.Parameters;
using ActorTrain.Protocol;

namespace ActorTrain.Checkpoints;

/// <summary>
/// The state of a job at a clean cut, where all shards have applied the same positions. Its vectors span the whole
/// model, so that it can be cut into any number of shards.
/// </summary>
/// <param name="Shards">The shards that it was gathered from, in order.</param>
/// <param name="Weights">[parameters] f32.</param>
/// <param name="Optimizer">The vectors of the optimizer's state, each [parameters] f32.</param>
/// <param name="Policy">The vectors of the staleness policy's state, each [parameters] f32.</param>
/// <param name="Epochs">The weights of the epochs that are kept for an evaluation, each [parameters] f32.</param>
internal sealed record CheckpointState(
    IReadOnlyList<CheckpointShard> Shards,
    float[] Weights,
    IReadOnlyList<float[]> Optimizer,
    IReadOnlyList<float[]> Policy,
    IReadOnlyList<float[]> Epochs
)
{
    /// <summary>A shard of the job.</summary>
    /// <param name="Slice">Its slice of the parameters.</param>
    /// <param name="Record">All of its state but the vectors.</param>
    /// <param name="Vectors">The vectors, in the order of a shard's snapshot.</param>
    public readonly record struct Part(
        ShardSlice Slice,
        ShardRecord Record,
        IReadOnlyList<ReadOnlyMemory<float>> Vectors
    );

    /// <summary>Puts the shards of a job together.</summary>
    /// <param name="parts">All shards, in order, alike in what they have applied.</param>
    public static CheckpointState Gather(IReadOnlyList<Part> parts)
    {
        var (first, length) = (parts[0].Record, parts.Sum(part => part.Slice.Length));
        // An epoch that one shard keeps no more has been evaluated.
        var kept = first
            .Epochs.Where(epoch => parts.All(part => part.Record.Epochs.Any(other => other.Epoch == epoch.Epoch)))
            .Select(epoch => epoch.Epoch)
            .ToList();
        return new(
            [
                .. parts.Select(part => new CheckpointShard(
                    part.Slice,
                    part.Record.Counts,
                    part.Record.Samples,
                    part.Record.Steps,
                    part.Record.Numbers,
                    [.. part.Record.Epochs.Where(epoch => kept.Contains(epoch.Epoch))]
                )),
            ],
            Whole(_ => 0),
            [.. Enumerable.Range(0, first.OptimizerVectors).Select(i => Whole(_ => 1 + i))],
            [.. Enumerable.Range(0, first.PolicyVectors).Select(i => Whole(_ => 1 + first.OptimizerVectors + i))],
            [
                .. kept.Select(epoch =>
                    Whole(part =>
                        1
                        + part.Record.OptimizerVectors
                        + part.Record.PolicyVectors
                        + Array.FindIndex(part.Record.Epochs, other => other.Epoch == epoch)
                    )
                ),
            ]
        );

        float[] Whole(Func<Part, int> indexOf)
        {
            var whole = new float[length];
            foreach (var part in parts)
                part.Vectors[indexOf(part)].Span.CopyTo(whole.AsSpan(part.Slice.Offset, part.Slice.Length));
            return whole;
        }
    }

    /// <summary>Cuts it into shards.</summary>
    /// <param name="slices">The slices of the parameters.</param>
    /// <param name="policies">The policies of the job that goes on from it.</param>
    public IReadOnlyList<Part> Cut(IReadOnlyList<ShardSlice> slices, ShardProtocol.SetPolicies policies) =>
        [
            .. slices.Select(slice =>
            {
                var shard = Shards.Last(known => known.Slice.Offset <= slice.Offset);
                return new Part(
                    slice,
                    new ShardRecord(
                        shard.Counts with
                        {
                            Round = 0,
                            Shard = slice.Index,
                            // The report adds them up.
                            DuplicatesRefused =
                                slice.Index == 0 ? Shards.Sum(known => known.Counts.DuplicatesRefused) : 0,
                        },
                        shard.Samples,
                        StepsOf(slice),
                        Policy.Count > 0 ? shard.PolicyNumbers : [],
                        policies,
                        Optimizer.Count,
                        Policy.Count,
                        shard.Epochs
                    ),
                    [
                        .. new[] { Weights }
                            .Concat(Optimizer)
                            .Concat(Policy)
                            .Concat(Epochs)
                            .Select(vector => (ReadOnlyMemory<float>)vector.AsMemory(slice.Offset, slice.Length)),
                    ]
                );
            }),
        ];

    // The ranges of a shard count from its own first element, and none has the steps of its neighbour.
    private StepCount[] StepsOf(ShardSlice slice)
    {
        var steps = new List<StepCount>();
        foreach (var shard in Shards)
        foreach (var counted in shard.Steps)
        {
            var start = Math.Max(slice.Offset, shard.Slice.Offset + counted.Range.Offset);
            var end = Math.Min(slice.Offset + slice.Length, shard.Slice.Offset + counted.Range.End);
            if (start >= end)
                continue;
            if (steps.Count > 0 && steps[^1].Steps == counted.Steps)
                steps[^1] = steps[^1] with
                {
                    Range = steps[^1].Range with { Length = end - slice.Offset - steps[^1].Range.Offset },
                };
            else
                steps.Add(new StepCount(new FlatRange(start - slice.Offset, end - start), counted.Steps));
        }
        return [.. steps];
    }
}
