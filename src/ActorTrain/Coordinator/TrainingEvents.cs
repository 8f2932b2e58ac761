namespace ActorTrain.Coordinator;

/// <summary>Publishes the events of a job that trains, and sends the snapshots that contain them.</summary>
/// <param name="publisher">Publishes an event.</param>
/// <param name="snapshots">The snapshots for another coordinator.</param>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class TrainingEvents(EventPublisher publisher, TrainingSnapshots snapshots, Func<TimeSpan> clock)
{
    public void Raise(EventDraft draft)
    {
        publisher.Publish(draft, clock());
        snapshots.SendSoon();
    }

    /// <summary>An evaluation is recorded: its weights are about to be released, and another coordinator could not
    /// repeat it.</summary>
    public void Evaluated() => snapshots.Send();

    /// <summary>A client has changed the job: the change has a snapshot at once, with any number of workers.</summary>
    public void RaiseChange(EventDraft draft)
    {
        publisher.Publish(draft, clock());
        snapshots.Send();
    }
}
