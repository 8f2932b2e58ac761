using ActorTrain.Torch.Devices;

namespace ActorTrain.Torch.Tests.Devices;

/// <summary>Workers of one machine with two processors, whose claims are files in one folder.</summary>
public sealed class ThreadSourceSpecs : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_worker_that_starts_beside_another_leaves_each_one_of_two_processors()
    {
        var (first, second) = (Source(), Source());
        first.NodeStarted();
        first.Share().Threads.ShouldBe(2);
        second.NodeStarted();

        first.Share().ShouldBe(new ThreadChoice(1, "of 2 processors, shared with 1 other worker"));
        second.Share().ShouldBe(first.Share());
    }

    [Fact]
    public void A_worker_that_has_ended_leaves_its_share_to_the_other()
    {
        var (first, second) = (Source(), Source());
        first.NodeStarted();
        second.NodeStarted();
        second.NodeStopped();
        first.Share().Threads.ShouldBe(2);
    }

    [Fact]
    public void Nodes_with_the_same_engines_are_one_worker()
    {
        var (twice, other) = (Source(), Source());
        twice.NodeStarted();
        twice.NodeStarted();
        twice.NodeStopped();
        other.Share().Threads.ShouldBe(1);
        twice.NodeStopped();
        other.Share().Threads.ShouldBe(2);
    }

    [Fact]
    public void A_given_number_is_used_and_others_do_not_share_it()
    {
        var (given, other) = (Source(given: 2), Source());
        given.NodeStarted();
        other.NodeStarted();
        given.Share().ShouldBe(new ThreadChoice(2, null));
        given.Choose(Jobs.Create("mlp"), given.Share(), NeverMeasured).Threads.ShouldBe(2);
        other.Share().ShouldBe(new ThreadChoice(1, "of 2 processors, less 2 that others were given"));
    }

    [Fact]
    public void The_claim_of_a_killed_process_is_ignored_and_removed()
    {
        var claim = _folder["0.0000000000000001-killed.worker"];
        File.WriteAllText(claim, "");
        Source().Share().Threads.ShouldBe(2);
        File.Exists(claim).ShouldBeFalse();
    }

    [Fact]
    public void Without_a_writable_folder_a_worker_counts_as_alone()
    {
        File.WriteAllText(_folder["file"], "");
        var source = new ThreadSource(0, new WorkerClaims(_folder["file"]), processors: 2);
        source.NodeStarted();
        source.Share().Threads.ShouldBe(2);
        source.NodeStopped();
    }

    [Fact]
    public void Threads_are_measured_once_a_job()
    {
        var (source, job, tries) = (Source(), Jobs.Create("mlp"), 0);
        for (var engine = 0; engine < 2; engine++)
            source.Choose(job, source.Share(), OneIsFaster).Threads.ShouldBe(1);
        tries.ShouldBe(1);
        source.Choose(job with { Epochs = 2 }, source.Share(), OneIsFaster);
        tries.ShouldBe(2);

        IReadOnlyList<ThreadSpeed> OneIsFaster(IEnumerable<int> candidates)
        {
            tries++;
            return [.. candidates.Select(threads => new ThreadSpeed(threads, 100.0 / threads))];
        }
    }

    [Fact]
    public void A_single_thread_is_not_measured() =>
        new ThreadSource(0, new WorkerClaims(_folder["workers"]), processors: 1)
            .Choose(Jobs.Create("mlp"), new ThreadChoice(1, "the share"), NeverMeasured)
            .Threads.ShouldBe(1);

    [Fact]
    public void A_deterministic_job_uses_the_same_threads_on_equal_machines_despite_other_workers()
    {
        var (source, other) = (Source(), Source());
        source.NodeStarted();
        other.NodeStarted();
        var job = Jobs.Create("mlp");
        job = job with
        {
            Consistency = job.Consistency with
            {
                Synchronous = job.Consistency.Synchronous with { Deterministic = true },
            },
        };
        source.Choose(job, source.Share(), NeverMeasured).Threads.ShouldBe(2);
    }

    public void Dispose() => _folder.Dispose();

    private ThreadSource Source(int given = 0) => new(given, new WorkerClaims(_folder.Path), processors: 2);

    private static IReadOnlyList<ThreadSpeed> NeverMeasured(IEnumerable<int> candidates) =>
        throw new ShouldAssertException("No number of threads should be measured.");
}
