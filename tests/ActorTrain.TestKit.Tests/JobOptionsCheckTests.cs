using ActorTrain.Job;
using ActorTrain.TestKit.Tests.Replaying;

namespace ActorTrain.TestKit.Tests;

/// <summary>Options set in code are checked by the reader of the settings.</summary>
public sealed class JobOptionsCheckTests
{
    private static readonly JobOptions Job = Jobs.Create("consistency.synchronous.global-batch-size = 60");

    // The engine reads its own settings.
    private static readonly string[] NotRead = ["Settings"];

    [Fact]
    public void The_reader_accepts_every_changed_setting_unchanged_or_refuses_it_by_name()
    {
        foreach (
            var (setting, options) in ChangedOptions
                .ForEachSetting(Job)
                .Where(changed => !NotRead.Contains(changed.Setting))
        )
        {
            var changed = (JobOptions)options;
            if (RefusalOf(changed) is { } refusal)
                refusal.ShouldMatch($@"JobOptions\..*{setting}\b");
            else
                JobOptionsReader.Copy(changed).ToString().ShouldBe(changed.ToString(), setting);
        }
    }

    private static string? RefusalOf(JobOptions job)
    {
        try
        {
            JobOptionsReader.Check(job);
            return null;
        }
        catch (ActorTrainException refused)
        {
            return refused.Message;
        }
    }
}
