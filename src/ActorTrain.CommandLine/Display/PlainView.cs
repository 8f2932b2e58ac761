using System.Diagnostics;
using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>Shows a run as lines of text.</summary>
internal sealed class PlainView(TextWriter output, TimeSpan interval) : IRunView
{
    public async Task ShowAsync(IAsyncEnumerable<JobProgress> progress)
    {
        var started = Stopwatch.GetTimestamp();
        var reporter = new ProgressReporter(interval);
        await foreach (var moment in progress)
        foreach (var line in reporter.Report(moment, Stopwatch.GetElapsedTime(started)))
            await output.WriteLineAsync(line);
    }

    public void Say(string line) => output.WriteLine(line);
}
