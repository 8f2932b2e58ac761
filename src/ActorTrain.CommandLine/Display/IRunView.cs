using ActorTrain.Job;

namespace ActorTrain.CommandLine.Display;

/// <summary>Shows a run while it goes on.</summary>
internal interface IRunView
{
    /// <summary>Shows progress until there is no more.</summary>
    Task ShowAsync(IAsyncEnumerable<JobProgress> progress);

    /// <summary>Shows a line for the user, such as a question.</summary>
    void Say(string line);
}
