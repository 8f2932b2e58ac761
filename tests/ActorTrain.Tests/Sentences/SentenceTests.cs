using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using ActorTrain.Sentences;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Sentences;

public sealed class SentenceTests
{
    [Theory]
    [InlineData("the file is locked", "The file is locked.")]
    [InlineData("the file is locked.", "The file is locked.")]
    [InlineData("Loading...", "Loading.")]
    [InlineData("", "")]
    [InlineData("a reason\r\nof two lines.\n", "A reason of two lines.")]
    [InlineData("there is no /data/..", "There is no /data/...")]
    public void A_clause_becomes_a_sentence_with_one_full_stop(string clause, string sentence) =>
        Sentence.Of(clause).ShouldBe(sentence);

    [Fact]
    public void A_text_of_another_program_stays_in_its_line_and_is_cut()
    {
        "9.9\r\nerror: all is lost".AsPrintable().ShouldBe("9.9  error: all is lost");
        new string('x', 100_000).AsPrintable().ShouldBe(new string('x', 80) + "…");
    }

    [Fact]
    public void A_stranger_s_exception_is_told_by_its_kind_and_its_first_line()
    {
        new InvalidOperationException("Shapes differ.\nException raised from mul at native.cpp:12\nframe #0 …")
            .AsNamedClause()
            .ShouldBe("InvalidOperationException: Shapes differ");
        new InvalidOperationException("\n").AsNamedClause().ShouldBe("InvalidOperationException");
    }

    [Fact]
    public void A_full_stop_that_a_reason_brings_along_is_not_doubled_by_what_takes_it_in()
    {
        const string reason = "The disk is full.";
        var record = new JobRecord(Jobs.Of(), TimeSpan.Zero);
        var happened = record.Event(TimeSpan.Zero, new Occurrence("kind", "a:1", reason, "It is tried again."));

        (happened.Reason, happened.Remedy).ShouldBe(("The disk is full", "It is tried again"));
        Should
            .Throw<ActorTrainException>(() => JobAnswer.Granted(new ClientProtocol.Rejected(reason)))
            .Message.ShouldBe("The disk is full.");
    }
}
