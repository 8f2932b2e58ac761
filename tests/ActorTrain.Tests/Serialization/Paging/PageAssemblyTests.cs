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
    public void A_message_is_complete_with_its_last_page()
    {
        Add("a", 0, 3, size: 2).Message.ShouldBeNull();
        Add("a", 1, 3, size: 2).Message.ShouldBeNull();
        Add("a", 2, 3, size: 1).Message.ShouldBe([0, 0, 1, 1, 2]);
        _assembly.Count.ShouldBe(0);
    }

    [Fact]
    public void Pages_of_several_messages_may_be_interleaved()
    {
        Add("a", 0, 2, size: 1);
        Add("b", 0, 2, size: 1);
        Add("b", 1, 2, size: 1).Message.ShouldBe([0, 1]);
        Add("a", 1, 2, size: 1).Message.ShouldBe([0, 1]);
    }

    [Fact]
    public void A_message_without_one_of_its_pages_is_given_up_by_name()
    {
        Add("a", 0, 3);
        Add("a", 2, 3).GivenUp.ShouldHaveSingleItem().Kind.ShouldBe("Prepared");
        Add("a", 1, 3).Message.ShouldBeNull();
        _assembly.Count.ShouldBe(0);
    }

    [Fact]
    public void A_page_without_the_first_one_is_ignored()
    {
        Add("a", 1, 3).ShouldBe((null, []));
        _assembly.Count.ShouldBe(0);
    }

    [Fact]
    public void Of_too_many_incomplete_messages_the_oldest_is_given_up()
    {
        Add("a", 0, 100, size: 500, at: 1);
        Add("b", 0, 100, size: 500, at: 2).GivenUp.ShouldBeEmpty();
        Add("c", 0, 2, size: 1, at: 3).GivenUp.ShouldHaveSingleItem().Reason.ShouldContain("together");
        Add("c", 1, 2, size: 1, at: 3).Message.ShouldNotBeNull();
        Add("a", 1, 100, at: 3).Message.ShouldBeNull();
        _assembly.Count.ShouldBe(1);
    }

    [Theory, InlineData(29.9, 0), InlineData(30, 1)]
    public void A_message_without_a_new_page_for_too_long_is_given_up(double at, int givenUp)
    {
        Add("a", 0, 2, at: 0);
        _assembly.Expire(TimeSpan.FromSeconds(at)).Count.ShouldBe(givenUp);
    }
}
