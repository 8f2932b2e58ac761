using ActorTrain.Settings;
using CsCheck;

namespace ActorTrain.Tests.Settings;

public class ConfigurationFileTests
{
    [Theory]
    [InlineData(
        "actortrain {\n job {\n epochs = 3\n }",
        "job.conf, line 1: the { of this line is never closed; add a }."
    )]
    [InlineData("actortrain { job { epochs = 3 } }\n}", "job.conf, line 2: this } closes nothing; take it out.")]
    [InlineData(
        "\nactortrain.job.epochs 3",
        "job.conf, line 2: actortrain.job.epochs must be followed by = and a value, or by {."
    )]
    [InlineData(
        "actortrain.job.epochs",
        "job.conf, line 1: actortrain.job.epochs must be followed by = and a value, or by {."
    )]
    [InlineData("epochs =\nbatch-size = 3", "job.conf, line 1: epochs has no value.")]
    [InlineData("a = [1,\n2", "job.conf, line 1: the [ of this line is never closed; add a ].")]
    [InlineData("a { b = [1 }", "job.conf, line 1: the [ of this line is never closed; add a ].")]
    [InlineData("a = \"abc\nb = 1", "job.conf, line 1: the text in quotes that starts here is never closed; add a \".")]
    [InlineData(
        "a = \"\"\"abc\nb = 1",
        "job.conf, line 1: the text in quotes that starts here is never closed; add a \"."
    )]
    [InlineData(
        "a = 1;b = 2",
        "job.conf, line 1: the value of a holds a =; put it into double quotes, or start a new line."
    )]
    [InlineData(
        "a = http://b",
        "job.conf, line 1: the value of a holds a :; put it into double quotes, or start a new line."
    )]
    [InlineData(
        "a == 4",
        "job.conf, line 1: the value of a holds a =; put it into double quotes, or start a new line."
    )]
    [InlineData("= 4", "job.conf, line 1: a key is expected here, not '='.")]
    [InlineData("<html>", "job.conf, line 1: a key is expected here, not '<'.")]
    [InlineData("a..b = 4", "job.conf, line 1: the key a..b has an empty part; write one dot between two names.")]
    [InlineData("{ a = 1 }\nb = 2", "job.conf, line 2: nothing may follow the closing }, but 'b' does.")]
    [InlineData(
        "a = x { b = 1 }",
        "job.conf, line 1: the value of a mixes text with a { or a [; start a new line between them."
    )]
    [InlineData("include \"x.conf\"", "job.conf, line 1: include is not supported; put the settings into this file.")]
    [InlineData("\na = ${b}", "job.conf, line 2: ${b} names a key that this file does not have.")]
    [InlineData("a = ${a}", "job.conf, line 1: ${a} leads back to itself.")]
    [InlineData("a = ${b}\nb = ${a}", "job.conf, line 1: ${b} leads back to itself.")]
    [InlineData("a { b = ${a} }", "job.conf, line 1: ${a} leads back to itself.")]
    [InlineData("a = ${}", "job.conf, line 1: a key is expected here, not '}'.")]
    [InlineData("a = ${ b }", "job.conf, line 1: a key is expected here, not ' '.")]
    [InlineData("a = ${//b}", "job.conf, line 1: a key is expected here, not '/'.")]
    [InlineData("a = [b\\c]", "job.conf, line 1: the value of a holds a \\; put it into double quotes.")]
    [InlineData("a = [*]", "job.conf, line 1: the value of a holds a *; put it into double quotes.")]
    [InlineData("a = me@home", "job.conf, line 1: the value of a holds a @; put it into double quotes.")]
    [InlineData("a = ${,}", "job.conf, line 1: a key is expected here, not ','.")]
    [InlineData("a = 1\nb = ${\"a\"}", "job.conf, line 2: a key is expected here, not '\"'.")]
    [InlineData("a = 1\nb = ${a/b}", "job.conf, line 2: a } is expected here, not '/'.")]
    [InlineData("a = 1\nb = ${a c}", "job.conf, line 2: a } is expected here, not ' '.")]
    [InlineData(
        "a.b\"c\" = 1",
        "job.conf, line 1: a key's part stands in quotes as a whole or not at all; put the quotes around all that is "
            + "between two dots."
    )]
    [InlineData(
        "\"c\"a.b = 1",
        "job.conf, line 1: a key's part stands in quotes as a whole or not at all; put the quotes around all that is "
            + "between two dots."
    )]
    [InlineData("a = ${?HOME}", "job.conf, line 1: ${? is not supported; write ${ and a key of this file.")]
    [InlineData("a {\n b { c = 1 }, d = 2\n}", "job.conf, line 2: no comma may follow a }; take it out.")]
    [InlineData("a = { c = 1 }\n , d = 2", "job.conf, line 1: no comma may follow a }; take it out.")]
    [InlineData("a = ${b", "job.conf, line 1: the ${ of this line is never closed; add a }.")]
    [InlineData("a = $b", "job.conf, line 1: the value of a holds a $; put it into double quotes.")]
    [InlineData("\nakka { \"/a\" { b = x }, \"/c\".d = 1 }", "job.conf, line 2: no comma may follow a }; take it out.")]
    [InlineData("", "job.conf is empty; a configuration file holds settings such as actortrain.job.epochs = 5.")]
    [InlineData(" \n\t\n", "job.conf is empty; a configuration file holds settings such as actortrain.job.epochs = 5.")]
    [InlineData("a = 1\n\0\u0001", "job.conf, line 2: this is no text; name a configuration file.")]
    public void A_malformed_file_is_refused_with_its_line(string text, string sentence)
    {
        using var file = new TextFile(text);

        file.Plain(Should.Throw<ActorTrainException>(() => ConfigurationFile.Read(file.Path)).Message)
            .ShouldBe(sentence);
    }

    [Theory]
    [InlineData("{\"actortrain\": {\"job\": {\"epochs\": 3, \"name\": \"a \\\" b\"}}}")]
    [InlineData("# a comment\n// another\nactortrain.job { epochs = 3 # behind\n batch-size = 4 // behind\n}\n")]
    [InlineData("\uFEFFactortrain.job.epochs : 3\r\nactortrain.job.batch-size = 3\r\n")]
    [InlineData("actortrain { job.model.mlp.hidden = [\n 1\n 2,\n 3 ] }")]
    [InlineData("actortrain.job.epochs = 3\nactortrain.job.batch-size = ${actortrain.job.epochs}")]
    [InlineData("akka.actor.deployment { \"/a/*/b\" { router = x }\n \"/c.d\".x = \"\"\"y \" z\"\"\" }")]
    [InlineData("# nothing but a comment")]
    public void A_well_formed_file_is_read(string text)
    {
        using var file = new TextFile(text);

        Should.NotThrow(() => ConfigurationFile.Read(file.Path));
    }

    [Fact]
    public void A_binary_file_is_no_configuration()
    {
        using var file = new TextFile([0x7f, (byte)'E', (byte)'L', (byte)'F', 0xff, 0xfe, 0x80]);

        file.Plain(Should.Throw<ActorTrainException>(() => ConfigurationFile.Read(file.Path)).Message)
            .ShouldBe("job.conf, line 1: this is no UTF-8 text; name a configuration file.");
    }

    [Fact]
    public void A_missing_file_a_folder_and_a_huge_file_are_named()
    {
        using var huge = new TextFile(new byte[(1 << 20) + 1]);
        var folder = Path.GetDirectoryName(huge.Path)!;
        var missing = Path.Combine(folder, "none.conf");

        Should
            .Throw<ActorTrainException>(() => ConfigurationFile.Read(huge.Path))
            .Message.ShouldBe($"{huge.Path} is no configuration file: it is larger than 1 MiB.");
        Should
            .Throw<ActorTrainException>(() => ConfigurationFile.Read(folder))
            .Message.ShouldBe($"{folder} is a folder; name a configuration file.");
        Should
            .Throw<ActorTrainException>(() => ConfigurationFile.Read(missing))
            .Message.ShouldBe($"{missing} does not exist; name a configuration file.");
    }

    [Theory, InlineData("\"\"\"a\nb\"\"\" = 1"), InlineData("actortrain.job.model = \"\"\"a\nb\"\"\"")]
    public void A_line_break_in_quotes_does_not_break_the_line_of_an_error(string text) =>
        Should.Throw<ActorTrainException>(() => Reading(text)).Message.ShouldNotContain("\n");

    [Fact]
    public void Nesting_has_a_limit_instead_of_a_stack_overflow()
    {
        foreach (var open in new[] { "a{", "a=[" })
        {
            using var file = new TextFile(
                string.Concat(Enumerable.Repeat(open, 1))
                    + string.Concat(Enumerable.Repeat(open[^1] == '[' ? "[" : "a{", 100_000))
            );
            Should
                .Throw<ActorTrainException>(() => ConfigurationFile.Read(file.Path))
                .Message.ShouldContain("too deep");
        }
    }

    [Fact]
    public void Any_text_is_read_or_refused_with_an_ActorTrainException()
    {
        string[] pieces =
        [
            "{",
            "}",
            "[",
            "]",
            "=",
            ":",
            ",",
            "\n",
            " ",
            "\"",
            "\"\"\"",
            "#",
            "//",
            "$",
            "${",
            "a",
            "a.b",
            "actortrain",
            ".",
            "1",
            "\\",
            "+",
            "null",
            "include",
            "*",
            "?",
            "${a}",
        ];
        Gen.Int[0, pieces.Length - 1]
            .Array[0, 12]
            .Sample(
                chosen =>
                {
                    try
                    {
                        Reading(string.Concat(chosen.Select(i => pieces[i])));
                    }
                    catch (ActorTrainException expected)
                    {
                        expected.Message.ShouldNotContain("\n");
                    }
                },
                iter: 3000
            );
    }

    private static void Reading(string text) => KnownKeys.Reference.Check(ConfigurationFile.Parse(text, "job.conf"));
}
