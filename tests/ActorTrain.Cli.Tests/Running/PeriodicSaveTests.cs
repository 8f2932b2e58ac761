using ActorTrain.CommandLine.Running;
using ActorTrain.Job;

namespace ActorTrain.Cli.Tests.Running;

public sealed class PeriodicSaveTests
{
    private readonly List<string> _reported = [];

    [Fact]
    public async Task A_repeated_failure_is_reported_once_until_its_reason_changes_or_a_save_succeeds()
    {
        var outcomes = new Queue<Exception?>([
            Full,
            Full,
            new ActorTrainException("The folder is gone."),
            null,
            Full,
            new InvalidOperationException("not expected."),
            null,
        ]);
        var saves = new PeriodicSave(1, Save, epoch => _reported.Add($"saved {epoch}"), _reported.Add);

        var seen = 0;
        await foreach (var _ in saves.Watch(Epochs(7)))
            seen++;

        seen.ShouldBe(8, "progress goes on");
        _reported.ShouldBe([
            "the model after epoch 1 was not saved: The disk is full; training goes on",
            "the model after epoch 3 was not saved: The folder is gone; training goes on",
            "saved 4",
            "the model after epoch 5 was not saved: The disk is full; training goes on",
            "the model after epoch 6 was not saved: InvalidOperationException: not expected; training goes on",
            "saved 7",
        ]);
        saves.LastEpoch.ShouldBe(7);

        Task Save(JobProgress moment) =>
            outcomes.Dequeue() is { } failure ? Task.FromException(failure) : Task.CompletedTask;
    }

    private static ActorTrainException Full => new("The disk is full.");

    private static async IAsyncEnumerable<JobProgress> Epochs(int completed)
    {
        for (var epoch = 0; epoch <= completed; epoch++)
        {
            await Task.Yield();
            yield return new JobProgress(
                "first",
                JobPhase.Training,
                "",
                epoch,
                100,
                60,
                180,
                1,
                60,
                0.5,
                0.75,
                [.. Enumerable.Range(1, epoch).Select(number => new EpochSummary(number, 60, 1, 0.5, 0.5, 0.75))],
                [],
                new StalenessSummary(0, 0, []),
                []
            );
        }
    }
}
