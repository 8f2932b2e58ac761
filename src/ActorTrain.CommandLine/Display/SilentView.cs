using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>Shows nothing; reads the progress, so that its writer does not wait.</summary>
internal sealed class SilentView(TextWriter error) : IRunView
{
    public async Task ShowAsync(IAsyncEnumerable<JobProgress> progress)
    {
        await foreach (var _ in progress) { }
    }

    public void Say(string line) => error.WriteLine(line);
}
