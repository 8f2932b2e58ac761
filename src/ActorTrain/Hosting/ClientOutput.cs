using System.Threading.Channels;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Sentences;

namespace ActorTrain.Hosting;

/// <summary>What the program that submitted a job sees of it: progress, events, acceptance, and the result.</summary>
/// <param name="Progress">Receives the progress.</param>
/// <param name="Events">Receives the events.</param>
/// <param name="Accepted">Completes when the job is accepted, and knows of its client.</param>
/// <param name="Result">Completes with the result.</param>
internal sealed record ClientOutput(
    ChannelWriter<JobProgress> Progress,
    ChannelWriter<SupervisionEvent> Events,
    TaskCompletionSource<ClientProtocol.Accepted> Accepted,
    TaskCompletionSource<TrainingResult> Result
)
{
    /// <summary>Ends the run with an error.</summary>
    /// <param name="reason">The error, as a clause.</param>
    /// <param name="hasTrained">Whether training had begun.</param>
    public void Fail(string reason, bool hasTrained)
    {
        var sentence = Sentence.From(reason);
        Fail(hasTrained ? new JobFailedException(sentence) : new ActorTrainException(sentence));
    }

    /// <summary>Ends a run that the coordinator did not accept.</summary>
    public void Reject(ClientProtocol.Rejected rejected)
    {
        var sentence = Sentence.From(rejected.Reason);
        Fail(
            rejected.Kind == ClientProtocol.Rejection.Busy
                ? new ClusterBusyException(sentence)
                : new InvalidJobException(sentence)
        );
    }

    /// <summary>Ends a run whose coordinator is gone before it accepted the job.</summary>
    public void LoseCoordinator() => Fail(new ClusterUnreachableException("The coordinator went away."));

    /// <summary>Ends a run that was canceled before it had begun to train.</summary>
    public void Cancel(string reason) => Fail(new JobCanceledException(Sentence.From(reason)));

    /// <summary>Ends everything that has not ended yet.</summary>
    public void Close()
    {
        Fail("the client was closed", hasTrained: false);
        Progress.TryComplete();
        Events.TryComplete();
    }

    private void Fail(ActorTrainException failure)
    {
        Accepted.TrySetException(failure);
        Result.TrySetException(failure);
    }
}
