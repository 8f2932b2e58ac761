using ActorTrain.Torch.Engine;

namespace ActorTrain.Torch.Tests.Engine;

public sealed class TestEvaluationSpecs
{
    [Theory]
    [InlineData(1, 500)]
    [InlineData(784, 500)]
    [InlineData(1 << 20, 16)]
    [InlineData(1 << 25, 1)]
    [InlineData(int.MaxValue, 1)]
    public void The_default_batch_size_is_bounded_by_samples_and_by_bytes(int inputLength, int batchSize) =>
        TestEvaluation.DefaultBatchSize(inputLength).ShouldBe(batchSize);
}
