namespace ActorTrain.Cli.Tests.Verbs;

public class HelpTests
{
    [Theory]
    [InlineData("demo")]
    [InlineData("seed")]
    [InlineData("worker")]
    [InlineData("train")]
    [InlineData("local")]
    [InlineData("status")]
    [InlineData("set")]
    [InlineData("pause")]
    [InlineData("resume")]
    [InlineData("cancel")]
    [InlineData("simulate")]
    [InlineData("laws")]
    public async Task The_help_of_every_verb_has_an_example_and_the_exit_codes(string verb)
    {
        var result = await CliResult.Run(verb, "--help");

        (result.ExitCode, result.Error).ShouldBe((0, ""));
        result.Output.ShouldContain("Example");
        result.Output.ShouldContain($"  actortrain {verb}");
        foreach (var exitCode in new[] { "0  finished", "1  failed", "2  an input that cannot be used", "3  canceled" })
            result.Output.ShouldContain($"\n  {exitCode}");
    }

    [Fact]
    public async Task The_command_lists_its_verbs()
    {
        var result = await CliResult.Run("--help");

        result.ExitCode.ShouldBe(0);
        result.Output.ShouldContain("\nExit codes:\n  0  finished");
        foreach (
            var verb in new[]
            {
                "demo",
                "seed",
                "worker",
                "train",
                "local",
                "status",
                "set",
                "pause",
                "resume",
                "cancel",
                "simulate",
                "laws",
            }
        )
            result.Output.ShouldContain($"\n  {verb} ");
    }

    [Theory]
    [InlineData("demo"), InlineData("train"), InlineData("local")]
    public async Task Every_verb_that_runs_a_job_has_the_same_job_options(string verb)
    {
        var help = (await CliResult.Run(verb, "--help")).Output;

        foreach (
            var option in new[]
            {
                "--model",
                "--epochs",
                "--batch-size",
                "--optimizer",
                "--lr",
                "--momentum",
                "--schedule",
                "--shards",
                "--gradient-clip-norm",
                "--seed",
                "--report",
                "--save",
                "--quiet",
            }
        )
            help.ShouldContain($"  {option} ");
    }

    [Fact]
    public async Task The_parser_accepts_the_examples()
    {
        foreach (
            var verb in new[]
            {
                "demo",
                "seed",
                "worker",
                "train",
                "local",
                "status",
                "set",
                "pause",
                "resume",
                "cancel",
                "simulate",
                "laws",
            }
        )
        {
            var help = (await CliResult.Run(verb, "--help")).Output;
            var examples = help.Split('\n')
                .Where(line => line.StartsWith($"  actortrain {verb}", StringComparison.Ordinal))
                .ToList();
            examples.ShouldNotBeEmpty();
            foreach (var example in examples)
                (await CliResult.Run([.. example.Trim().Split(' ').Skip(1), "--help"])).ExitCode.ShouldBe(0, example);
        }
    }
}
