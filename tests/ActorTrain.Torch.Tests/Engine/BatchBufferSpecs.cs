using ActorTrain.Engines;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Devices;
using ActorTrain.Torch.Engine;

namespace ActorTrain.Torch.Tests.Engine;

public sealed class BatchBufferSpecs
{
    [Theory]
    [InlineData(1 << 20, 2047)]
    [InlineData(1 << 30, 1)]
    public void A_batch_beyond_one_vector_is_reported_as_a_shortage_of_memory(int numbers, int most)
    {
        var device = new DeviceSource(new TorchOptions("cpu", Threads: 1)).Open();
        using var batch = new BatchBuffer(
            new Wide(numbers),
            new SampleReader(new Wide(numbers), train: true),
            device,
            channelsLast: false
        );

        batch.MostSamples.ShouldBe(most);
        Should
            .Throw<InsufficientMemoryException>(() => batch.Fill(Jobs.Samples(most + 1), seed: 0))
            .Message.ShouldStartWith(
                FormattableString.Invariant(
                    $"A batch of {most + 1:N0} samples of {numbers:N0} numbers is more than one vector holds, "
                )
            );
    }

    private sealed class Wide(int numbers) : IDataset
    {
        public DatasetDescription Description { get; } = new("wide", 10_000, 0, "00");

        public IReadOnlyList<long> InputShape => [numbers];

        public int Classes => 2;

        public IReadOnlyList<long> TargetShape => [];

        public void ReadTrain(int index, Span<float> input, Span<float> target) { }

        public void ReadTest(int index, Span<float> input, Span<float> target) { }
    }
}
