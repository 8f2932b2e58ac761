using ActorTrain.CommandLine.Logging;

namespace ActorTrain.Cli.Tests.Logging;

public sealed class LogFileTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 3, 18, 39, TimeSpan.Zero);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Two_users_of_one_file_append_without_overwriting_each_other()
    {
        var path = Path.Combine(_folder.Path, "run.log");
        File.WriteAllText(path, "before\n");

        using (var first = LogFile.Open(path))
        using (var second = LogFile.Open(path))
        {
            first.Append("a first line", Now).ShouldBeNull();
            second.Append("a second", Now).ShouldBeNull();
            first.Append("a third", Now).ShouldBeNull();
        }

        File.ReadAllLines(path).ShouldBe(["before", "a first line", "a second", "a third"]);
    }

    [Fact]
    public void An_emptied_file_is_written_from_its_beginning()
    {
        var path = Path.Combine(_folder.Path, "run.log");
        using var log = LogFile.Open(path);
        log.Append("before", Now);
        File.WriteAllText(path, "");

        log.Append("next", Now).ShouldBeNull();

        log.Dispose();
        File.ReadAllLines(path).ShouldBe(["next"]);
    }

    [Fact]
    public void A_failed_write_is_reported_once_and_the_file_says_later_what_it_lacks()
    {
        var folder = Path.Combine(_folder.Path, "missing");
        var path = Path.Combine(folder, "run.log");
        using (var log = LogFile.Open(path))
        {
            log.Append("one", Now).ShouldNotBeNull().ShouldStartWith($"the log cannot be written to {path}: ");
            log.Append("two", Now).ShouldBeNull();
            Directory.CreateDirectory(folder);

            log.Append("three", Now).ShouldBeNull();
        }

        File.ReadAllLines(path)
            .ShouldBe([
                "2026-11-26T03:18:39.000+00:00 WARNING 2 entries before this line could not be written",
                "three",
            ]);
    }
}
