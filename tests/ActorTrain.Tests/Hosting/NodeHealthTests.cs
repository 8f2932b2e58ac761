using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Actor;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorTrain.Tests.Hosting;

public sealed class NodeHealthTests
{
    private static readonly JobProgress Job = new(
        "first",
        JobPhase.Training,
        "",
        1,
        2,
        64,
        128,
        1,
        10,
        null,
        null,
        [],
        [],
        new StalenessSummary(0, 0, []),
        []
    );

    [Fact]
    public void Without_a_node_it_is_unhealthy() => NodeHealth.Enrolment(null).Status.ShouldBe(HealthStatus.Unhealthy);

    [Fact]
    public void Without_a_coordinator_it_is_unhealthy() =>
        NodeHealth.Enrolment(new NodeActor.Standing(null)).Status.ShouldBe(HealthStatus.Unhealthy);

    [Fact]
    public void Enrolled_it_is_healthy_and_says_where() =>
        NodeHealth.Enrolment(new NodeActor.Standing(ActorRefs.Nobody)).Status.ShouldBe(HealthStatus.Healthy);

    [Theory]
    [InlineData(JobPhase.Training, "", HealthStatus.Healthy, "job 'first' is at 64 of 128 samples")]
    [InlineData(JobPhase.Finishing, "", HealthStatus.Healthy, "job 'first' is at 64 of 128 samples")]
    [InlineData(JobPhase.Preparing, "", HealthStatus.Healthy, "job 'first' is at 64 of 128 samples")]
    [InlineData(
        JobPhase.Training,
        "waiting for workers to join",
        HealthStatus.Degraded,
        "job 'first' does not train: waiting for workers to join"
    )]
    [InlineData(
        JobPhase.Gathering,
        "waiting for a server",
        HealthStatus.Degraded,
        "job 'first' does not train: waiting for a server"
    )]
    [InlineData(JobPhase.Paused, "", HealthStatus.Degraded, "job 'first' is paused")]
    [InlineData(JobPhase.Failed, "out of luck", HealthStatus.Degraded, "job 'first' has failed: out of luck")]
    [InlineData(JobPhase.Completed, "", HealthStatus.Healthy, "no job runs")]
    [InlineData(JobPhase.Stopped, "", HealthStatus.Healthy, "no job runs")]
    public void A_job_is_as_healthy_as_its_phase(JobPhase phase, string reason, HealthStatus status, string description)
    {
        var health = NodeHealth.Training(new ClusterStatus([], Job with { Phase = phase, Reason = reason }));
        (health.Status, health.Description).ShouldBe((status, description));
    }

    [Fact]
    public void Without_a_job_it_is_healthy_and_without_an_answer_degraded()
    {
        NodeHealth.Training(new ClusterStatus([], null)).Status.ShouldBe(HealthStatus.Healthy);
        NodeHealth.Training(null).Status.ShouldBe(HealthStatus.Degraded);
    }
}
