using ActorTrain.Checkpoints;
using ActorTrain.Protocol;
using Akka.Actor;

namespace ActorTrain.Tests.Checkpoints;

/// <summary>A node fetches a checkpoint that another one has on its disk.</summary>
public sealed class CheckpointsActorTests : ActorTests
{
    private static readonly CheckpointProtocol.JobFolder Job = new("7-1", "7-0", "");
    private readonly DirectoryInfo _disk = Directory.CreateTempSubdirectory("actortrain-test-");

    protected override void AfterAll()
    {
        base.AfterAll();
        _disk.Delete(recursive: true);
    }

    [Fact]
    public async Task The_newest_whole_checkpoint_is_told()
    {
        var (holder, folder) = (Node("holder"), FolderOf("holder"));
        (await Newest(holder)).ShouldBeNull();
        var path = ToyCheckpoint.Write(folder, Toy());
        (await Newest(holder))!.Name.ShouldBe(Path.GetFileName(path));

        var damaged = ToyCheckpoint.Write(folder, Toy());
        await File.AppendAllTextAsync(Path.Combine(damaged, "model.safetensors"), "x");

        (await Newest(holder))!.Name.ShouldBe(Path.GetFileName(path));
    }

    [Fact]
    public async Task A_fetched_checkpoint_is_the_newest_with_every_byte()
    {
        var (holder, node) = (Node("holder"), Node("node"));
        var path = ToyCheckpoint.Write(FolderOf("holder"), Toy());
        ToyCheckpoint.Write(FolderOf("node"), Toy());

        (await Fetch(node, holder, (await Newest(holder))!)).ShouldBeOfType<CheckpointProtocol.Fetched>();

        var copy = FolderOf("node").ReadNewest().Path;
        Path.GetFileName(copy).ShouldBe("checkpoint-000002");
        Files(copy).ShouldBe(Files(path));
    }

    [Fact]
    public async Task A_file_of_several_parts_arrives_whole()
    {
        var holder = Node("holder");
        var path = ToyCheckpoint.Write(FolderOf("holder"), Toy());
        var bytes = new byte[2 * CheckpointProtocol.MostBytes + 17];
        new Random(1).NextBytes(bytes);
        await File.WriteAllBytesAsync(Path.Combine(path, "model.safetensors"), bytes);
        var copy = _disk.CreateSubdirectory("copy").FullName;
        for (var start = 0L; start < bytes.Length; )
        {
            holder.Tell(new CheckpointProtocol.GetPart(Job, Path.GetFileName(path), "model.safetensors", start));
            var part = await ExpectMsgAsync<CheckpointProtocol.Part>();
            part.Bytes.Length.ShouldBeInRange(1, CheckpointProtocol.MostBytes);
            CheckpointCopy.WritePart(copy, part);
            start += part.Bytes.Length;
        }
        (await File.ReadAllBytesAsync(Path.Combine(copy, "model.safetensors"))).ShouldBe(bytes);
    }

    [Fact]
    public async Task A_checkpoint_that_changes_on_the_way_does_not_count()
    {
        var (holder, node, between) = (Node("holder"), Node("node"), CreateTestProbe());
        ToyCheckpoint.Write(FolderOf("holder"), Toy());
        var newest = (await Newest(holder))!;
        node.Tell(new CheckpointProtocol.Fetch(Job, newest, between));
        foreach (var _ in newest.Files)
        {
            var get = await between.ExpectMsgAsync<CheckpointProtocol.GetPart>();
            var fetching = between.LastSender;
            holder.Tell(get, between);
            var part = await between.ExpectMsgAsync<CheckpointProtocol.Part>();
            if (part.File == "optimizer.1.safetensors")
                part.Bytes[^1] ^= 1;
            fetching.Tell(part, between);
        }

        (await ExpectMsgAsync<CheckpointProtocol.NotFetched>()).Reason.ShouldContain("optimizer.1.safetensors");
        await NothingIsLeft("node");
    }

    [Fact]
    public async Task A_checkpoint_of_another_job_is_not_offered()
    {
        var holder = Node("holder");
        var path = ToyCheckpoint.Write(FolderOf("holder"), Toy());
        // It has gone on from the first, and has more samples.
        ToyCheckpoint.Write(FolderOf("holder"), Toy("7-2", samples: 128));

        (await Newest(holder))!.Name.ShouldBe(Path.GetFileName(path));
    }

    [Theory, InlineData("../secret.safetensors"), InlineData("/secret.safetensors"), InlineData("secret.txt")]
    public async Task What_is_no_file_of_a_checkpoint_is_not_fetched(string file)
    {
        var (node, holder) = (Node("node"), CreateTestProbe());

        var refused = await Fetch(node, holder, new("checkpoint-000001", 96, [new(file, 17)]));

        refused
            .ShouldBeOfType<CheckpointProtocol.NotFetched>()
            .Reason.ShouldBe("its files are not those of a checkpoint");
    }

    [Fact]
    public async Task A_checkpoint_of_a_node_that_is_lost_does_not_count()
    {
        var (holder, node, between) = (Node("holder"), Node("node"), CreateTestProbe());
        ToyCheckpoint.Write(FolderOf("holder"), Toy());
        node.Tell(new CheckpointProtocol.Fetch(Job, (await Newest(holder))!, between));
        await between.ExpectMsgAsync<CheckpointProtocol.GetPart>();
        Sys.Stop(between.Ref);

        (await ExpectMsgAsync<CheckpointProtocol.NotFetched>()).Reason.ShouldBe("its node is lost");
        await NothingIsLeft("node");
    }

    [Theory]
    [InlineData("checkpoint-000001", "../secret.safetensors")]
    [InlineData("checkpoint-000001", "secret.txt")]
    [InlineData("..", "model.safetensors")]
    [InlineData("checkpoint-000002", "model.safetensors")]
    public async Task What_is_no_file_of_a_checkpoint_is_not_sent(string checkpoint, string file)
    {
        var holder = Node("holder");
        var path = ToyCheckpoint.Write(FolderOf("holder"), Toy());
        await File.WriteAllTextAsync(Path.Combine(path, "secret.txt"), "secret");
        await File.WriteAllTextAsync(Path.Combine(FolderOf("holder").Path, "secret.safetensors"), "secret");

        holder.Tell(new CheckpointProtocol.GetPart(Job, checkpoint, file, 0));

        await ExpectMsgAsync<CheckpointProtocol.NoPart>();
    }

    private static Checkpoint Toy(string jobId = "7-1", long samples = 96)
    {
        var toy = ToyCheckpoint.Create("7-0", samples);
        return toy with { Manifest = toy.Manifest with { JobId = jobId } };
    }

    private Task NothingIsLeft(string node) =>
        AwaitAssertAsync(() => Directory.EnumerateDirectories(FolderOf(node).Path).ShouldBeEmpty());

    private IActorRef Node(string name) => Sys.ActorOf(CheckpointsActor.Props(Path.Combine(_disk.FullName, name)));

    private CheckpointFolder FolderOf(string name) =>
        new(CheckpointFolder.PathOf(new(), Job.Run, Path.Combine(_disk.FullName, name))!);

    private async Task<CheckpointProtocol.HeldCheckpoint?> Newest(IActorRef node)
    {
        node.Tell(new CheckpointProtocol.GetNewest(Job));
        return (await ExpectMsgAsync<CheckpointProtocol.Newest>()).Checkpoint;
    }

    private async Task<object> Fetch(IActorRef node, IActorRef holder, CheckpointProtocol.HeldCheckpoint checkpoint)
    {
        node.Tell(new CheckpointProtocol.Fetch(Job, checkpoint, holder));
        return await ExpectMsgAsync<object>();
    }

    private static IEnumerable<(string, string)> Files(string folder) =>
        Directory
            .EnumerateFiles(folder)
            .Order(StringComparer.Ordinal)
            .Select(file => (Path.GetFileName(file), Convert.ToHexString(File.ReadAllBytes(file))));
}
