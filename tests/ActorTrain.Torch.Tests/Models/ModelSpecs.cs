using ActorTrain.Torch.Data;
using ActorTrain.Torch.Models;
using ActorTrain.Torch.Settings;
using TorchSharp;

namespace ActorTrain.Torch.Tests.Models;

public sealed class ModelSpecs
{
    [Theory]
    [InlineData("0.25", 215_498, 215_642)]
    [InlineData("0.5", 823_434, 823_722)]
    [InlineData("0.75", 1_823_818, 1_824_250)]
    [InlineData("1.0", 3_216_650, 3_217_226)]
    public void MobileNet_has_the_parameters_of_the_paper_s_network(string width, long grey, long colour)
    {
        Count("mobilenet", new ImageShape(1, 28, 28), ("mobilenet.width", width)).ShouldBe(grey);
        Count("mobilenet", new ImageShape(3, 32, 32), ("mobilenet.width", width)).ShouldBe(colour);
    }

    [Theory]
    [InlineData("", 7_850)]
    [InlineData("1024,1024", 1_863_690)]
    [InlineData("256,128,64", 242_762)]
    public void An_mlp_has_the_configured_layers(string hidden, long parameters) =>
        Count("mlp", new ImageShape(1, 28, 28), ("mlp.hidden", hidden)).ShouldBe(parameters);

    [Fact]
    public void The_cnn_of_reference_conf_stays_below_a_hundred_thousand_parameters() =>
        Count("cnn", new ImageShape(1, 28, 28), ("cnn.channels", "16,32"), ("cnn.hidden", "56")).ShouldBe(93_234);

    [Fact]
    public void Tensors_have_the_names_and_shapes_of_PyTorch()
    {
        using var cnn = Jobs.Engine("cnn");

        cnn.Model.Buffers.Length.ShouldBe(0);
        cnn.Model.Parameters.Tensors.Select(tensor => tensor.ToString())
            .ShouldBe([
                "features.0.weight [4, 1, 3, 3]",
                "features.0.bias [4]",
                "features.3.weight [8, 4, 3, 3]",
                "features.3.bias [8]",
                "classifier.0.weight [16, 392]",
                "classifier.0.bias [16]",
                "classifier.2.weight [10, 16]",
                "classifier.2.bias [10]",
            ]);
    }

    [Fact]
    public void Running_statistics_have_the_names_of_PyTorch()
    {
        using var mobilenet = Jobs.Engine("mobilenet");

        mobilenet
            .Model.Buffers.Tensors.Take(4)
            .Select(tensor => tensor.ToString())
            .ShouldBe([
                "features.0.1.running_mean [8]",
                "features.0.1.running_var [8]",
                "features.1.1.running_mean [8]",
                "features.1.1.running_var [8]",
            ]);
        mobilenet
            .Model.Buffers.Tensors[^1]
            .ToString()
            .ShouldBe("features.26.1.num_batches_tracked [] I64", "what is to be averaged lies together");
        mobilenet.Model.Buffers.Tensors.Count.ShouldBe(27 * 3);
    }

    [Fact]
    public void A_user_s_model_can_be_added_to_the_catalogue()
    {
        var catalog = ModelCatalog.Default.With(new Linear());

        catalog.Names.ShouldBe(["cnn", "linear", "mlp", "mobilenet"]);
        ModelCatalog.Default.Names.ShouldBe(["cnn", "mlp", "mobilenet"]);
        using var engine = new TorchEngineFactory(new TorchOptions("cpu", Threads: 1), catalog).Create(
            Jobs.Create("linear")
        );
        engine.Initialize(1);
        engine.ComputeGradient(Jobs.Samples(8), seed: 0).Loss.ShouldBeInRange(1, 4);
    }

    private static long Count(string model, ImageShape shape, params (string Key, string Value)[] settings)
    {
        using var scope = torch.NewDisposeScope();
        var options = Jobs.Create(model, settings).Model;
        using var network = ModelCatalog
            .Default.Find(model)
            .Build(ModelCatalog.SettingsOf(options), shape, classes: 10);
        network.eval();
        network.call(torch.zeros(2, shape.Channels, shape.Height, shape.Width)).shape.ShouldBe([2, 10]);
        return network.parameters().Sum(parameter => parameter.numel());
    }

    private sealed class Linear : ITorchModel
    {
        public string Name => "linear";

        public void Validate(SettingReader settings) { }

        public torch.nn.Module<torch.Tensor, torch.Tensor> Build(
            SettingReader settings,
            ImageShape input,
            int classes
        ) => torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(input.Length, classes));
    }
}
