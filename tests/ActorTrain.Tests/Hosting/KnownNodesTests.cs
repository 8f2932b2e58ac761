using ActorTrain.Hosting;

namespace ActorTrain.Tests.Hosting;

/// <summary>The addresses of a cluster's nodes on disk.</summary>
public sealed class KnownNodesTests : IDisposable
{
    private static readonly HostPort Seed = new("127.0.0.1", 4053);
    private static readonly HostPort A = new("10.0.0.1", 1001);
    private static readonly HostPort B = new("10.0.0.2", 1002);
    private static readonly HostPort C = new("fe80::1", 1003);
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actortrain-test-");

    private KnownNodes Known => new(_folder.FullName, Seed);

    private string FilePath => Path.Combine(_folder.FullName, "clusters", "127.0.0.1-4053.txt");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Another_process_finds_them()
    {
        Known.Read().ShouldBeEmpty();
        Known.Remember([A, C]);
        Known.Read().ShouldBe([A, C]);
    }

    [Fact]
    public void Clusters_of_other_seeds_are_apart()
    {
        Known.Remember([A]);
        new KnownNodes(_folder.FullName, Seed with { Port = 4054 }).Read().ShouldBeEmpty();
    }

    [Fact]
    public void Members_are_first_and_former_ones_stay_since_they_may_live_on_beyond_a_cut()
    {
        Known.Remember([A, B]);
        Known.Remember([C, B]);
        Known.Read().ShouldBe([C, B, A]);
    }

    [Fact]
    public void There_are_64_at_most()
    {
        Known.Remember(Enumerable.Range(1, 60).Select(port => new HostPort("a", port)));
        Known.Remember(Enumerable.Range(1, 60).Select(port => new HostPort("b", port)));
        Known.Read().Count.ShouldBe(64);
        Known.Read()[0].ShouldBe(new HostPort("b", 1));
    }

    [Fact]
    public void Lines_that_are_no_addresses_are_left_out()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, "10.0.0.1:1001\n\0\0\nnone\n\n10.0.0.2:99999\n10.0.0.2:1002");
        Known.Read().ShouldBe([A, B]);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_one_sentence()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "clusters"), "a file");

        Should
            .Throw<ActorTrainException>(() => Known.Remember([A]))
            .Message.ShouldStartWith($"The cluster's addresses cannot be written to {FilePath}: ");
    }
}
