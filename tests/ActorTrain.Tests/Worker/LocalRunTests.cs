using ActorTrain.Engines;
using ActorTrain.Job;
using ActorTrain.Lane;
using ActorTrain.Leases;
using ActorTrain.Parameters;
using ActorTrain.Protocol;
using ActorTrain.Server;
using ActorTrain.Staleness;
using ActorTrain.Tests.Toys;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

/// <summary>One worker and one shard without actors: 100 samples in micro-batches of 16.</summary>
public sealed class LocalRunTests
{
    private const int Samples = 100,
        Batch = 16,
        Parameters = LinearEngine.Inputs + 1;
    private static readonly WorkerId Me = new("w:1", 1);

    public static TheoryData<OptimizerOptions> Rules =>
        new(
            Jobs.Sgd(0.05f),
            Jobs.Sgd(0.05f, weightDecay: 0.01f),
            Jobs.Sgd(0.02f, momentum: 0.9f),
            Jobs.Sgd(0.02f, momentum: 0.9f, nesterov: true),
            Jobs.Adam(0.01f),
            Jobs.Adam(0.01f, 0.1f, decoupled: true)
        );

    /// <summary>
    /// With an outer step that applies the difference, the run equals plain steps of the inner optimizer: with its
    /// schedule, its clipping and the smaller batch at the end of an epoch.
    /// </summary>
    [Theory, MemberData(nameof(Rules))]
    public void Local_steps_of_one_worker_equal_steps_of_the_inner_optimizer(OptimizerOptions rule)
    {
        var plain = Trained(Job(rule, steps: 1));
        foreach (var steps in new[] { 2, 3, 7 })
            Distance(Trained(Job(rule, steps)), plain).ShouldBeLessThan(1e-6, $"{steps} steps");
    }

    [Fact]
    public void Runs_of_one_step_are_plain_sgd() =>
        Distance(Trained(Job(Jobs.Sgd(0.05f), steps: 2), stepsARun: 1), Trained(Job(Jobs.Sgd(0.05f), steps: 1)))
            .ShouldBeLessThan(1e-6);

    [Fact]
    public void The_comparison_detects_a_missing_step() =>
        Distance(
                Trained(Job(Jobs.Sgd(0.05f), steps: 3), stepsARun: 3, curtailTo: 2),
                Trained(Job(Jobs.Sgd(0.05f), steps: 1))
            )
            .ShouldBeGreaterThan(1e-3);

    [Fact]
    public void A_run_pushes_the_difference_and_restores_the_engine()
    {
        var (engine, push) = (Engine(), new float[Parameters]);
        var start = engine.Parameters.ToArray();
        var run = Run(engine, Inner(steps: 3), new SampleRange(1, 0, 48), push);
        while (!run.IsDone)
            run.Step();
        var moved = engine.Parameters.ToArray();

        run.End().Samples.ShouldBe(48);

        engine.Parameters.ToArray().ShouldBe(start);
        push.ShouldBe(start.Zip(moved, (from, to) => from - to));
        moved.ShouldNotBe(start);
    }

    /// <summary>
    /// 16 of 48 samples weigh a third, and are pushed three times as large: a shard moves as far as the worker.
    /// </summary>
    [Fact]
    public void A_shorter_run_is_applied_in_full()
    {
        var (engine, push) = (Engine(), new float[Parameters]);
        var start = engine.Parameters.ToArray();
        var run = Run(engine, Inner(steps: 3), new SampleRange(1, 0, 48), push);
        run.Step();
        var moved = engine.Parameters.ToArray();
        run.StopEarly();
        run.IsDone.ShouldBeTrue();
        run.End().Samples.ShouldBe(Batch);
        var shard = Shard(Job(Jobs.Sgd(0.05f), steps: 3), start);

        shard.Receive(new SampleRange(1, 0, Batch), Me, 0, push);

        Distance(shard.Weights.ToArray(), moved).ShouldBeLessThan(1e-6);
    }

    [Fact]
    public void The_loss_is_the_mean_over_the_samples_of_all_steps()
    {
        var (engine, gradient) = (Engine(), new float[Parameters]);
        var alone = Engine();
        var first = alone.ComputeGradient(Order(1).AsSpan(0, 16), 0, gradient).Loss;
        var run = Run(engine, Inner(steps: 2), new SampleRange(1, 0, 24), gradient);
        run.Step();
        engine.Parameters.CopyTo(alone.Parameters);
        var second = alone.ComputeGradient(Order(1).AsSpan(16, 8), 0, new float[Parameters]).Loss;
        run.Step();

        run.End().Result.Loss.ShouldBe((16 * first + 8 * second) / 24, 1e-9);
    }

    [Fact]
    public void A_step_without_memory_changes_nothing_and_the_run_can_be_undone()
    {
        var engine = new FaultyEngine(
            Engine(),
            (step, samples, _) =>
            {
                if (step == 1)
                    throw new InsufficientMemoryException("too much");
            }
        );
        engine.Initialize(1);
        var start = engine.Parameters.ToArray();
        var run = Run(engine, Inner(steps: 3), new SampleRange(1, 0, 40), new float[Parameters]);
        run.Step();
        var moved = engine.Parameters.ToArray();

        Should.Throw<OutOfMemoryException>(run.Step);

        (run.NextSamples, run.IsDone).ShouldBe((16, false));
        engine.Parameters.ToArray().ShouldBe(moved);
        run.Undo();
        engine.Parameters.ToArray().ShouldBe(start);
    }

    [Fact]
    public void A_gradient_that_is_not_finite_ends_the_run_with_its_samples_and_keeps_the_inner_optimizer()
    {
        var bad = true;
        var engine = new FaultyEngine(
            Engine(),
            (step, samples, gradient) =>
            {
                if (bad && step == 1)
                    gradient[3] = float.NaN;
            }
        );
        engine.Initialize(1);
        var start = engine.Parameters.ToArray();
        var (inner, push) = (Inner(steps: 3, Jobs.Adam(0.01f)), new float[Parameters]);
        var run = Run(engine, inner, new SampleRange(1, 0, 48), push);
        run.Step();
        run.Step();

        run.IsDone.ShouldBeTrue();
        run.End().Samples.ShouldBe(48);
        run.NotFinite.ShouldBe($"the gradient of {SampleNames.Format(Order(1).AsSpan(16, 16))} is not finite");
        engine.Parameters.ToArray().ShouldBe(start);

        bad = false;
        var next = Run(engine, inner, new SampleRange(1, 48, 48), push);
        while (!next.IsDone)
            next.Step();
        next.End();
        push.ShouldAllBe(value => float.IsFinite(value));
    }

    private static JobOptions Job(OptimizerOptions rule, int steps) =>
        Jobs.Create(
            epochs: 2,
            batch: Batch,
            optimizer: rule,
            clipNorm: 1,
            schedule: new ScheduleOptions(ScheduleKind.Cosine, WarmUpEpochs: 0.3, 1, 1, Floor: 0.1),
            localSteps: Jobs.LocalSteps(steps)
        );

    private static InnerOptimizer Inner(int steps, OptimizerOptions? rule = null) =>
        new(Job(rule ?? Jobs.Sgd(0.05f), steps), Parameters, Samples, Algorithms.BuiltIn);

    private static LinearEngine Engine()
    {
        var engine = new LinearEngine(Samples);
        engine.Initialize(1);
        return engine;
    }

    private static LocalRun Run(IGradientEngine engine, InnerOptimizer inner, SampleRange part, float[] push) =>
        new(
            engine,
            inner,
            new EngineProtocol.LocalPart(part, part.Cut(Batch)),
            Order(part.Epoch).AsMemory(part.Start, part.Count),
            push
        );

    private static int[] Order(int epoch) => SampleOrder.Get(seed: 1, epoch, Samples).ToArray();

    private static ShardState Shard(JobOptions job, float[] weights)
    {
        var shard = new ShardState(0, weights.Length, Samples, job, new TensorPool(shared: false, keep: 1 << 20));
        shard.Initialize(weights);
        return shard;
    }

    private static float[] Trained(JobOptions job, int? stepsARun = null, int? curtailTo = null)
    {
        var engine = Engine();
        var (shard, inner, push) = (
            Shard(job, engine.Parameters.ToArray()),
            new InnerOptimizer(job, Parameters, Samples, Algorithms.BuiltIn),
            new float[Parameters]
        );
        for (var epoch = 1; epoch <= job.Epochs; epoch++)
        {
            foreach (var part in new SampleRange(epoch, 0, Samples).Cut(Batch * (stepsARun ?? job.LocalSteps.Steps)))
            {
                shard.Weights.CopyTo(engine.Parameters.Span);
                if (job.LocalSteps.IsOn)
                {
                    var run = Run(engine, inner, part, push);
                    for (var step = 0; !run.IsDone && step < (curtailTo ?? int.MaxValue); step++)
                        run.Step();
                    run.End();
                }
                else
                {
                    engine.ComputeGradient(
                        Order(epoch).AsSpan(part.Start, part.Count),
                        SampleOrder.SeedOf(1, part),
                        push
                    );
                    GradientClipping.Clip(push, (float)job.GradientClipNorm);
                }
                shard.Receive(part, Me, shard.Version, push).Kind.ShouldBe(VerdictKind.Applied);
            }
        }
        return shard.Weights.ToArray();
    }

    /// <summary>Relative to the second.</summary>
    private static double Distance(float[] trained, float[] plain) =>
        Math.Sqrt(
            trained.Zip(plain).Sum(pair => Math.Pow(pair.First - (double)pair.Second, 2))
                / plain.Sum(value => (double)value * value)
        );
}
