using ActorTrain.CommandLine.Running;
using ActorTrain.Files;

namespace ActorTrain.Cli.Tests.Running;

public sealed class ResultFilesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _reported = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_result_is_written_to_the_requested_path()
    {
        var files = CreateFiles(() => throw new InvalidOperationException("no other folder is needed"));

        (await files.WriteAsync(In("report.json"), Write)).ShouldBe(In("report.json"));

        files.AllInPlace.ShouldBeTrue();
        _reported.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_result_that_cannot_be_written_goes_to_the_first_usable_folder()
    {
        var files = CreateFiles(() => null, () => In("missing-too"), () => _folder.Path);

        var place = await files.WriteAsync(In("missing", "report.json"), Write);

        Path.GetFileName(place)!.ShouldMatch(@"^report-\d{8}-\d{6}-\d+\.json$");
        (await File.ReadAllTextAsync(place!)).ShouldBe("all of it");
        files.AllInPlace.ShouldBeFalse();
        _reported
            .ShouldHaveSingleItem()
            .ShouldMatch(
                @"^The text cannot be written to .*report\.json: Could not find .*; it is kept as .*\.json instead$"
            );
    }

    [Fact]
    public async Task A_result_that_no_folder_accepts_is_lost_and_every_reason_is_reported()
    {
        var files = CreateFiles(() => In("first"), () => In("second"));

        (await files.WriteAsync(In("missing", "report.json"), Write)).ShouldBeNull();

        files.AllInPlace.ShouldBeFalse();
        foreach (var folder in new[] { "missing", "first", "second" })
            _reported.ShouldHaveSingleItem().ShouldContain(In(folder));
    }

    [Fact]
    public async Task A_failed_write_leaves_only_the_earlier_file()
    {
        await File.WriteAllTextAsync(In("model"), "the earlier one");

        Should.Throw<IOException>(() =>
            WholeFile.Write(
                In("model"),
                stream =>
                {
                    stream.Write("half of i"u8);
                    throw new IOException("No space left on device");
                }
            )
        );

        (await File.ReadAllTextAsync(In("model"))).ShouldBe("the earlier one");
        Directory.GetFiles(_folder.Path).ShouldBe([In("model")]);
    }

    [Fact]
    public async Task A_write_to_a_link_writes_its_target_and_keeps_the_link()
    {
        if (OperatingSystem.IsWindows())
            return; // links need a privilege there
        await File.WriteAllTextAsync(In("there"), "the earlier one");
        File.CreateSymbolicLink(In("here"), In("there"));

        await Write(In("here"));

        (await File.ReadAllTextAsync(In("there"))).ShouldBe("all of it");
        new FileInfo(In("here")).LinkTarget.ShouldBe(In("there"));
    }

    private ResultFiles CreateFiles(params Func<string?>[] otherFolders) => new(_reported.Add, otherFolders);

    private string In(params string[] names) => Path.Combine([_folder.Path, .. names]);

    private static Task Write(string path) => WholeFile.WriteAsync(path, "all of it", "the text", default);
}
