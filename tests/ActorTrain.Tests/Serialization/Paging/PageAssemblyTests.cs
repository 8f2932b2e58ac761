using ActorTrain.Serialization.Paging;
using Akka.Actor;

namespace ActorTrain.Tests.Serialization.Paging;

public sealed class PageAssemblyTests
{
    private const int Most = 1_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly PageAssembly _assembly = new(Most, Patience);

    private (byte[]? Message, IReadOnlyList<PageAssembly.GivenUp> GivenUp) Add(
        string message,
        int index,
        int count,
        int size = 10,
        double at = 0
    ) =>
        _assembly.Add(
            new PageProtocol.Page(
                message,
                "Prepared",
                index,
                count,
                ActorRefs.Nobody,
                [.. Enumerable.Repeat((byte)index, size)]
            ),
            TimeSpan.FromSeconds(at)
        );

    [Fact]
    public void A_message_is_whole_with_its_last_page()
    {
        Add("a", 0, 3, size: 2).Message.ShouldBeNull();
        Add("a", 1, 3, size: 2).Message.ShouldBeNull();
        Add("a", 2, 3, size: 1).Message.ShouldBe([0, 0, 1, 1, 2]);
        _assembly.Count.ShouldBe(0);
    }

    [Fact]
    public void Pages_of_several_messages_may_come_in_turn()
    {
        Add("a", 0, 2, size: 1);
        Add("b", 0, 2, size: 1);
        Add("b", 1, 2, size: 1).Message.ShouldBe([0, 1]);
        Add("a", 1, 2, size: 1).Message.ShouldBe([0, 1]);
    }

    [Fact]
    public void A_message_that_lacks_a_page_is_given_up_with_its_name()
    {
        Add("a", 0, 3);
        Add("a", 2, 3).GivenUp.ShouldHaveSingleItem().Kind.ShouldBe("Prepared");
        Add("a", 1, 3).Message.ShouldBeNull();
        _assembly.Count.ShouldBe(0);
    }

    [Fact]
    public void A_page_whose_first_was_never_here_changes_nothing()
    {
        Add("a", 1, 3).ShouldBe((null, []));
        _assembly.Count.ShouldBe(0);
    }

    [Fact]
    public void Of_too_many_unfinished_messages_the_one_that_waits_longest_is_given_up()
    {
        Add("a", 0, 100, size: 500, at: 1);
        Add("b", 0, 100, size: 500, at: 2).GivenUp.ShouldBeEmpty();
        Add("c", 0, 2, size: 1, at: 3).GivenUp.ShouldHaveSingleItem().Reason.ShouldContain("together");
        Add("c", 1, 2, size: 1, at: 3).Message.ShouldNotBeNull();
        Add("a", 1, 100, at: 3).Message.ShouldBeNull();
        _assembly.Count.ShouldBe(1);
    }

    [Theory, InlineData(29.9, 0), InlineData(30, 1)]
    public void A_message_is_given_up_when_no_page_of_it_has_come_for_long(double at, int givenUp)
    {
        Add("a", 0, 2, at: 0);
        _assembly.Expire(TimeSpan.FromSeconds(at)).Count.ShouldBe(givenUp);
    }
}
