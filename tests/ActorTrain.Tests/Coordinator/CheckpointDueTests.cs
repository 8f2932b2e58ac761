using ActorTrain.Coordinator;
using ActorTrain.Job;

namespace ActorTrain.Tests.Coordinator;

/// <summary>When the next checkpoint of a job is due.</summary>
public sealed class CheckpointDueTests
{
    private readonly CheckpointDue _due = new(CheckpointInterval.Epochs(1), trainSamples: 100);

    [Fact]
    public void It_is_due_once_for_each_interval()
    {
        _due.IsDue(Seconds(0), 0).ShouldBeFalse();
        _due.IsDue(Seconds(1), 99).ShouldBeFalse();
        _due.IsDue(Seconds(2), 130).ShouldBeTrue();
        _due.Written(Seconds(2), 130);
        _due.IsDue(Seconds(3), 199).ShouldBeFalse();
        _due.IsDue(Seconds(4), 200).ShouldBeTrue();
    }

    [Fact]
    public void A_job_that_goes_on_begins_a_new_interval()
    {
        _due.IsDue(Seconds(0), 350).ShouldBeFalse();
        _due.IsDue(Seconds(1), 399).ShouldBeFalse();
        _due.IsDue(Seconds(2), 400).ShouldBeTrue();
    }

    [Fact]
    public void After_a_failure_it_is_tried_again_half_a_minute_later()
    {
        _due.IsDue(Seconds(0), 0).ShouldBeFalse();
        _due.Failed(Seconds(10));

        _due.IsDue(Seconds(39), 200).ShouldBeFalse();
        _due.IsDue(Seconds(40), 200).ShouldBeTrue();
    }

    private static TimeSpan Seconds(double seconds) => TimeSpan.FromSeconds(seconds);
}
