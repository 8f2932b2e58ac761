using ActorTrain.Coordinator;
using ActorTrain.Job;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;
using Akka.TestKit;

namespace ActorTrain.Tests.Coordinator;

/// <summary>Which nodes keep the result of a job.</summary>
public sealed class JobResultsTests : ActorTests
{
    private static readonly JobSummary Ended = new(
        "1-1",
        "digits",
        JobPhase.Completed,
        "",
        "ann@desk",
        DateTimeOffset.UnixEpoch,
        DateTimeOffset.UnixEpoch,
        1,
        1
    );

    private readonly Dictionary<string, TestProbe> _nodes = [];

    [Theory]
    [InlineData("a:1", "b:1", "a:2", "b:1")]
    [InlineData("a:1", "a:2", "a:3", "a:2")]
    public void The_second_is_on_another_machine_if_there_is_one(
        string first,
        string second,
        string third,
        string next
    ) => JobResults.Next([second, third], [first]).ShouldBe(next);

    [Fact]
    public void Without_another_node_there_is_no_next() => JobResults.Next([], ["a:1"]).ShouldBeNull();

    [Fact]
    public async Task Two_nodes_keep_it_and_another_is_asked_for_one_that_cannot_or_is_lost()
    {
        var results = Results("a:1", "b:1", "c:1", "d:1");
        results.Keep(Ended, result: null);
        await Asked("a:1");
        await Asked("b:1");

        results.NotKept(_nodes["a:1"], "its disk is full");
        await Asked("c:1");
        results.Lost("b:1");
        await Asked("d:1");
        results.AreOver.ShouldBeFalse();
        results.Kept(_nodes["c:1"]);
        results.Kept(_nodes["d:1"]);

        results.AreOver.ShouldBeTrue();
        results.KeptBy.ShouldBe(["c:1", "d:1"]);
        results.Loss.ShouldBeNull();
    }

    [Fact]
    public async Task Where_no_node_can_keep_it_the_reasons_are_known()
    {
        var results = Results("a:1");
        results.Keep(Ended, result: null);
        await Asked("a:1");
        results.NotKept(_nodes["a:1"], "its disk is full");
        results.AreOver.ShouldBeTrue();
        results.Loss.ShouldBe("a:1: its disk is full");
    }

    [Fact]
    public void Without_a_node_with_a_state_folder_nothing_is_awaited()
    {
        var results = Results();
        results.Keep(Ended, result: null);
        results.AreOver.ShouldBeTrue();
        results.Loss.ShouldBe("no node has a state folder");
    }

    private JobResults Results(params string[] nodes)
    {
        var readiness = new WorkerReadiness(minimumWorkers: 1);
        foreach (var node in nodes)
        {
            _nodes[node] = CreateTestProbe();
            var server = new NodeProtocol.Enrol(
                node,
                [NodeRoles.Server],
                Worker: null,
                CreateTestProbe(),
                Results: _nodes[node]
            );
            readiness.Joined(new NodeProtocol.NodeJoined(server), TimeSpan.Zero);
        }
        return new JobResults(Jobs.Create(), readiness, isWanted: true, Sys, TestActor);
    }

    private async Task Asked(string node) => await _nodes[node].ExpectMsgAsync<ResultProtocol.Keep>();
}
