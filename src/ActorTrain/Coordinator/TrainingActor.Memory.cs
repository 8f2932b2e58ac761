using Akka.Actor;

namespace ActorTrain.Coordinator;

/// <summary>What another coordinator would need to go on: told every second, and at every event.</summary>
internal sealed partial class TrainingActor
{
    // What a coordinator did after its last memory had left is not known to the next. That is a fraction of a second,
    // and each life begins with two messages: far fewer than this.
    private const long UnknownLives = 1_000_000;
    private TimeSpan _rememberedAt;

    private sealed record MemoryDue;

    private void Remember()
    {
        Timers.Cancel(nameof(MemoryDue));
        _rememberedAt = Now;
        Context.Parent.Tell(
            new Remembered(
                _desk.Staleness,
                _desk.Consistency,
                _incarnations,
                _desk.Paused,
                _record.ToMemory(Now),
                _record.CompletedEpochs(),
                _record.Events
            )
        );
    }

    /// <summary>
    /// A memory names all workers and all events, so n of them that join would cost n². Where workers are few, an event
    /// is remembered at once; where they are many, with all others of as short a time as that in which asks are
    /// gathered. What the next coordinator may then not know are events, of which no sample depends, and lives, for
    /// which <see cref="UnknownLives"/> are left out.
    /// </summary>
    private void RememberSoon()
    {
        var due = _rememberedAt + _desk.RoundsApart;
        if (Now >= due)
            Remember();
        else if (!Timers.IsTimerActive(nameof(MemoryDue)))
            Timers.StartSingleTimer(nameof(MemoryDue), new MemoryDue(), due - Now);
    }
}
