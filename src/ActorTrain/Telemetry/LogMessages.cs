using System.Runtime.CompilerServices;
using ActorTrain.Leases;
using Akka.Actor;
using Akka.Event;

namespace ActorTrain.Telemetry;

/// <summary>
/// All messages that ActorTrain logs, each with an event id and a template; a method's name is the event's name. An id
/// is never given to another event, also after its message is gone.
/// </summary>
internal static class LogMessages
{
    private const LogLevel Debug = LogLevel.DebugLevel;
    private const LogLevel Info = LogLevel.InfoLevel;
    private const LogLevel Warn = LogLevel.WarningLevel;
    private const LogLevel Error = LogLevel.ErrorLevel;

    extension(ILoggingAdapter log)
    {
        // Nodes.
        public void Enrolled(Address coordinator) =>
            Write(log, Info, 101, "Enrolled with the coordinator at {Coordinator}", [coordinator]);

        public void PortOpen(string address) =>
            Write(
                log,
                Warn,
                102,
                "This node listens on {Address} without authentication: any program that reaches the port can submit "
                    + "jobs and read models; keep it in a private network",
                [address]
            );

        public void AnyTypeAccepted(string address) =>
            Write(
                log,
                Warn,
                103,
                "This actor system listens on {Address}, and its serializer for System.Object builds any type that a "
                    + "message names: any program that reaches the port can misuse that; keep it in a private network, "
                    + "or bind System.Object in akka.actor.serialization-bindings to another serializer",
                [address]
            );

        public void PortShared(int port) =>
            Write(
                log,
                Warn,
                104,
                "akka.remote.dot-netty.tcp.tcp-reuse-addr lets another process listen on port {Port} as well, and take "
                    + "some of its connections; set it to off",
                [port]
            );

        public void WaitingForJob() => Write(log, Info, 105, "waiting for a job", []);

        public void Waiting(string awaited) => Write(log, Warn, 106, "waiting for {Awaited}", [awaited]);

        public void WaitingWithReason(string awaited, string reason) =>
            Write(log, Warn, 107, "waiting for {Awaited}: {Reason}", [awaited, reason]);

        public void NodeEnds(string reason) =>
            Write(log, Warn, 108, "This node ends, and can come back only as a new one: {Reason}", [reason]);

        /// <summary>Its program shows the reason.</summary>
        public void NodeEndsVisibly(string reason) =>
            Write(log, Info, 109, "This node ends, and can come back only as a new one: {Reason}", [reason]);

        public void LeaseAbandoned(double seconds) =>
            Write(
                log,
                Warn,
                110,
                "The worker did not finish its micro-batch within {Seconds} s; the coordinator takes its lease back",
                [seconds]
            );

        // Supervision.
        public void NodeStops(string reason) => Write(log, Warn, 201, "This node stops: {Reason}", [reason]);

        public void NodeTakenOut(Address by) =>
            Write(
                log,
                Warn,
                202,
                "{By} has taken this node out of the cluster, since it did not answer: this node ends, and can come "
                    + "back only as a new one",
                [by]
            );

        public void ProcessGone(string node) =>
            Write(
                log,
                Warn,
                203,
                "The process of node {Node} is gone: its connection has ended, and its port refuses new ones",
                [node]
            );

        public void AddressesNotKept(string reason) =>
            Write(log, Warn, 204, "{Reason} If it restarts while the seed is gone, it finds no cluster", [reason]);

        public void PendingJobNotKept(string reason) =>
            Write(log, Warn, 205, "If all nodes are lost, their cluster does not go on with a job: {Reason}", [reason]);

        // Coordinator.
        public void NodeEnrolled(string node, string roles) =>
            Write(log, Info, 301, "Node {Node} has enrolled with {Roles}", [node, roles]);

        public void VersionDiffers(string sender, string version, string ownVersion) =>
            Write(
                log,
                Warn,
                302,
                "{Sender} runs ActorTrain {Version}, and this coordinator ActorTrain {OwnVersion}; run the same "
                    + "version on both",
                [sender, version, ownVersion]
            );

        public void JobAdopted(string job) => Write(log, Warn, 303, "Adopting job {Job} of another coordinator", [job]);

        public void JobTrains(string job, string model, int shards, string noun) =>
            Write(log, Info, 304, "Job {Job} trains {Model} on {Shards} {Noun}", [job, model, shards, noun]);

        public void JobEvent(string kind, string node, string reason, string action) =>
            Write(log, Info, 305, "{Kind} {Node}: {Reason}; {Action}", [kind, node, reason, action]);

        public void JobCanceled(string job, string reason) =>
            Write(log, Info, 306, "Job {Job} was canceled: {Reason}", [job, reason]);

        public void ResultNotKept(string job, string reason) =>
            Write(log, Warn, 308, "No node keeps the result of job {Job}: {Reason}", [job, reason]);

        public void JobInterrupted(string job, string id, string reason) =>
            Write(log, Warn, 309, "Job {Job} ({Id}) is interrupted: {Reason}", [job, id, reason]);

        public void CheckpointNotFetched(string reason) =>
            Write(log, Warn, 310, "A newer checkpoint of another node cannot be fetched: {Reason}", [reason]);

        public void JobFailed(string job, string reason) =>
            Write(log, Warn, 307, "Job {Job} has failed: {Reason}", [job, reason]);

        // Workers.
        public void JobJoined(string job) => Write(log, Info, 401, "Joining job {Job}", [job]);

        public void EngineRestarts(double seconds) =>
            Write(log, Info, 402, "A new engine is created in {Seconds:0} s", [seconds]);

        public void EngineNotLoaded(string job, Exception failure) =>
            Write(log, Info, 403, "The engine for job {Job} failed to load", [job], failure);

        public void CannotTakePart(string job, string reason) =>
            Write(log, Warn, 404, "Cannot take part in job {Job}: {Reason}", [job, reason]);

        public void NotAdmitted(string job, string reason) =>
            Write(log, Warn, 405, "Not admitted to job {Job}: {Reason}", [job, reason]);

        public void TakesNoMorePart(string job, string reason) =>
            Write(log, Warn, 406, "Takes no more part in job {Job}: {Reason}", [job, reason]);

        public void EngineFailed(string job, string reason) =>
            Write(log, Error, 407, "The engine failed in job {Job}: {Reason}", [job, reason]);

        public void IncarnationBegins(string job) =>
            Write(log, Info, 408, "A new incarnation begins in job {Job}", [job]);

        public void WaitingToTakePart(string job, string reason) =>
            Write(log, Warn, 409, "Waiting to take part in job {Job}: {Reason}", [job, reason]);

        public void WorkerNotAdopted(string job, double seconds) =>
            Write(log, Warn, 410, "No coordinator has adopted job {Job} within {Seconds:0} s", [job, seconds]);

        public void WorkerFenced(ActorPath shard, string reason) =>
            Write(log, Info, 411, "{Shard} refused a push: {Reason}", [shard, reason]);

        public void PushRepeated(string shards, SampleRange range) =>
            Write(log, Debug, 412, "Shards {Shards} have not answered for {Range}: pushed again", [shards, range]);

        public void EvaluationFailed(int epoch, string reason) =>
            Write(log, Warn, 413, "Evaluation after epoch {Epoch} failed: {Reason}", [epoch, reason]);

        // Servers.
        public void ShardsNotAdopted(string job, double seconds) =>
            Write(
                log,
                Warn,
                501,
                "No coordinator has adopted job {Job} within {Seconds:0} s: its shards are closed",
                [job, seconds]
            );

        public void PushRefused(int shard, string node, string reason) =>
            Write(log, Debug, 502, "Shard {Shard} refused a push of {Node}: {Reason}", [shard, node, reason]);

        public void PolicyRefused(int shard, string policy, string reason) =>
            Write(
                log,
                Error,
                503,
                "Shard {Shard} keeps its staleness policy, since it cannot create {Policy}: {Reason}",
                [shard, policy, reason]
            );

        // Tensor lane.
        public void TensorDropped(long bytes, Address node) =>
            Write(
                log,
                Warn,
                601,
                "More than {Bytes} bytes wait for {Node}: a message to it is dropped, and will be sent again",
                [bytes, node]
            );

        public void LaneEnded(Address node, string reason) =>
            Write(log, Debug, 602, "The lane with {Node} has ended: {Reason}", [node, reason]);

        public void LaneNotOpened(Address node, int messages, string noun) =>
            Write(
                log,
                Warn,
                603,
                "No lane to {Node} can be opened; {Messages} {Noun} discarded. The next message to it tries again",
                [node, messages, noun]
            );

        public void LaneListenerFailed(Exception failure) =>
            Write(log, Error, 604, "The lane's listener has failed, and goes on", [], failure);

        public void LaneViolated(Address node, string reason) =>
            Write(log, Warn, 605, "The lane closed the connection from {Node}: {Reason}", [node, reason]);

        public void LaneConnectionEnded(Address node, string reason) =>
            Write(log, Debug, 606, "The connection from {Node} has ended: {Reason}", [node, reason]);

        public void LaneConnectionFailed(Address node, Exception failure) =>
            Write(log, Error, 607, "The connection from {Node} has failed", [node], failure);

        // Other programs. A message about refusals says how many there were since the last one.
        public void ConnectionClosed(string port, string from, string reason, long times) =>
            WriteTimes(log, 701, "{Port} closed the connection from {From}: {Reason}", [port, from, reason], times);

        public void ConnectionNotAccepted(string port, string reason, long times) =>
            WriteTimes(log, 702, "{Port} could not accept a connection: {Reason}", [port, reason], times);

        public void SilentConnectionsUnlimited() =>
            Write(
                log,
                Warn,
                703,
                "This version of Akka.Remote hides its server channel: silent connections are not limited",
                []
            );

        public void MessageRefused(string message, long times) =>
            WriteTimes(log, 704, "Refused a message from another program: {Message}", [message], times);

        public void MessageNotSent(string reason, long times) =>
            WriteTimes(log, 705, "Refused: {Reason}", [reason], times);

        public void SerializationRefused(string reason) => Write(log, Error, 706, "Refused: {Reason}", [reason]);

        public void PagesLost(string message, string reason) =>
            Write(log, Warn, 707, "A message in pages is lost, {Message}: {Reason}", [message, reason]);
    }

    private static void WriteTimes(
        ILoggingAdapter log,
        int id,
        string template,
        object?[] values,
        long times,
        [CallerMemberName] string name = ""
    )
    {
        if (times == 1)
            Write(log, Warn, id, template, values, name: name);
        else
            Write(
                log,
                Warn,
                id,
                $"{template} ({{Times:N0}} times since the last message about it)",
                [.. values, times],
                name: name
            );
    }

    private static void Write(
        ILoggingAdapter log,
        LogLevel level,
        int id,
        string template,
        object?[] values,
        Exception? cause = null,
        [CallerMemberName] string name = ""
    )
    {
        if (log.IsEnabled(level))
            new LoggedMessage(id, name, template, values).WriteTo(log, level, cause);
    }
}
