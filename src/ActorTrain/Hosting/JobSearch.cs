using ActorTrain.Protocol;
using ActorTrain.Remedies;
using ActorTrain.Sentences;

namespace ActorTrain.Hosting;

/// <summary>
/// When a client looks for its job anew, and when it gives up. A job that is silent may have another coordinator, or
/// the link to it is down; a coordinator that does not know it may adopt it yet.
/// </summary>
/// <param name="clock">The scheduler's clock.</param>
internal sealed class JobSearch(Func<TimeSpan> clock)
{
    /// <summary>How long a cluster whose coordinator was lost may not know the job.</summary>
    public static readonly TimeSpan AdoptionTimeout = Adoption.Timeout;

    // A job tells its progress every second.
    private static readonly TimeSpan Silence = ClientProtocol.FollowInterval * 3;

    /// <summary>How long a client looks for a silent job. A laptop that sleeps is a client, too; but a script is not to
    /// wait for ever.</summary>
    public static readonly TimeSpan SilenceTimeout = TimeSpan.FromMinutes(10);

    private TimeSpan _heardAt = clock();
    private TimeSpan? _unknownSince;
    private TimeSpan? _lostAt;
    private string? _lostResult;

    /// <summary>The job.</summary>
    public string JobId { get; set; } = "";

    /// <summary>The job has told something.</summary>
    public void Heard() => (_heardAt, _unknownSince, _lostAt, _lostResult) = (clock(), null, null, null);

    /// <summary>The coordinator is lost, and another is to go on.</summary>
    public void Lost() => _lostAt ??= clock();

    /// <summary>The result has not arrived.</summary>
    /// <param name="reason">Why, as a clause.</param>
    public void LoseResult(string reason)
    {
        _lostResult = reason;
        Lost();
    }

    /// <summary>A coordinator does not know the job.</summary>
    public void Unknown() => _unknownSince ??= clock();

    /// <summary>Whether to ask the cluster.</summary>
    public bool IsDue => _lostAt is not null || clock() - _heardAt >= Silence;

    /// <summary>What the client waits for; null where it does not wait.</summary>
    public string? Reason =>
        _lostResult is { } lost ? $"the weights have not arrived: {lost}; asking for them again"
        : _lostAt is not null ? "the coordinator of the job is lost; waiting for another"
        : IsDue ? "the job does not answer; it goes on in its cluster, and this client asks for it"
        : null;

    /// <summary>Why the client gives up; null while it does not.</summary>
    public string? Failure
    {
        get
        {
            if ((_unknownSince ?? _lostAt) is { } since && clock() - since > AdoptionTimeout)
                return _lostResult is { } lost
                    ? $"the weights could not be fetched: {lost}"
                    : "the coordinator of the job is lost, and no other has gone on with it within "
                        + $"{AdoptionTimeout.TotalSeconds:0} s; if its nodes come back, attach to it by its id, "
                        + JobId;
            if (clock() - _heardAt <= SilenceTimeout)
                return null;
            var minutes = Plural.Format((int)SilenceTimeout.TotalMinutes, "minute");
            return $"job {JobId} has been silent for {minutes}; it may go on in its cluster: attach to it again by its "
                + "id";
        }
    }
}
