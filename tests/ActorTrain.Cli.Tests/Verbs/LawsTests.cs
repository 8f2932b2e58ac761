using System.Text.Json;
using ActorTrain.Cli.Proving;
using ActorTrain.TestKit.Laws;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>
/// <c>actortrain laws</c>: what a person gets of it. That the laws hold is shown in the simulator's own tests.
/// </summary>
public sealed class LawsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_law_is_a_table_of_what_it_predicts_and_what_was_measured()
    {
        var ran = await CliResult.Run("laws", "--only", "2");
        ran.ExitCode.ShouldBe(0, ran.Error);
        ran.Output.ShouldContain("2. With gradients of staleness τ");
        ran.Output.ShouldContain("τ = 4    0.347296 ");
        ran.Output.ShouldContain("laws: 1 of 1 hold, in 5 cases");
    }

    [Fact]
    public async Task The_report_is_a_file()
    {
        var report = Path.Combine(_folder.Path, "laws.json");
        var ran = await CliResult.Run("laws", "--only", "2", "--quiet", "--report", report);
        ran.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length.ShouldBe(1);

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(report));
        json.RootElement.GetProperty("holds").GetBoolean().ShouldBeTrue();
        var row = json.RootElement.GetProperty("laws")[0].GetProperty("rows")[0];
        row.GetProperty("predicted").GetDouble().ShouldBe(1, tolerance: 1e-9);
        row.GetProperty("holds").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public void One_case_that_is_off_breaks_its_law_and_the_report_names_it()
    {
        var (kept, broken) = (
            Law(1, LawRow.Near("N = 8", 7, 7.03, 0.005)),
            Law(2, LawRow.Near("τ = 1", 1, 1, 0.01), LawRow.Near("τ = 2", 0.618, 0.625, 0.01))
        );
        kept.Holds.ShouldBeTrue();
        var report = new LawReport([kept, broken], 61);
        report.Holds.ShouldBeFalse();
        report.Line.ShouldBe("laws: 2 (law 2) of 2 broken, after 1:01");

        static MeasuredLaw Law(int number, params LawRow[] rows) => new(number, $"law {number}", "", "", rows, 0);
    }

    [Fact]
    public async Task There_is_no_law_nought()
    {
        var ran = await CliResult.Run("laws", "--only", "0");
        (ran.ExitCode, ran.Error).ShouldBe(
            (2, $"actortrain: --only is 0; it must be a whole number from 1 to {LawCatalog.All.Count}.\n")
        );
    }
}
