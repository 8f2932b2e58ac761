using ActorTrain.Leases;
using ActorTrain.Protocol;
using ActorTrain.Staleness;
using ActorTrain.Worker;

namespace ActorTrain.Tests.Worker;

public sealed class SampleIndicesTests
{
    private static readonly SampleRange Part = new(2, 3, 2);
    private readonly SampleIndices _indices = new(seed: 1, trainSamples: 10);

    [Fact]
    public void A_part_has_the_samples_of_its_epochs_order()
    {
        _indices.Get(new SampleRange(1, 0, 10)).ToArray().ShouldBe(SampleOrder.Get(1, 1, 10).ToArray());
        _indices.Get(Part).ToArray().ShouldBe(SampleOrder.Get(1, 2, 10).Slice(3, 2).ToArray());
    }

    [Fact]
    public void The_refusal_of_a_gradient_that_is_not_finite_names_its_samples()
    {
        var samples = SampleNames.Format(SampleOrder.Get(1, 2, 10).Span.Slice(3, 2));
        _indices
            .NameSamples(new WorkerProtocol.RefusedPart(Part, Refusal.NotFinite, "positions"))!
            .Reason.ShouldBe($"the gradient of {samples} is not finite");

        var tooStale = new WorkerProtocol.RefusedPart(Part, Refusal.TooStale, "too stale");
        _indices.NameSamples(tooStale).ShouldBe(tooStale);
        _indices.NameSamples(null).ShouldBeNull();
    }
}
