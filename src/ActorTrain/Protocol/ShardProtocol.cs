using ActorTrain.Consistency;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Serialization;
using ActorTrain.Staleness;

namespace ActorTrain.Protocol;

/// <summary>Worker, evaluator, client and parameter shard: weights and gradients.</summary>
internal static class ShardProtocol
{
    /// <summary>The most ranges without a gradient in a push: a header has 64 KiB, and each range takes ten bytes at
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

    /// <summary>Worker → shard. Answered by <see cref="Pushed"/>; safe to send again without an answer.</summary>
    /// <param name="Part">The samples of the gradient; the shard applies each position once, from any worker.</param>
    /// <param name="Worker">The worker and its incarnation; a past incarnation is refused.</param>
    /// <param name="BaseVersion">Shard version the gradient was computed from.</param>
    /// <param name="Payload">Mean gradient over the part's samples, or the change of the parameters by local steps on
    /// them, in proportion to those of a whole push; this shard's slice, [slice length] f32.</param>
    public sealed record Push(SampleRange Part, WorkerId Worker, long BaseVersion, TensorSlice Payload) : ITensorMessage
    {
        /// <summary>
        /// Ranges of the slice that have no gradient, in order, none touching another: an unused branch, an expert that
        /// was not chosen. The shard leaves them as they are.
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
            new(SampleRange.Read(header), WorkerId.Read(header), header.ReadInt64(), payload)
            {
                Untouched = ReadUntouched(header, payload.Length),
            };

        private static FlatRange[] ReadUntouched(BinaryReader header, int length)
        {
            var count = header.Read7BitEncodedInt();
            if (count == 0)
                return [];
            if (count < 0 || count > MostUntouched)
                throw new FormatException($"it has {count} ranges without a gradient");
            var ranges = new FlatRange[count];
            var end = 0;
            for (var i = 0; i < count; i++)
            {
                ranges[i] = new FlatRange(end + header.Read7BitEncodedInt(), header.Read7BitEncodedInt());
                if (ranges[i].Offset < end || ranges[i].Length < 1 || ranges[i].End > length || ranges[i].End < end)
                    throw new FormatException($"its range {i} without a gradient does not lie in a slice of {length}");
                end = ranges[i].End;
            }
            return ranges;
        }
    }

    /// <summary>Shard → worker: the verdict, and the parameters to go on with.</summary>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Part">The part that was pushed.</param>
    /// <param name="Verdict">The shard's decision about it.</param>
    /// <param name="Version">The shard's version.</param>
    /// <param name="Step">The positions whose gradients the shard takes at this version; null where it takes
    /// all.</param>
    /// <param name="Payload">The parameters of this version, [slice length] f32; empty where the worker has
    /// them.</param>
    public sealed record Pushed(
        int Shard,
        SampleRange Part,
        Verdict Verdict,
        long Version,
        SampleRange? Step,
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
            SampleRange.Write(header, Step);
        }

        internal static Pushed Read(BinaryReader header, TensorSlice payload) =>
            new(
                header.ReadInt32(),
                SampleRange.Read(header),
                Verdict.Read(header),
                header.ReadInt64(),
                SampleRange.ReadOrNull(header),
                payload
            );
    }

    /// <summary>
    /// Worker → shard: the worker can compute only this part next. Answered by <see cref="ParametersReady"/>, as soon
    /// as the shard takes its gradient; safe to send again, and the newest counts.
    /// </summary>
    /// <param name="Worker">The worker and its incarnation.</param>
    /// <param name="Part">The part that it is about to compute.</param>
    public sealed record AwaitParameters(WorkerId Worker, SampleRange Part) : IWireMessage;

    /// <summary>Shard → worker: the parameters to compute the part from.</summary>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Part">The part.</param>
    /// <param name="Version">Version of <paramref name="Payload"/>: that of the step before, where this shard has
    /// applied the step and another shard has not.</param>
    /// <param name="Step">The positions that this version is for; null where it is for all.</param>
    /// <param name="IsApplied">Whether this shard has applied the part by now. Where every shard has, it need not be
    /// computed.</param>
    /// <param name="Payload">The parameters, [slice length] f32.</param>
    public sealed record ParametersReady(
        int Shard,
        SampleRange Part,
        long Version,
        SampleRange? Step,
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
            SampleRange.Write(header, Step);
            header.Write(IsApplied);
        }

        internal static ParametersReady Read(BinaryReader header, TensorSlice payload) =>
            new(
                header.ReadInt32(),
                SampleRange.Read(header),
                header.ReadInt64(),
                SampleRange.ReadOrNull(header),
                header.ReadBoolean(),
                payload
            );
    }

    /// <summary>
    /// Worker → shard: watch the step of this version. Answered by <see cref="StepClosed"/> when it is closed; of
    /// several the newest counts.
    /// </summary>
    /// <param name="Worker">The worker and its incarnation.</param>
    /// <param name="Version">The version that it computes from.</param>
    public sealed record WatchStep(WorkerId Worker, long Version) : IWireMessage;

    /// <summary>Shard → worker: gradients of that version are refused from now on.</summary>
    /// <param name="Version">The version.</param>
    public sealed record StepClosed(long Version) : IWireMessage;

    /// <summary>Worker, evaluator or client → shard. Answered by <see cref="Pulled"/>.</summary>
    /// <param name="Epoch">The weights as they were when this epoch was complete, where they are still kept; 0 for the
    /// newest.</param>
    public sealed record Pull(int Epoch = 0) : IWireMessage;

    /// <summary>Coordinator → shard and buffers: weights and buffers of earlier epochs need not be kept. Not answered;
    /// safe to send again.</summary>
    /// <param name="Before">The first epoch that may still be evaluated.</param>
    public sealed record ReleaseEpochs(int Before) : IWireMessage;

    /// <summary>Shard → the sender of the pull.</summary>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Version">Version of <paramref name="Payload"/>.</param>
    /// <param name="Step">The positions whose gradients the shard takes at this version; null where it takes
    /// all.</param>
    /// <param name="Payload">The shard's parameters, [slice length] f32.</param>
    public sealed record Pulled(int Shard, long Version, SampleRange? Step, TensorSlice Payload) : ITensorMessage
    {
        /// <summary>The epoch that was pulled; 0 for the newest. Parameters of an epoch may be older than
        /// others.</summary>
        public int Epoch { get; init; }

        /// <summary>Whether the parameters are those of that epoch's end; otherwise those are no longer kept, and these
        /// are the newest.</summary>
        public bool IsOfEpoch { get; init; } = true;

        /// <inheritdoc/>
        public void WriteHeader(BinaryWriter header)
        {
            header.Write(Shard);
            header.Write(Version);
            SampleRange.Write(header, Step);
            header.Write(Epoch);
            header.Write(IsOfEpoch);
        }

        internal static Pulled Read(BinaryReader header, TensorSlice payload) =>
            new(header.ReadInt32(), header.ReadInt64(), SampleRange.ReadOrNull(header), payload)
            {
                Epoch = header.ReadInt32(),
                IsOfEpoch = header.ReadBoolean(),
            };
    }

    /// <summary>Coordinator → shard: report your counts. Answered by <see cref="Counts"/>.</summary>
    /// <param name="Round">Number of this round, to tell its answers from older ones.</param>
    public sealed record GetCounts(long Round) : IWireMessage;

    /// <summary>Shard → coordinator.</summary>
    /// <param name="Round">The round that this answers.</param>
    /// <param name="Shard">The shard's index.</param>
    /// <param name="Version">Updates applied.</param>
    /// <param name="DuplicatesRefused">Pushes refused because their samples were applied before.</param>
    /// <param name="CompleteEpochs">Epochs of which every sample is applied, counted from the first without a
    /// gap.</param>
    /// <param name="Applied">Ranges applied of the epochs after those, in order.</param>
    /// <param name="Workers">The counts of each worker's pushes.</param>
    /// <param name="StalenessHistogram">Applied pushes by staleness; the last element counts that and more.</param>
    public sealed record Counts(
        long Round,
        int Shard,
        long Version,
        long DuplicatesRefused,
        int CompleteEpochs,
        SampleRange[] Applied,
        WorkerCount[] Workers,
        long[] StalenessHistogram
    ) : IWireMessage;

    /// <summary>
    /// Coordinator → shard: a worker's incarnation has ended. Its pushes so far count, later ones are refused. Not
    /// answered.
    /// </summary>
    /// <param name="Past">The worker and that incarnation.</param>
    public sealed record FenceWorker(WorkerId Past) : IWireMessage;

    /// <summary>
    /// Coordinator → shard: all workers' incarnations up to this one have ended; another coordinator begins new ones.
    /// Not answered.
    /// </summary>
    /// <param name="Incarnation">The newest that has ended.</param>
    public sealed record FenceAllWorkers(long Incarnation) : IWireMessage;

    /// <summary>
    /// Coordinator → shard, every second and at every change: the present policies. Not answered; safe to send again.
    /// </summary>
    /// <param name="Staleness">The staleness policy.</param>
    /// <param name="Consistency">The consistency model, with the global batch size in samples.</param>
    /// <param name="Contributions">Gradients of a step, where there are backup workers.</param>
    public sealed record SetPolicies(StalenessOptions Staleness, ConsistencyOptions Consistency, int Contributions)
        : IWireMessage;

    /// <summary>The counts of one worker's pushes at one shard.</summary>
    /// <param name="Node">The worker's node.</param>
    /// <param name="Restarts">Restarts of the node before; the counts sum over all its incarnations since.</param>
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
