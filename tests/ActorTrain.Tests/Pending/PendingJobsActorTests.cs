using ActorTrain.Job;
using ActorTrain.Pending;
using ActorTrain.Protocol;
using ActorTrain.Tests.Toys;
using Akka.Actor;

namespace ActorTrain.Tests.Pending;

/// <summary>A node knows the jobs that have not ended, also after it was started again.</summary>
public sealed class PendingJobsActorTests : ActorTests
{
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("actortrain-test-");

    private string Folder => Path.Combine(_disk.FullName, "127.0.0.1-4053");

    protected override void AfterAll()
    {
        base.AfterAll();
        _disk.Delete(recursive: true);
    }

    [Fact]
    public async Task A_job_is_known_until_it_has_ended()
    {
        var node = Node(folder: null);
        node.Tell(new PendingJobProtocol.Keep(Job("1-1")));
        node.Tell(new PendingJobProtocol.Keep(Job("1-2")));
        node.Tell(new PendingJobProtocol.Keep(Job("1-1") with { HasBegun = true }));
        (await KnownBy(node)).Select(job => (job.JobId, job.HasBegun)).ShouldBe([("1-1", true), ("1-2", false)]);
        node.Tell(new PendingJobProtocol.Drop("1-1"));
        (await KnownBy(node)).ShouldHaveSingleItem().JobId.ShouldBe("1-2");
    }

    [Fact]
    public async Task A_node_that_is_started_again_knows_the_jobs_as_they_were()
    {
        var before = Node(Folder);
        var kept = Job("1-1") with { HasBegun = true, HasCheckpoint = true, Run = "0-7" };
        before.Tell(new PendingJobProtocol.Keep(Job("1-2")));
        before.Tell(new PendingJobProtocol.Keep(kept));
        before.Tell(new PendingJobProtocol.Drop("1-2"));
        await KnownBy(before);

        var known = (await KnownBy(Node(Folder))).ShouldHaveSingleItem();

        (known with { Job = kept.Job }).ShouldBe(kept);
        (known.Job.Name, known.Job.Epochs, known.Job.Priority).ShouldBe(("digits", 7, 3));
        (known.Job.After, known.Job.Resume, known.Job.Seed).ShouldBe(("0-1", "latest", 11));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"format": 2}""")]
    [InlineData("")]
    public async Task A_file_that_cannot_be_read_is_left_out_and_named(string json)
    {
        var before = Node(Folder);
        before.Tell(new PendingJobProtocol.Keep(Job("1-1")));
        await KnownBy(before);
        var damaged = Path.Combine(Folder, "1-2.json");
        await File.WriteAllTextAsync(damaged, json);
        await EventFilter
            .Warning(contains: damaged)
            .ExpectOneAsync(async () => (await KnownBy(Node(Folder))).ShouldHaveSingleItem().JobId.ShouldBe("1-1"));
    }

    [Theory]
    [InlineData("../1-1")]
    [InlineData("")]
    public async Task An_id_does_not_lead_out_of_the_folder(string id)
    {
        var node = Node(Folder);
        await EventFilter
            .Warning(contains: "is no id of a job")
            .ExpectOneAsync(() =>
            {
                node.Tell(new PendingJobProtocol.Keep(Job(id)));
                return Task.CompletedTask;
            });
        Directory.EnumerateFileSystemEntries(_disk.FullName).Where(entry => entry != Folder).ShouldBeEmpty();
    }

    private static PendingJob Job(string id) =>
        new(
            id,
            Jobs.Create() with
            {
                Name = "digits",
                Epochs = 7,
                Seed = 11,
                Priority = 3,
                After = "0-1",
                Resume = "latest",
            },
            new JobSubmission("ann@desk", new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero)),
            Run: id
        );

    private IActorRef Node(string? folder) => Sys.ActorOf(PendingJobsActor.Props(folder));

    private async Task<PendingJob[]> KnownBy(IActorRef node)
    {
        var coordinator = CreateTestProbe();
        coordinator.Send(node, new PendingJobProtocol.GetKnown());
        return [.. (await coordinator.ExpectMsgAsync<PendingJobProtocol.Known>()).Jobs.OrderBy(job => job.JobId)];
    }
}
