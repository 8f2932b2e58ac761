using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Settings;

namespace ActorTrain.Tests.Settings;

/// <summary>The files in hocon/, which users copy.</summary>
public class ReadyConfigurationTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "hocon");

    public static TheoryData<string> Jobs =>
        [.. Directory.GetFiles(Path.Combine(Folder, "jobs")).Select(file => Path.GetFileName(file)!)];

    [Theory, MemberData(nameof(Jobs))]
    public void Every_job_is_read_and_has_its_files_name(string file) =>
        JobOptionsReader.Read(Path.Combine(Folder, "jobs", file)).Name.ShouldBe(Path.GetFileNameWithoutExtension(file));

    [Fact]
    public void The_node_configurations_are_read()
    {
        NodeSettingsReader.Seed(ConfigurationFile.Read(Path.Combine(Folder, "seed.conf"))).Port.ShouldBe(4053);
        NodeSettingsReader.Engine(ConfigurationFile.Read(Path.Combine(Folder, "worker.conf"))).Device.ShouldBe("cpu");
        NodeSettingsReader
            .Engine(ConfigurationFile.Read(Path.Combine(Folder, "gpu-worker.conf")))
            .Device.ShouldBe("cuda:0");
    }
}
