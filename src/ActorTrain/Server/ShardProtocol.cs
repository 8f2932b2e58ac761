using ActorTrain.Consistency;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Serialization;
using ActorTrain.Staleness;
using ActorTrain.Worker;

namespace ActorTrain.Server;

/// <summary>Worker, evaluator, client and parameter shard: weights and gradients.</summary>
public static class ShardProtocol
{
    /// <summary>Stretches without a gradient that a push can tell of: a header has 64 KiB, and each takes ten bytes at
    /// most.</summary>
    internal const int MostUntouched = 6_000;

    /// <summary>
    /// First worker → shard: the starting weights. Answered by <see cref="Initialized"/>; only the first counts.
    /// </summary>
    /// <param name="Payload">The shard's slice of the parameters, [slice length] f32.</param>
    public sealed record Initialize(TensorSlice Payload) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header) { }

        internal static Initialize Read(BinaryReader header, TensorSlice payload) => new(payload);
    }

    /// <summary>Shard → first worker: the shard has weights.</summary>
    /// <param name="Shard">The shard's index.</param>
    public sealed record Initialized(int Shard) : IWireMessage;

    /// <summary>Worker → shard. Answered by <see cref="Pushed"/>; safe to send again after silence.</summary>
    /// <param name="Part">Which samples this stands for; the shard applies each position once, whoever computed
    /// it.</param>
    /// <param name="Worker">The worker and its incarnation; a past life is refused.</param>
    /// <param name="BaseVersion">Shard version the gradient was computed from.</param>
    /// <param name="Payload"> Mean gradient over the part's samples, or by how much local steps on them move the
    /// parameters, in proportion to those of a whole push; this shard's slice, [slice length] f32.
    /// </param>
    public sealed record Push(LeasePart Part, WorkerId Worker, long BaseVersion, TensorSlice Payload) : ITensorMessage
    {
        /// <summary>
        /// Stretches of the slice that have no gradient, in order, none touching another: an unused branch, an expert
        /// that was not chosen. The shard leaves them as they are.
        /// </summary>
        public FlatRange[] Untouched { get; init; } = [];

        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            Part.Write(header);
            Worker.Write(header);
            header.Write(BaseVersion);
            header.Write7BitEncodedInt(Untouched.Length);
            var end = 0;
            foreach (var range in Untouched)
            {
                header.Write7BitEncodedInt(range.Offset - end);
                header.Write7BitEncodedInt(range.Length);
                end = range.End;
            }
        }

        internal static Push Read(BinaryReader header, TensorSlice payload) =>
            new(LeasePart.Read(header), WorkerId.Read(header), header.ReadInt64(), payload)
            {
                Untouched = ReadUntouched(header, payload.Length),
            };

        private static FlatRange[] ReadUntouched(BinaryReader header, int length)
        {
            var count = header.Read7BitEncodedInt();
            if (count == 0)
                return [];
            if (count < 0 || count > MostUntouched)
                throw new FormatException($"it has {count} stretches without a gradient");
            var ranges = new FlatRange[count];
            var end = 0;
            for (var i = 0; i < count; i++)
            {
                ranges[i] = new FlatRange(end + header.Read7BitEncodedInt(), header.Read7BitEncodedInt());
                if (ranges[i].Offset < end || ranges[i].Length < 1 || ranges[i].End > length || ranges[i].End < end)
                    throw new FormatException(
                        $"its stretch {i} without a gradient does not lie in a slice of {length}"
                    );
                end = ranges[i].End;
            }
            return ranges;
        }
    }

    /// <summary>Shard → worker: the verdict, and the parameters to go on with.</summary>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Part">The part that was pushed.</param>
    /// <param name="Verdict">What became of it.</param>
    /// <param name="Version">The shard's version.</param>
    /// <param name="Step">The positions whose gradients the shard takes at this version; null where it takes
    /// any.</param>
    /// <param name="Payload">The parameters of this version, [slice length] f32; empty where the worker has
    /// them.</param>
    public sealed record Pushed(
        int Shard,
        LeasePart Part,
        Verdict Verdict,
        long Version,
        LeasePart? Step,
        TensorSlice Payload
    ) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            header.Write(Shard);
            Part.Write(header);
            Verdict.Write(header);
            header.Write(Version);
            LeasePart.Write(header, Step);
        }

        internal static Pushed Read(BinaryReader header, TensorSlice payload) =>
            new(
                header.ReadInt32(),
                LeasePart.Read(header),
                Verdict.Read(header),
                header.ReadInt64(),
                LeasePart.ReadOrNull(header),
                payload
            );
    }

    /// <summary>
    /// Worker → shard: I have nothing to do but this part. Answered by <see cref="Awaited"/>, as soon as the shard
    /// takes its gradient; safe to send again, and the newest counts.
    /// </summary>
    /// <param name="Worker">The worker and its incarnation.</param>
    /// <param name="Part">The part that it is about to compute.</param>
    public sealed record Await(WorkerId Worker, LeasePart Part) : IWireMessage;

    /// <summary>Shard → worker: what the part is to be computed from.</summary>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Part">The part.</param>
    /// <param name="Version">Version of <paramref name="Payload"/>: the step before, where this shard has gathered all
    /// of it and another has not.</param>
    /// <param name="Step">The positions that this version is for; null where it is for any.</param>
    /// <param name="IsApplied">Whether this shard has applied the part by now. Where every shard has, nobody need
    /// compute it.</param>
    /// <param name="Payload">The parameters, [slice length] f32.</param>
    public sealed record Awaited(
        int Shard,
        LeasePart Part,
        long Version,
        LeasePart? Step,
        bool IsApplied,
        TensorSlice Payload
    ) : ITensorMessage
    {
        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            header.Write(Shard);
            Part.Write(header);
            header.Write(Version);
            LeasePart.Write(header, Step);
            header.Write(IsApplied);
        }

        internal static Awaited Read(BinaryReader header, TensorSlice payload) =>
            new(
                header.ReadInt32(),
                LeasePart.Read(header),
                header.ReadInt64(),
                LeasePart.ReadOrNull(header),
                header.ReadBoolean(),
                payload
            );
    }

    /// <summary>
    /// Worker → shard: tell me when this version's step is closed. Answered by <see cref="StepClosed"/> then; of
    /// several the newest counts.
    /// </summary>
    /// <param name="Worker">The worker and its incarnation.</param>
    /// <param name="Version">The version that it computes from.</param>
    public sealed record WatchStep(WorkerId Worker, long Version) : IWireMessage;

    /// <summary>Shard → worker: a gradient of that version is of no use any more.</summary>
    /// <param name="Version">The version.</param>
    public sealed record StepClosed(long Version) : IWireMessage;

    /// <summary>Worker, evaluator or client → shard. Answered by <see cref="Pulled"/>.</summary>
    /// <param name="Epoch">The weights as they were when this epoch was complete, where they are still kept; 0 for the
    /// newest.</param>
    public sealed record Pull(int Epoch = 0) : IWireMessage;

    /// <summary>Coordinator → shard and model state: weights and state of earlier epochs need not be kept. Not
    /// answered; safe to send again.</summary>
    /// <param name="Before">The first epoch that may still be evaluated.</param>
    public sealed record Evaluated(int Before) : IWireMessage;

    /// <summary>Shard → whoever pulled.</summary>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Version">Version of <paramref name="Payload"/>.</param>
    /// <param name="Step">The positions whose gradients the shard takes at this version; null where it takes
    /// any.</param>
    /// <param name="Payload">The shard's parameters, [slice length] f32.</param>
    public sealed record Pulled(int Shard, long Version, LeasePart? Step, TensorSlice Payload) : ITensorMessage
    {
        /// <summary>The epoch at whose end they were asked for; 0 for the newest. Then they may be older than
        /// others.</summary>
        public int Epoch { get; init; }

        /// <summary>Whether they are those of that epoch's end; otherwise they are not kept any more, and these are the
        /// newest.</summary>
        public bool IsOfEpoch { get; init; } = true;

        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            header.Write(Shard);
            header.Write(Version);
            LeasePart.Write(header, Step);
            header.Write(Epoch);
            header.Write(IsOfEpoch);
        }

        internal static Pulled Read(BinaryReader header, TensorSlice payload) =>
            new(header.ReadInt32(), header.ReadInt64(), LeasePart.ReadOrNull(header), payload)
            {
                Epoch = header.ReadInt32(),
                IsOfEpoch = header.ReadBoolean(),
            };
    }

    /// <summary>Coordinator → shard: what have you counted? Answered by <see cref="Counted"/>.</summary>
    /// <param name="Round">Number of this look, to tell the answer from older ones.</param>
    public sealed record Count(long Round) : IWireMessage;

    /// <summary>Shard → coordinator.</summary>
    /// <param name="Round">The look that this answers.</param>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Version">Updates applied.</param>
    /// <param name="DuplicatesRefused">Pushes refused because their samples were applied before.</param>
    /// <param name="CompleteEpochs">Epochs of which every sample is applied, counted from the first without a
    /// gap.</param>
    /// <param name="Applied">Positions applied of the epochs after those, as stretches in order.</param>
    /// <param name="Workers">What each worker's pushes came to.</param>
    /// <param name="StalenessHistogram">Applied pushes by staleness; the last element counts that and more.</param>
    public sealed record Counted(
        long Round,
        int Shard,
        long Version,
        long DuplicatesRefused,
        int CompleteEpochs,
        LeasePart[] Applied,
        WorkerCount[] Workers,
        long[] StalenessHistogram
    ) : IWireMessage;

    /// <summary>
    /// Coordinator → shard: a worker's life has ended; what it pushed so far counts, what comes from now on is refused.
    /// Not answered.
    /// </summary>
    /// <param name="Past">The worker in that life.</param>
    public sealed record Fence(WorkerId Past) : IWireMessage;

    /// <summary>
    /// Coordinator → shard: all workers' lives up to this one have ended; another coordinator begins new ones. Not
    /// answered.
    /// </summary>
    /// <param name="Incarnation">The newest that has ended.</param>
    public sealed record FenceAll(long Incarnation) : IWireMessage;

    /// <summary>
    /// Coordinator → shard, every second and at every change: so it is from now on. Not answered; safe to send again.
    /// </summary>
    /// <param name="Staleness">What late gradients are worth.</param>
    /// <param name="Consistency">How the workers march, with the samples of a step in numbers.</param>
    /// <param name="Contributions">N: gradients that make a step, where there are backup workers.</param>
    public sealed record Govern(StalenessOptions Staleness, ConsistencyOptions Consistency, int Contributions)
        : IWireMessage;

    /// <summary>What one worker's pushes came to at one shard.</summary>
    /// <param name="Node">The worker's node.</param>
    /// <param name="Restarts">How often the node was started again before; all its workers since together.</param>
    /// <param name="Samples">Samples applied.</param>
    /// <param name="Pushes">Pushes applied.</param>
    /// <param name="StalenessSum">Sum of their stalenesses, in versions.</param>
    /// <param name="StalenessMax">Largest of them.</param>
    /// <param name="StalenessHistogram">Its applied pushes by staleness; the last element counts that and more.</param>
    public sealed record WorkerCount(
        string Node,
        int Restarts,
        long Samples,
        long Pushes,
        long StalenessSum,
        long StalenessMax,
        long[] StalenessHistogram
    );
}
