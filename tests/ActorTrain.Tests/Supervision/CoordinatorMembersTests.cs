using ActorTrain.Supervision;

namespace ActorTrain.Tests.Supervision;

public sealed class CoordinatorMembersTests
{
    private readonly CoordinatorMembers _members = new();

    [Fact]
    public void When_the_last_one_is_removed_none_is_left()
    {
        _members.Stay("first");
        _members.Remove("first").ShouldBe(CoordinatorMembers.Left.None);
    }

    [Fact]
    public void While_another_stays_one_is_left()
    {
        _members.Stay("first");
        _members.Stay("second");
        _members.Go("first").ShouldBe(CoordinatorMembers.Left.Some);
        _members.Remove("first").ShouldBe(CoordinatorMembers.Left.Some);
        _members.Remove("second").ShouldBe(CoordinatorMembers.Left.None);
    }

    [Fact]
    public void One_that_is_on_its_way_out_is_going_until_it_is_removed()
    {
        _members.Stay("first");
        _members.Go("first").ShouldBe(CoordinatorMembers.Left.Going);
        _members.Count.ShouldBe(CoordinatorMembers.Left.Going);
        _members.Remove("first").ShouldBe(CoordinatorMembers.Left.None);
    }

    [Fact]
    public void Another_that_comes_meanwhile_is_enough()
    {
        _members.Stay("first");
        _members.Go("first");
        _members.Stay("second");
        _members.Count.ShouldBe(CoordinatorMembers.Left.Some);
    }

    [Fact]
    public void One_that_was_first_heard_of_on_its_way_out_counts() =>
        _members.Go("first").ShouldBe(CoordinatorMembers.Left.Going);

    [Fact]
    public void A_cluster_that_has_had_none_has_lost_none()
    {
        _members.Count.ShouldBe(CoordinatorMembers.Left.Some);
        _members.Remove("never seen").ShouldBe(CoordinatorMembers.Left.Some);
    }
}
