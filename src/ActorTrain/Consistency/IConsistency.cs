namespace ActorTrain.Consistency;

/// <summary>How tightly the workers march: decides whether a worker may take up more work, or waits for the others.</summary>
public interface IConsistency
{
    /// <summary>Its name in settings and report.</summary>
    string Name { get; }

    /// <summary>Whether a worker may go on.</summary>
    /// <param name="clock">Leases that the worker has finished.</param>
    /// <param name="slowest">Leases that the slowest active worker has finished.</param>
    bool MayGoOn(long clock, long slowest);
}
