using System.Collections;
using ActorTrain.Balancing;
using ActorTrain.Consistency;
using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Serialization.Paging;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Supervision;
using ActorTrain.Worker;
using Akka.Actor;
using Akka.Util;

namespace ActorTrain.Serialization;

/// <summary>
/// The allow-list: every type that may travel in a control message, in either direction. Whatever is not here is
/// refused.
/// </summary>
internal static class WireTypes
{
    /// <summary>The messages themselves.</summary>
    public static IReadOnlySet<Type> Messages { get; } =
        new HashSet<Type>
        {
            typeof(NodeProtocol.Enrol),
            typeof(NodeProtocol.Enrolled),
            typeof(ClientProtocol.Hello),
            typeof(ClientProtocol.Welcome),
            typeof(ClientProtocol.Submit),
            typeof(ClientProtocol.Accepted),
            typeof(ClientProtocol.CheckLane),
            typeof(ClientProtocol.Rejected),
            typeof(ClientProtocol.Progressed),
            typeof(ClientProtocol.Stop),
            typeof(ClientProtocol.StopJob),
            typeof(ClientProtocol.Stopping),
            typeof(ClientProtocol.Finished),
            typeof(ClientProtocol.Failed),
            typeof(ClientProtocol.Fetched),
            typeof(ClientProtocol.GetStatus),
            typeof(ClientProtocol.Status),
            typeof(ClientProtocol.Happened),
            typeof(ClientProtocol.Adopted),
            typeof(ClientProtocol.Govern),
            typeof(ClientProtocol.GetStaleness),
            typeof(ClientProtocol.StalenessIs),
            typeof(ClientProtocol.GetConsistency),
            typeof(ClientProtocol.ConsistencyIs),
            typeof(ClientProtocol.March),
            typeof(ClientProtocol.Pause),
            typeof(ClientProtocol.Resume),
            typeof(ClientProtocol.PauseIs),
            typeof(ClientProtocol.Locate),
            typeof(ClientProtocol.Located),
            typeof(ClientProtocol.Follow),
            typeof(ClientProtocol.Continued),
            typeof(WorkerProtocol.Prepare),
            typeof(WorkerProtocol.Prepared),
            typeof(WorkerProtocol.CheckLane),
            typeof(WorkerProtocol.LaneChecked),
            typeof(WorkerProtocol.CannotPrepare),
            typeof(WorkerProtocol.Refuse),
            typeof(WorkerProtocol.Initialize),
            typeof(WorkerProtocol.ShardsInitialized),
            typeof(WorkerProtocol.Start),
            typeof(WorkerProtocol.RequestLease),
            typeof(WorkerProtocol.Granted),
            typeof(WorkerProtocol.Recall),
            typeof(WorkerProtocol.LeaseEnded),
            typeof(WorkerProtocol.OutOfMemory),
            typeof(WorkerProtocol.Withdrawn),
            typeof(WorkerProtocol.Evaluate),
            typeof(WorkerProtocol.Evaluated),
            typeof(WorkerProtocol.EvaluationFailed),
            typeof(WorkerProtocol.EndJob),
            typeof(WorkerProtocol.Close),
            typeof(ServerProtocol.OpenShard),
            typeof(ServerProtocol.ShardOpened),
            typeof(ServerProtocol.OpenModelState),
            typeof(ServerProtocol.ModelStateOpened),
            typeof(ServerProtocol.Remember),
            typeof(ServerProtocol.RememberModel),
            typeof(ServerProtocol.Remembered),
            typeof(ServerProtocol.Recall),
            typeof(ServerProtocol.Recalled),
            typeof(ServerProtocol.Adopt),
            typeof(ServerProtocol.Close),
            typeof(ShardProtocol.Initialized),
            typeof(ShardProtocol.Pull),
            typeof(ShardProtocol.Evaluated),
            typeof(ShardProtocol.Count),
            typeof(ShardProtocol.Counted),
            typeof(ShardProtocol.Fence),
            typeof(ShardProtocol.FenceAll),
            typeof(ShardProtocol.Govern),
            typeof(ShardProtocol.Await),
            typeof(ShardProtocol.WatchStep),
            typeof(ShardProtocol.StepClosed),
            typeof(ModelStateProtocol.Pull),
            typeof(LaneProtocol.Open),
            typeof(LaneProtocol.Opened),
            typeof(LaneProtocol.ProbeArrived),
            typeof(LaneProtocol.SendProbe),
            typeof(PageProtocol.Page),
        };

    /// <summary>What messages are made of, beside numbers, texts and enumerations.</summary>
    private static readonly Type[] Parts =
    [
        typeof(JobOptions),
        typeof(ModelOptions),
        typeof(DataOptions),
        typeof(OptimizerOptions),
        typeof(OptimizerKind),
        typeof(ScheduleOptions),
        typeof(ScheduleKind),
        typeof(ConsistencyOptions),
        typeof(ConsistencyMode),
        typeof(SynchronousOptions),
        typeof(BoundedOptions),
        typeof(StalenessOptions),
        typeof(StalenessPolicy),
        typeof(CompensationOptions),
        typeof(DcAsgdOptions),
        typeof(DcAsgdAdaptiveOptions),
        typeof(GapAwareOptions),
        typeof(BalanceOptions),
        typeof(LocalStepsOptions),
        typeof(PayloadType),
        typeof(Dictionary<string, string>),
        typeof(DictionaryEntry),
        typeof(TrainingReport),
        typeof(ModelSummary),
        typeof(DatasetSummary),
        typeof(EpochSummary),
        typeof(WorkerSummary),
        typeof(ShardSummary),
        typeof(StalenessSummary),
        typeof(SupervisionEvent),
        typeof(JobProgress),
        typeof(JobPhase),
        typeof(ClusterStatus),
        typeof(NodeSummary),
        typeof(ModelDescription),
        typeof(DatasetDescription),
        typeof(DeviceDescription),
        typeof(Evaluation),
        typeof(WorkerId),
        typeof(LayoutOnWire),
        typeof(TensorSpec),
        typeof(ElementType),
        typeof(TypedRange),
        typeof(ShardSlice),
        typeof(ShardPlace),
        typeof(Lease),
        typeof(LeasePart),
        typeof(ShardProtocol.WorkerCount),
        typeof(Measurement),
        typeof(WorkerProtocol.RefusedPart),
        typeof(WorkerProtocol.LeaseAccount),
        typeof(Refusal),
        typeof(JobMemory),
        typeof(ModelMemory),
        typeof(RecalledJob),
        typeof(RecordMemory),
        typeof(HistoryEntry),
        typeof(HistoryPage),
        typeof(EpochMemory),
        typeof(WorkerMemory),
        typeof(ActorRefBase.Surrogate),
        typeof(string),
        typeof(byte),
        typeof(long),
        typeof(int),
        typeof(double),
        typeof(float),
        typeof(bool),
        typeof(TimeSpan),
    ];

    /// <summary>All of these, in no order.</summary>
    public static IEnumerable<Type> All => Messages.Concat(Parts);

    private static readonly HashSet<Type> Allowed =
    [
        .. Messages,
        .. Parts,
        .. Parts.Select(part => part.MakeArrayType()),
        typeof(IActorRef[]),
    ];

    /// <summary>Names of all allowed types, in the form of <see cref="WireTypeFilter"/>.</summary>
    public static IReadOnlySet<string> Names { get; } =
        Allowed.Select(type => WireTypeFilter.Plain(type.AssemblyQualifiedName!)).ToHashSet();

    /// <summary>
    /// Types that travel in another's shape, which is on the list: an actor as its path, a layout as its tensors.
    /// </summary>
    public static bool HasSurrogate(Type type) =>
        typeof(ISurrogated).IsAssignableFrom(type) || type == typeof(ParameterLayout);

    /// <summary>
    /// Whether a type may travel. The type that a field is declared with may be an interface: what it holds is asked
    /// for on its own.
    /// </summary>
    public static bool Allow(Type type) =>
        type.IsInterface || Allowed.Contains(Nullable.GetUnderlyingType(type) ?? type);
}
