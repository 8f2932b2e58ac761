using ActorTrain.Protocol;
using ActorTrain.Sentences;

namespace ActorTrain.Hosting;

/// <summary>A job's answer to a request.</summary>
internal static class JobAnswer
{
    /// <summary>How long to wait for it.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The answer, unless the job refused the request.</summary>
    /// <exception cref="ActorTrainException">The job refused; the message says why.</exception>
    public static object EnsureAccepted(object answer) =>
        answer is ClientProtocol.Rejected rejected
            ? throw new ActorTrainException(Sentence.From(rejected.Reason))
            : answer;

    /// <summary>The error when no answer comes.</summary>
    public static ClusterUnreachableException Missing(Exception timeout) =>
        new("The coordinator does not answer; it may be moving to another node. Try again.", timeout);
}
