using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Which of the jobs that wait is next.</summary>
public sealed class JobTurnsTests
{
    private readonly Dictionary<string, JobPhase> _phases = [];

    [Fact]
    public void The_job_that_was_submitted_first_is_next()
    {
        Next(Job("b", second: 2), Job("a", second: 1), Job("c", second: 3)).ShouldBe("a");
        Next(Job("b", second: 1), Job("a", second: 1)).ShouldBe("a");
        Next().ShouldBeNull();
    }

    [Fact]
    public void A_higher_priority_goes_before_an_earlier_submission_and_an_interrupted_job_before_both()
    {
        PendingJob[] waiting =
        [
            Job("low", second: 1, priority: -1),
            Job("usual", second: 2),
            Job("high", second: 3, priority: 5),
            Job("interrupted", second: 4, priority: -9, hasBegun: true),
        ];
        JobTurns.InOrder(waiting).Select(job => job.JobId).ShouldBe(["interrupted", "high", "usual", "low"]);
        Next(waiting).ShouldBe("interrupted");
    }

    [Theory]
    [InlineData(JobPhase.Queued)]
    [InlineData(JobPhase.Training)]
    [InlineData(JobPhase.Paused)]
    public void A_job_waits_for_the_one_that_it_follows_and_lets_others_pass(JobPhase phase)
    {
        _phases["first"] = phase;
        var (following, other) = (Job("following", second: 1, priority: 9, after: "first"), Job("other", second: 2));
        Next(following).ShouldBeNull();
        Next(following, other).ShouldBe("other");
        Hopeless(following).ShouldBeNull();
        Reason(following, [following, other]).ShouldBe("waiting for job first to complete");
        Reason(other, [following, other]).ShouldNotContain("before this one");

        _phases["first"] = JobPhase.Completed;
        Next(following, other).ShouldBe("following");
        Hopeless(following).ShouldBeNull();
    }

    [Theory]
    [InlineData(JobPhase.Failed, "job first, which it is to follow, has failed")]
    [InlineData(JobPhase.Canceled, "job first, which it is to follow, was canceled")]
    public void A_job_whose_predecessor_has_no_result_can_never_begin(JobPhase phase, string reason)
    {
        _phases["first"] = phase;
        var following = Job("following", after: "first");
        Hopeless(following).ShouldBe(reason);
        JobTurns.RefusalOf(following.Job, PhaseOf).ShouldBe(reason);
        Next(following).ShouldBeNull();
    }

    [Fact]
    public void A_job_is_not_accepted_behind_one_that_is_unknown_and_waits_for_nodes_that_may_know_it_later()
    {
        var following = Job("following", after: "first");
        JobTurns.RefusalOf(following.Job, PhaseOf).ShouldBe("there is no job first, which it is to follow");
        Hopeless(following).ShouldBeNull();
        Next(following).ShouldBeNull();
    }

    [Fact]
    public void A_job_that_has_begun_goes_on_whatever_has_become_of_the_one_before()
    {
        _phases["first"] = JobPhase.Failed;
        Hopeless(Job("interrupted", after: "first", hasBegun: true)).ShouldBeNull();
        Next(Job("interrupted", after: "first", hasBegun: true)).ShouldBe("interrupted");
    }

    [Fact]
    public void Each_job_says_what_it_waits_for()
    {
        var (first, second) = (Job("first", second: 1), Job("second", second: 2));
        var running = JobList.Summarize(Job("0-1"), JobPhase.Training);
        Reason(first, [first, second], running).ShouldBe("job 0-1 ('digits') runs");
        Reason(second, [first, second], running).ShouldBe("job 0-1 ('digits') runs; 1 job before this one");
        Reason(second, [first, second])
            .ShouldBe("waiting for the nodes of the cluster to enrol; 1 job before this one");
        var interrupted = Job("third", hasBegun: true);
        Reason(interrupted, [interrupted])
            .ShouldBe("it was interrupted; waiting for nodes that have its shards or checkpoints");
    }

    private string? Next(params PendingJob[] waiting) => JobTurns.Next(waiting, PhaseOf)?.JobId;

    private string? Hopeless(PendingJob job) => JobTurns.Hopeless(job, PhaseOf);

    private string Reason(PendingJob job, PendingJob[] waiting, JobSummary? running = null) =>
        JobTurns.Reason(job, waiting, running, PhaseOf);

    private JobPhase? PhaseOf(string id) => _phases.TryGetValue(id, out var phase) ? phase : null;

    private static PendingJob Job(
        string id,
        int second = 0,
        int priority = 0,
        string after = "",
        bool hasBegun = false
    ) =>
        new(
            id,
            Jobs.Create() with
            {
                Name = "digits",
                Priority = priority,
                After = after,
            },
            new JobSubmission("", DateTimeOffset.UnixEpoch.AddSeconds(second)),
            id,
            hasBegun
        );
}
