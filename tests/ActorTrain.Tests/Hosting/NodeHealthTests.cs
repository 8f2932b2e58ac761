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
    public void Enrolment_without_a_node_is_unhealthy() =>
        NodeHealth.Enrolment(null).Status.ShouldBe(HealthStatus.Unhealthy);

    [Fact]
    public void Enrolment_without_a_coordinator_is_unhealthy() =>
        NodeHealth.Enrolment(new NodeActor.EnrolmentStatus(null)).Status.ShouldBe(HealthStatus.Unhealthy);

    [Fact]
    public void An_enrolled_node_is_healthy_with_the_coordinators_address() =>
        NodeHealth.Enrolment(new NodeActor.EnrolmentStatus(ActorRefs.Nobody)).Status.ShouldBe(HealthStatus.Healthy);

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
        JobPhase.WaitingForWorkers,
        "waiting for a server",
        HealthStatus.Degraded,
        "job 'first' does not train: waiting for a server"
    )]
    [InlineData(JobPhase.Paused, "", HealthStatus.Degraded, "job 'first' is paused")]
    [InlineData(JobPhase.Failed, "out of luck", HealthStatus.Degraded, "job 'first' has failed: out of luck")]
    [InlineData(JobPhase.Completed, "", HealthStatus.Healthy, "no job runs")]
    [InlineData(JobPhase.Canceled, "", HealthStatus.Healthy, "no job runs")]
    public void The_health_of_a_job_follows_its_phase(
        JobPhase phase,
        string reason,
        HealthStatus status,
        string description
    )
    {
        var health = NodeHealth.Training(new ClusterStatus([], Job with { Phase = phase, Reason = reason }));
        (health.Status, health.Description).ShouldBe((status, description));
    }

    [Fact]
    public void Training_without_a_job_is_healthy_and_without_an_answer_degraded()
    {
        NodeHealth.Training(new ClusterStatus([], null)).Status.ShouldBe(HealthStatus.Healthy);
        NodeHealth.Training(null).Status.ShouldBe(HealthStatus.Degraded);
    }
}
