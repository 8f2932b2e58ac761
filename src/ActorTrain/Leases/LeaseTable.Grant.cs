namespace ActorTrain.Leases;

internal sealed partial class LeaseTable
{
    /// <summary>A lease and its holder.</summary>
    /// <param name="lease">The lease.</param>
    /// <param name="holder">The worker that holds it.</param>
    /// <param name="at">When it was granted.</param>
    /// <param name="repeats">The lease that this one repeats a part of; null where it repeats none.</param>
    public sealed class Grant(Lease lease, string holder, TimeSpan at, long? repeats)
    {
        /// <summary>The lease.</summary>
        public Lease Lease { get; } = lease;

        /// <summary>The worker that holds it.</summary>
        public string Holder { get; } = holder;

        /// <summary>When it was granted.</summary>
        public TimeSpan At { get; } = at;

        /// <summary>The lease that this one repeats a part of; null where it repeats none.</summary>
        public long? Repeats { get; } = repeats;

        /// <summary>Whether another worker holds some of it, too.</summary>
        public bool Repeated { get; internal set; }

        /// <summary>Whether two workers hold it, or a part of it.</summary>
        public bool IsShared => Repeated || Repeats is not null;

        internal TimeSpan Renewed { get; set; } = at;
    }
}
