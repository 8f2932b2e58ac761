using ActorTrain.Settings;

namespace ActorTrain.Tests.Settings;

public sealed class HoconScannerTests
{
    [Fact]
    public void Blanks_comments_and_commas_are_skipped_and_lines_are_counted()
    {
        var scanner = new HoconScanner("\n # a\n , // b\n x", "job.conf");
        scanner.SkipBlank(commas: true);
        scanner.Current.ShouldBe('x');
        scanner.Line.ShouldBe(4);
    }

    [Fact]
    public void A_comma_that_separates_nothing_is_not_skipped()
    {
        var scanner = new HoconScanner(" ,", "job.conf");
        scanner.SkipBlank(commas: false);
        scanner.Current.ShouldBe(',');
    }

    [Theory, InlineData("a.b = 1", "a.b"), InlineData("a.\"b c\".d = 1", "a.b c.d"), InlineData("a/b { }", "a/b")]
    public void A_key_is_read_without_its_quotes(string text, string key) =>
        new HoconScanner(text, "job.conf").Key().ShouldBe(key);

    [Theory, InlineData("\"a\" b"), InlineData("\"\"\"a\n\"b\"\n\"\"\" b"), InlineData("\"a\\\"\" b")]
    public void A_quoted_text_is_skipped_with_its_quotes(string text)
    {
        var scanner = new HoconScanner(text, "job.conf");
        scanner.SkipQuoted();
        scanner.SkipSpace();
        scanner.Current.ShouldBe('b');
    }

    [Fact]
    public void A_substitution_names_its_target() =>
        new HoconScanner("${a.b} ", "job.conf").SubstitutionTarget().ShouldBe("a.b");

    [Fact]
    public void An_error_names_file_and_line() =>
        Should
            .Throw<ActorTrainException>(() => new HoconScanner("\"a", "job.conf").SkipQuoted())
            .Message.ShouldBe("job.conf, line 1: the text in quotes that starts here is never closed; add a \".");
}
