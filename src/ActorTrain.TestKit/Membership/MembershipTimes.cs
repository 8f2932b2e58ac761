using System.Runtime.CompilerServices;

namespace ActorTrain.TestKit.Membership;

/// <summary>
/// What the cluster's membership takes its time for. The defaults are what the real one was measured to take, with the
/// defaults of reference.conf. Each is 0 or more.
/// </summary>
/// <exception cref="ActorTrainException">One of them cannot be.</exception>
public sealed record MembershipTimes
{
    /// <summary>From a node's start until it is a member.</summary>
    public TimeSpan Join
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(1);

    /// <summary>Until a killed process is known to be gone, where its machine can be reached.</summary>
    public TimeSpan Gone
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(0.4);

    /// <summary>Silence after which a node is unreachable.</summary>
    public TimeSpan Unreachable
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(4.6);

    /// <summary>
    /// From when a node is taken out until all members know, and those who watch its actors hear of it.
    /// </summary>
    public TimeSpan Removed
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(1);

    /// <summary>Between two looks at who is reachable; more than 0.</summary>
    public TimeSpan Look
    {
        get;
        init => field = MoreThanNone(value);
    } = TimeSpan.FromSeconds(0.5);

    /// <summary>From the loss of the coordinator's node until another coordinator begins.</summary>
    public TimeSpan CoordinatorMoves
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(2);

    /// <summary>From when a node has found that it was taken out until its process has started again.</summary>
    public TimeSpan Restart
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(3);

    private static TimeSpan Given(TimeSpan time, [CallerMemberName] string property = "") =>
        Checked.Time($"MembershipTimes.{property}", time);

    private static TimeSpan MoreThanNone(TimeSpan time, [CallerMemberName] string property = "") =>
        Checked.SomeTime($"MembershipTimes.{property}", time);
}
