using System.Runtime.InteropServices;
using ActorTrain.Engines;

namespace ActorTrain.Torch.Tests.Engine;

public sealed class TorchEngineSpecs
{
    [Fact]
    public void Describes_the_model_the_data_and_the_device()
    {
        using var engine = Jobs.Engine("mlp");

        engine.Model.Name.ShouldBe("mlp");
        (engine.Dataset.Name, engine.Dataset.TrainSamples, engine.Dataset.TestSamples).ShouldBe(
            ("fashion-mnist", 12_000, 2_000)
        );
        (engine.Device.Kind, engine.Device.Threads).ShouldBe(("cpu", 1));
        engine.Device.Name.ShouldNotBeEmpty();
    }

    [Fact]
    public void Learns()
    {
        using var engine = Jobs.Started("cnn", ("cnn.channels", "8,16"));
        var before = engine.Evaluate(default);
        for (var start = 0; start < 6400; start += 64)
        {
            engine.ComputeGradient(Jobs.Samples(64, start), seed: start);
            Descend(engine, rate: 0.1f);
        }
        var after = engine.Evaluate(default);

        before.Accuracy.ShouldBeLessThan(0.3);
        after.Accuracy.ShouldBeGreaterThan(0.55);
        after.Loss.ShouldBeLessThan(before.Loss);
        after.Samples.ShouldBe(2000);
    }

    [Fact]
    public void Training_moves_the_running_statistics()
    {
        using var engine = Jobs.Started("mobilenet");
        var before = engine.Buffers.ToArray();
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);

        foreach (var place in engine.Model.Buffers.Tensors)
        {
            var values = engine.Buffers.Slice(place.Offset, place.Length).ToArray();
            if (place.Name.EndsWith("num_batches_tracked"))
                MemoryMarshal.Cast<float, long>(values).ToArray().ShouldBe([2L]);
            else
                values.ShouldNotBe(before[place.Offset..(place.Offset + place.Length)]);
        }
    }

    [Fact]
    public void Evaluating_uses_the_running_statistics_and_changes_nothing()
    {
        using var engine = Jobs.Started("mobilenet");
        engine.ComputeGradient(Jobs.Samples(8), seed: 0);
        var (parameters, gradient, state) = (
            engine.Parameters.ToArray(),
            engine.Gradient.ToArray(),
            engine.Buffers.ToArray()
        );

        var first = engine.Evaluate(default);
        engine.Evaluate(default).ShouldBe(first);
        engine.Parameters.ToArray().ShouldBe(parameters);
        engine.Gradient.ToArray().ShouldBe(gradient);
        engine.Buffers.ToArray().ShouldBe(state);

        engine.Buffers.Span.Fill(3);
        engine.Evaluate(default).Loss.ShouldNotBe(first.Loss);
    }

    [Fact]
    public void Augmentation_depends_on_the_seed()
    {
        using var engine = Jobs.Started("mlp", ("augmentation.flip", "on"), ("augmentation.crop-padding", "2"));
        var samples = Jobs.Samples(16);
        var loss = engine.ComputeGradient(samples, seed: 1).Loss;

        engine.ComputeGradient(samples, seed: 1).Loss.ShouldBe(loss);
        engine.ComputeGradient(samples, seed: 2).Loss.ShouldNotBe(loss);
    }

    [Fact]
    public void Without_augmentation_the_seed_changes_nothing()
    {
        using var engine = Jobs.Started("mlp");

        engine.ComputeGradient(Jobs.Samples(16), seed: 1).ShouldBe(engine.ComputeGradient(Jobs.Samples(16), seed: 2));
    }

    [Fact]
    public void Samples_that_do_not_exist_are_refused()
    {
        using var engine = Jobs.Started("mlp");

        Should
            .Throw<ArgumentException>(() => engine.ComputeGradient([], seed: 0))
            .Message.ShouldStartWith("A gradient needs at least one sample.");
        Should
            .Throw<ArgumentException>(() => engine.ComputeGradient([0, 12_000], seed: 0))
            .Message.ShouldStartWith("Sample 12000 does not exist; the training set has 12000.");
        Should.Throw<ArgumentException>(() => engine.ComputeGradient([-1], seed: 0));
        engine.ComputeGradient([11_999], seed: 0).Correct.ShouldBeInRange(0, 1);
    }

    [Fact]
    public void An_evaluation_can_be_canceled()
    {
        using var engine = Jobs.Started("mlp");

        Should.Throw<OperationCanceledException>(() => engine.Evaluate(new CancellationToken(canceled: true)));
        engine.ComputeGradient(Jobs.Samples(4), seed: 0);
    }

    [Fact]
    public void A_disposed_engine_throws()
    {
        var engine = Jobs.Started("mlp");
        engine.Dispose();

        Should.Throw<ObjectDisposedException>(() => engine.ComputeGradient([0], seed: 0));
        Should.Throw<ObjectDisposedException>(() => engine.Evaluate(default));
    }

    [Fact]
    public void Engines_on_several_threads_do_not_affect_each_other()
    {
        var alone = Train(steps: 20);
        var together = new float[4][];
        var threads = together.Select((_, i) => new Thread(() => together[i] = Train(steps: 20))).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        together.ShouldAllBe(parameters => parameters.SequenceEqual(alone));
    }

    [Fact]
    public void The_factory_logs_the_data_set_once()
    {
        var lines = new List<string>();
        var factory = new TorchEngineFactory(new TorchOptions("cpu", Threads: 1), log: lines.Add);
        factory.Create(Jobs.Create("mlp")).Dispose();
        factory.Create(Jobs.Create("mlp")).Dispose();

        lines
            .Count(line => line == "Training data: fashion-mnist from the built-in subset, 12,000 + 2,000 images.")
            .ShouldBe(1);
        lines.Count.ShouldBeInRange(1, 2);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1025)]
    public void An_invalid_number_of_threads_is_refused(int threads) =>
        Should
            .Throw<ActorTrainException>(() => new TorchEngineFactory(new TorchOptions(Threads: threads)))
            .Message.ShouldBe($"The number of threads is {threads}; it must be 0 (what the machine has left) to 1024.");

    [Fact]
    public void Without_a_given_number_the_threads_do_not_exceed_the_cores_and_have_a_reason()
    {
        using var engine = new TorchEngineFactory(new TorchOptions("cpu")).Create(Jobs.Create("mlp"));

        engine.Device.Threads.ShouldBeInRange(1, Environment.ProcessorCount);
        engine.Device.ThreadsReason.ShouldNotBeNullOrEmpty();
        engine.Device.ToString().ShouldContain($"({engine.Device.ThreadsReason})");
    }

    [Fact]
    public void A_given_number_of_threads_is_used_without_a_reason()
    {
        using var engine = new TorchEngineFactory(new TorchOptions("cpu", Threads: 3)).Create(Jobs.Create("mlp"));

        engine.Device.Threads.ShouldBe(3);
        engine.Device.ThreadsReason.ShouldBeNull();
    }

    [Fact]
    public void All_engines_of_a_job_use_the_same_number_of_threads()
    {
        var (engines, job) = (new TorchEngineFactory(new TorchOptions("cpu")), Jobs.Create("mlp"));
        using var trains = engines.Create(job);
        using var evaluates = engines.Create(job);

        evaluates.Device.ShouldBe(trains.Device);
    }

    private static float[] Train(int steps)
    {
        using var engine = Jobs.Started("mobilenet");
        for (var step = 0; step < steps; step++)
        {
            engine.ComputeGradient(Jobs.Samples(8, step * 8), seed: step);
            Descend(engine, rate: 0.05f);
        }
        return engine.Parameters.ToArray();
    }

    private static void Descend(IGradientEngine engine, float rate)
    {
        var (parameters, gradient) = (engine.Parameters, engine.Gradient);
        for (var i = 0; i < parameters.Length; i++)
            parameters.Span[i] -= rate * gradient.Span[i];
    }
}
