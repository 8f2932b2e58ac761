using ActorTrain.Job;
using ActorTrain.Tests.Settings;

namespace ActorTrain.Tests.Job;

/// <summary>Reads a file that holds one setting of a job, in its second line.</summary>
internal static class JobSettings
{
    public static void ShouldBeRefused(string setting, string sentence)
    {
        using var file = new TextFile($"actortrain.job {{\n{setting}\n}}");

        file.Plain(Should.Throw<ActorTrainException>(() => JobOptionsReader.Read(file.Path)).Message)
            .ShouldBe(sentence);
    }

    public static void ShouldBeAccepted(string setting)
    {
        using var file = new TextFile($"actortrain.job {{\n{setting}\n}}");

        Should.NotThrow(() => JobOptionsReader.Read(file.Path));
    }
}
