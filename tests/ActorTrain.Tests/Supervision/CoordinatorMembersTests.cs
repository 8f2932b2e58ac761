using ActorTrain.Remedies;

namespace ActorTrain.Tests.Supervision;

public sealed class CoordinatorMembersTests
{
    private readonly CoordinatorMembers _members = new();

    [Fact]
    public void When_the_last_member_is_removed_none_remains()
    {
        _members.Add("first");
        _members.Remove("first").ShouldBe(CoordinatorMembers.Remaining.None);
    }

    [Fact]
    public void While_another_member_is_present_some_remain()
    {
        _members.Add("first");
        _members.Add("second");
        _members.Leave("first").ShouldBe(CoordinatorMembers.Remaining.Some);
        _members.Remove("first").ShouldBe(CoordinatorMembers.Remaining.Some);
        _members.Remove("second").ShouldBe(CoordinatorMembers.Remaining.None);
    }

    [Fact]
    public void A_member_that_leaves_is_leaving_until_it_is_removed()
    {
        _members.Add("first");
        _members.Leave("first").ShouldBe(CoordinatorMembers.Remaining.Leaving);
        _members.Count.ShouldBe(CoordinatorMembers.Remaining.Leaving);
        _members.Remove("first").ShouldBe(CoordinatorMembers.Remaining.None);
    }

    [Fact]
    public void Another_member_that_joins_meanwhile_is_enough()
    {
        _members.Add("first");
        _members.Leave("first");
        _members.Add("second");
        _members.Count.ShouldBe(CoordinatorMembers.Remaining.Some);
    }

    [Fact]
    public void A_member_that_is_first_seen_leaving_counts() =>
        _members.Leave("first").ShouldBe(CoordinatorMembers.Remaining.Leaving);

    [Fact]
    public void A_cluster_that_has_had_none_has_lost_none()
    {
        _members.Count.ShouldBe(CoordinatorMembers.Remaining.Some);
        _members.Remove("never seen").ShouldBe(CoordinatorMembers.Remaining.Some);
    }
}
