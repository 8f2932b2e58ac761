using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>Shows nothing; takes the progress, so that nobody waits for it to be taken.</summary>
internal sealed class SilentView : IRunView
{
    public async Task ShowAsync(IAsyncEnumerable<JobProgress> progress)
    {
        await foreach (var _ in progress) { }
    }
}
