using ActorTrain.Coordinator;
using ActorTrain.Hosting;
using ActorTrain.Protocol;
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
        Sentence.From(clause).ShouldBe(sentence);

    [Fact]
    public void A_text_of_another_program_is_cut_to_one_line()
    {
        "9.9\r\nerror: all is lost".AsPrintable().ShouldBe("9.9  error: all is lost");
        new string('x', 100_000).AsPrintable().ShouldBe(new string('x', 80) + "…");
    }

    [Fact]
    public void A_librarys_exception_is_described_by_its_type_and_first_line()
    {
        new InvalidOperationException("Shapes differ.\nException raised from mul at native.cpp:12\nframe #0 …")
            .AsNamedClause()
            .ShouldBe("InvalidOperationException: Shapes differ");
        new InvalidOperationException("\n").AsNamedClause().ShouldBe("InvalidOperationException");
    }

    [Fact]
    public void The_full_stop_of_a_reason_is_not_doubled_in_a_sentence()
    {
        const string reason = "The disk is full.";
        var record = new JobRecord(Jobs.Create(), TimeSpan.Zero);
        var raised = record.Event(TimeSpan.Zero, new EventDraft("kind", "a:1", reason, "It is tried again."));

        (raised.Reason, raised.Action).ShouldBe(("The disk is full", "It is tried again"));
        Should
            .Throw<ActorTrainException>(() => JobAnswer.EnsureAccepted(new ClientProtocol.Rejected(reason)))
            .Message.ShouldBe("The disk is full.");
    }

    [Theory]
    [InlineData("the job was canceled", "The job was canceled.")]
    [InlineData("actortrain.job.epochs is 0", "actortrain.job.epochs is 0.")]
    [InlineData("stopped.", "Stopped.")]
    public void A_sentence_begins_with_a_capital_unless_a_key_comes_first(string clause, string sentence) =>
        Sentence.From(clause).ShouldBe(sentence);

    [Fact]
    public void A_reason_is_the_message_of_ActorTrains_exceptions_and_the_type_and_message_of_others()
    {
        new ActorTrainException("The disk is full.").AsReason().ShouldBe("The disk is full");
        new FormatException("beta is blue").AsReason().ShouldBe("FormatException: beta is blue");
        new System.Reflection.TargetInvocationException(new FormatException("beta is blue"))
            .AsReason()
            .ShouldBe("FormatException: beta is blue");
    }
}
