using ActorTrain.Checkpoints;
using ActorTrain.Consistency;
using ActorTrain.Hosting;
using ActorTrain.Job;
using ActorTrain.Parameters;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;

namespace ActorTrain.Tests.Hosting;

/// <summary>A job goes on from a checkpoint in another cluster, as if nothing had been between.</summary>
public sealed class ResumeTests : IDisposable
{
    private const int TrainSamples = 320,
        Micro = 16;

    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("actortrain-test-");

    private static readonly JobOptions Job = Jobs.Create(
        epochs: 10,
        batch: Micro,
        leaseBatches: 4,
        optimizer: new Adam(0.01),
        schedule: new ScheduleOptions()
    ) with
    {
        Checkpoint = new CheckpointOptions { Every = CheckpointInterval.Samples(7 * Micro), Keep = 2 },
    };

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public async Task With_one_worker_the_weights_and_buffers_are_those_of_a_job_without_an_end_bit_for_bit()
    {
        var whole = await Train(Job with { Checkpoint = new() });
        await CancelAt(Job, samples: 5 * TrainSamples / 2);
        var run = Runs().ShouldHaveSingleItem();

        // Every one of them, in the middle of an epoch or not.
        foreach (var path in run.List().Select(run.PathOf))
        {
            CheckpointFiles.ReadManifest(path).SamplesApplied.ShouldBeLessThan(10 * TrainSamples);

            var resumed = await Train(Job with { Checkpoint = new(), Resume = path });

            resumed.Report.SamplesApplied.ShouldBe(10 * TrainSamples);
            resumed.Report.Epochs.Select(epoch => epoch.Epoch).ShouldBe(Enumerable.Range(1, 10));
            resumed.Report.Epochs.ShouldAllBe(epoch => epoch.Samples == TrainSamples);
            Bits(resumed).ShouldBe(Bits(whole), path);
            resumed.Report.Epochs.Select(LossOf).ShouldBe(whole.Report.Epochs.Select(LossOf));
        }

        static double? LossOf(EpochSummary epoch) => epoch.TestLoss;
    }

    [Theory]
    [InlineData(ConsistencyMode.Asynchronous)]
    [InlineData(ConsistencyMode.Synchronous)]
    public async Task It_goes_on_with_other_numbers_of_shards_and_workers(string mode)
    {
        var job = Job with { Consistency = Job.Consistency with { Mode = mode } };
        var (resume, applied) = ("", 0L);
        foreach (var (shards, workers) in new[] { (1, 1), (3, 2), (2, 1) })
        {
            await using var cluster = await InProcessCluster.StartAsync(Math.Min(2, shards), _root.FullName);
            for (var i = 0; i < workers; i++)
                await cluster.AddWorkerAsync(ToyEngines.Linear(TrainSamples, withState: true));
            var run = await cluster.SubmitAsync(
                job with
                {
                    Shards = shards,
                    MinimumWorkers = workers,
                    Resume = resume,
                }
            );
            var wanted = applied + 500;
            var news = run.Progress.GetAsyncEnumerator();
            await InProcessCluster.Until(
                news,
                progress =>
                    progress.Phase == JobPhase.Completed
                    || Runs().Select(one => Newest(one)?.SamplesApplied ?? 0).DefaultIfEmpty(0).Max() >= wanted
            );
            run.Cancel();
            var result = await run.Completion.WaitAsync(Patience);
            result.Report.Shards.Count.ShouldBe(shards);
            result.Report.SamplesApplied.ShouldBeGreaterThanOrEqualTo(applied);
            (resume, applied) = ("latest", Newest(Runs().ShouldHaveSingleItem())!.SamplesApplied);
        }

        var last = await Train(job with { Resume = resume, Shards = 0 });
        last.Report.SamplesApplied.ShouldBe(10 * TrainSamples);
        last.Report.Epochs.ShouldAllBe(epoch => epoch.Samples == TrainSamples);
        last.Report.Events.Count(raised => raised.Kind == SupervisionEventKinds.CheckpointResumed).ShouldBe(3);
        last.Report.Workers.Sum(worker => worker.Samples).ShouldBe(10 * TrainSamples);
    }

    [Fact]
    public async Task What_is_changed_is_told_and_state_that_does_not_fit_begins_anew()
    {
        await Train(Job with { Epochs = 2 });

        var resumed = await Train(
            Job with
            {
                Epochs = 4,
                BatchSize = 32,
                Optimizer = new Sgd(0.01) { Momentum = 0.9 },
                Staleness = Job.Staleness with { Policy = StalenessPolicy.GapAware },
                Resume = "latest",
            }
        );

        resumed.Report.SamplesApplied.ShouldBe(4 * TrainSamples);
        var told = resumed.Report.Events.Single(raised => raised.Kind == SupervisionEventKinds.CheckpointResumed);
        told.Reason.ShouldContain("epochs 2 → 4");
        told.Reason.ShouldContain("batch-size 16 → 32");
        told.Reason.ShouldContain("optimizer.name adam → sgd");
        told.Reason.ShouldContain("staleness.policy accept → gap-aware");
    }

    [Fact]
    public async Task A_damaged_checkpoint_is_told_and_the_one_before_is_taken()
    {
        await Train(Job with { Epochs = 2 });
        await Train(Job with { Epochs = 3, Resume = "latest" });
        var run = Runs().ShouldHaveSingleItem();
        var file = Path.Combine(run.PathOf(run.List()[^1]), "optimizer.1.safetensors");
        var bytes = File.ReadAllBytes(file);
        bytes[^1] ^= 1;
        File.WriteAllBytes(file, bytes);

        var report = (await Train(Job with { Epochs = 3, Resume = "latest" })).Report;

        var told = report.Events.Single(raised => raised.Kind == SupervisionEventKinds.CheckpointDamaged);
        told.Reason.ShouldBe($"{file} is damaged: its SHA-256 is not the one in manifest.json");
        report.SamplesApplied.ShouldBe(3 * TrainSamples);
    }

    [Fact]
    public async Task What_a_job_cannot_go_on_from_is_refused_in_one_line()
    {
        await Train(Job with { Epochs = 2 });
        var run = Runs().ShouldHaveSingleItem();
        var path = run.PathOf(run.List()[^1]);
        var empty = _root.CreateSubdirectory("empty").FullName;
        var job = Job with { Epochs = 2, Resume = path };
        (JobOptions Job, string Sentence)[] wrong =
        [
            (job with { Model = "other" }, $"The checkpoint {path} is of the model linear, and the job's is other."),
            (
                job with
                {
                    Data = job.Data with { Fingerprint = "beef" },
                },
                $"The checkpoint {path} is of data with the fingerprint f00d, and the job's is beef."
            ),
            (
                job with
                {
                    Seed = 7,
                },
                $"The checkpoint {path} is of a job with seed 1, which orders the samples, and this one's is 7."
            ),
            (job with { Epochs = 1 }, $"The checkpoint {path} is in epoch 2, and the job has 1 epoch."),
            (
                job with
                {
                    Resume = path + "x",
                },
                $"The folder {path}x does not exist on the coordinator's machine; give the folder of a checkpoint, or "
                    + "latest."
            ),
            (
                job with
                {
                    Resume = empty,
                },
                $"{empty} has no checkpoint; give a folder that a job has written checkpoints to, or one of them."
            ),
            (
                Job with
                {
                    Checkpoint = Job.Checkpoint with { Folder = run.Path },
                },
                $"{run.Path} has the checkpoints of another run of the job test; name another folder, or go on from "
                    + $"them with --resume {run.Path}."
            ),
        ];

        await using var cluster = await InProcessCluster.StartAsync(stateFolder: _root.FullName);
        foreach (var (refused, sentence) in wrong)
            (await Should.ThrowAsync<InvalidJobException>(() => cluster.SubmitAsync(refused))).Message.ShouldBe(
                sentence
            );
        // The cluster is free for the next job.
        await cluster.AddWorkerAsync(ToyEngines.Linear(TrainSamples, withState: true));
        (await cluster.RunAsync(Job with { Epochs = 1, Checkpoint = new() })).SamplesApplied.ShouldBe(TrainSamples);
        run.List().ShouldNotBeEmpty();
    }

    [Fact]
    public async Task The_job_of_a_checkpoint_can_be_asked_for_and_submitted_again()
    {
        await Train(Job with { Epochs = 2 });
        await using var cluster = await InProcessCluster.StartAsync(stateFolder: _root.FullName);
        await cluster.AddWorkerAsync(ToyEngines.Linear(TrainSamples, withState: true));

        var job = await TrainingClient.From(cluster.Seed).GetCheckpointAsync("latest");

        job.Resume.ShouldBe("latest");
        job.Optimizer.ShouldBe(Job.Optimizer);
        (await cluster.RunAsync(job with { Epochs = 3 })).SamplesApplied.ShouldBe(3 * TrainSamples);
    }

    private IReadOnlyList<CheckpointFolder> Runs() =>
        Directory.Exists(Path.Combine(_root.FullName, "checkpoints"))
            ?
            [
                .. Directory
                    .GetDirectories(Path.Combine(_root.FullName, "checkpoints"))
                    .Select(run => new CheckpointFolder(run)),
            ]
            : [];

    private static CheckpointManifest? Newest(CheckpointFolder run) =>
        run.List().Count == 0 ? null : run.ReadNewestManifest().Manifest;

    private async Task<TrainingResult> Train(JobOptions job)
    {
        await using var cluster = await InProcessCluster.StartAsync(stateFolder: _root.FullName);
        await cluster.AddWorkerAsync(ToyEngines.Linear(TrainSamples, withState: true));
        return await (await cluster.SubmitAsync(job)).Completion.WaitAsync(Patience);
    }

    private async Task CancelAt(JobOptions job, long samples)
    {
        await using var cluster = await InProcessCluster.StartAsync(stateFolder: _root.FullName);
        using var engines = new HeldEngines(ToyEngines.Linear(TrainSamples, withState: true), samples);
        await cluster.AddWorkerAsync(engines);
        var run = await cluster.SubmitAsync(job);
        await engines.Reached.WaitAsync(Patience);
        await TrainingClient.From(cluster.Seed).CancelAsync();
        engines.Release();
        await run.Completion.WaitAsync(Patience);
    }

    private static int[] Bits(TrainingResult result) =>
        [
            .. result
                .Model.Parameters.ToArray()
                .Concat(result.Model.Buffers.ToArray())
                .Select(BitConverter.SingleToInt32Bits),
        ];
}
