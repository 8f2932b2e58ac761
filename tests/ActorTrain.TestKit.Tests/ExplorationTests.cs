using ActorTrain.TestKit.Exploration;

namespace ActorTrain.TestKit.Tests;

/// <summary>A job ends, counts each sample once, and breaks no other law, in every consistency model.</summary>
public sealed class ExplorationTests
{
    private const int Scripts = 500;

    public static TheoryData<string> Explored => [.. ExploredJobs.Names];

    [Theory, MemberData(nameof(Explored))]
    public void Under_random_faults_a_job_ends_and_counts_each_sample_once(string job) =>
        ExploredJobs.Explore(job, withoutFaults: false, Scripts);

    [Theory, MemberData(nameof(Explored))]
    public void Without_faults_at_any_speeds_a_job_ends_and_counts_each_sample_once(string job) =>
        ExploredJobs.Explore(job, withoutFaults: true, Scripts);
}
