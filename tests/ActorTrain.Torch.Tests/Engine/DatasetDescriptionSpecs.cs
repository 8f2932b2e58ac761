using ActorTrain.Engines;
using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Tests.Custom;
using static TorchSharp.torch.nn;

namespace ActorTrain.Torch.Tests.Engine;

public sealed class DatasetDescriptionSpecs
{
    private static readonly TorchModel Model = new(() => Sequential(Linear(2, 4)));

    [Fact]
    public void An_engine_describes_fashion_mnist_with_its_ten_classes_and_its_normalisation()
    {
        using var engine = Jobs.Engine("mlp");

        (engine.Dataset.Classes, engine.Dataset.Mean, engine.Dataset.Deviation).ShouldBe((10, 0.2860f, 0.3530f));
        engine.Dataset.ClassNames.ShouldBe([
            "T-shirt/top",
            "Trouser",
            "Pullover",
            "Dress",
            "Coat",
            "Sandal",
            "Shirt",
            "Sneaker",
            "Bag",
            "Ankle boot",
        ]);
    }

    [Fact]
    public void An_engine_describes_a_custom_data_set_as_far_as_it_provides_classes_and_normalisation()
    {
        using var named = Toy.Engine(Model, new Quarters(["a", "b", "c", "d"], new Normalization(0.5f, 2)));
        using var nameless = Toy.Engine(Model, new Quarters([], null));

        named.Dataset.ClassNames.ShouldBe(["a", "b", "c", "d"]);
        (named.Dataset.Classes, named.Dataset.Mean, named.Dataset.Deviation).ShouldBe((4, 0.5f, 2));
        nameless.Dataset.ClassNames.ShouldBeEmpty();
        (nameless.Dataset.Classes, nameless.Dataset.Mean, nameless.Dataset.Deviation).ShouldBe((4, null, null));
    }

    [Fact]
    public void Too_few_class_names_are_refused() =>
        Toy.Complaint(Model, new Quarters(["a", "b"], null))
            .ShouldBe(
                "data set quarters: it has 4 classes, and the number of their names is 2; each class must have one"
            );

    private sealed class Quarters(string[] names, Normalization? normalization) : IDataset
    {
        private readonly ArrayDataset _inner = Toy.Quarters();

        public DatasetDescription Description => _inner.Description;

        public IReadOnlyList<long> InputShape => _inner.InputShape;

        public int Classes => _inner.Classes;

        public IReadOnlyList<string> ClassNames => names;

        public Normalization? Normalization => normalization;

        public IReadOnlyList<long> TargetShape => _inner.TargetShape;

        public void ReadTrain(int index, Span<float> input, Span<float> target) =>
            _inner.ReadTrain(index, input, target);

        public void ReadTest(int index, Span<float> input, Span<float> target) => _inner.ReadTest(index, input, target);
    }
}
