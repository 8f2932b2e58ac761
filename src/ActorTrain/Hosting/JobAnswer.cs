using ActorTrain.Coordinator;
using ActorTrain.Sentences;

namespace ActorTrain.Hosting;

/// <summary>What a job says to a request.</summary>
internal static class JobAnswer
{
    /// <summary>How long it is waited for.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The answer, where it is no refusal.</summary>
    /// <exception cref="ActorTrainException">The job has refused; the message says why.</exception>
    public static object Granted(object answer) =>
        answer is ClientProtocol.Rejected rejected
            ? throw new ActorTrainException(Sentence.Of(rejected.Reason))
            : answer;

    /// <summary>What is said where none comes.</summary>
    public static ActorTrainException None(Exception silence) =>
        new("The coordinator does not answer; it may be moving to another node. Try again.", silence);
}
