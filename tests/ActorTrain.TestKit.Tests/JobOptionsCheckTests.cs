using ActorTrain.Job;
using ActorTrain.TestKit.Tests.Replaying;

namespace ActorTrain.TestKit.Tests;

/// <summary>A job's options are checked by the reader of the settings that they would be.</summary>
public sealed class JobOptionsCheckTests
{
    private static readonly JobOptions Job = Jobs.Of("consistency.synchronous.global-batch = 60");

    // The engine reads its own settings, and the rest of the outer optimizer's is as it is.
    private static readonly string[] NotRead = ["Settings"],
        OfOuter = ["Kind", "WeightDecay", "Beta1", "Beta2", "Epsilon"];

    [Fact]
    public void Every_setting_of_a_job_reaches_the_reader_which_takes_it_as_it_is_or_refuses_it_by_name()
    {
        foreach (var (setting, options) in ChangedOptions.Of(Job).Where(changed => !NotRead.Contains(changed.Setting)))
        {
            var changed = (JobOptions)options;
            if (OfOuter.Contains(setting) && changed.LocalSteps != Job.LocalSteps)
                continue;
            if (RefusalOf(changed) is { } refusal)
                refusal.ShouldContain($".{setting})");
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
