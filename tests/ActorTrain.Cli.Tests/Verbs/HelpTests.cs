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
    [InlineData("stop")]
    [InlineData("simulate")]
    [InlineData("laws")]
    public async Task Every_verb_explains_itself_with_an_example(string verb)
    {
        var ran = await Ran.Command(verb, "--help");

        (ran.ExitCode, ran.Error).ShouldBe((0, ""));
        ran.Output.ShouldContain("Example");
        ran.Output.ShouldContain($"  actortrain {verb}");
        foreach (var exitCode in new[] { "0  finished", "1  failed", "2  something that was given", "3  stopped" })
            ran.Output.ShouldContain($"\n  {exitCode}");
    }

    [Fact]
    public async Task The_command_lists_its_verbs()
    {
        var ran = await Ran.Command("--help");

        ran.ExitCode.ShouldBe(0);
        ran.Output.ShouldContain("\nExit codes:\n  0  finished");
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
                "stop",
                "simulate",
                "laws",
            }
        )
            ran.Output.ShouldContain($"\n  {verb} ");
    }

    [Theory]
    [InlineData("demo"), InlineData("train"), InlineData("local")]
    public async Task Every_verb_that_runs_a_job_has_the_same_job_options(string verb)
    {
        var help = (await Ran.Command(verb, "--help")).Output;

        foreach (
            var option in new[]
            {
                "--model",
                "--epochs",
                "--batch",
                "--optimizer",
                "--lr",
                "--momentum",
                "--schedule",
                "--shards",
                "--clip-norm",
                "--seed",
                "--report",
                "--save",
                "--quiet",
            }
        )
            help.ShouldContain($"  {option} ");
    }

    [Fact]
    public async Task Examples_are_lines_that_the_parser_takes()
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
                "stop",
                "simulate",
                "laws",
            }
        )
        {
            var help = (await Ran.Command(verb, "--help")).Output;
            var examples = help.Split('\n')
                .Where(line => line.StartsWith($"  actortrain {verb}", StringComparison.Ordinal))
                .ToList();
            examples.ShouldNotBeEmpty();
            foreach (var example in examples)
                (await Ran.Command([.. example.Trim().Split(' ').Skip(1), "--help"])).ExitCode.ShouldBe(0, example);
        }
    }
}
