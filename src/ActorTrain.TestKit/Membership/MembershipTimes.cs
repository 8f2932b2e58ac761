using System.Runtime.CompilerServices;

namespace ActorTrain.TestKit.Membership;

/// <summary>
/// How long the cluster's membership takes. The defaults were measured on a real cluster with the defaults of
/// reference.conf. Each is 0 or more.
/// </summary>
/// <exception cref="ActorTrainException">A time is out of range.</exception>
public sealed record MembershipTimes
{
    /// <summary>From a node's start until it is a member.</summary>
    public TimeSpan Join
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(1);

    /// <summary>Until a killed process is known to be gone, if its machine is reachable.</summary>
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
    /// From a node's removal until all members know, and watchers of its actors receive <c>Terminated</c>.
    /// </summary>
    public TimeSpan Removed
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(1);

    /// <summary>Interval between two checks of reachability; more than 0.</summary>
    public TimeSpan Look
    {
        get;
        init => field = MoreThanNone(value);
    } = TimeSpan.FromSeconds(0.5);

    /// <summary>From the loss of the coordinator's node until another node hosts the coordinator.</summary>
    public TimeSpan CoordinatorMoves
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(2);

    /// <summary>From when a node learns of its removal until its process has restarted.</summary>
    public TimeSpan Restart
    {
        get;
        init => field = Given(value);
    } = TimeSpan.FromSeconds(3);

    private static TimeSpan Given(TimeSpan time, [CallerMemberName] string property = "") =>
        Checked.Time($"MembershipTimes.{property}", time);

    private static TimeSpan MoreThanNone(TimeSpan time, [CallerMemberName] string property = "") =>
        Checked.PositiveTime($"MembershipTimes.{property}", time);
}
