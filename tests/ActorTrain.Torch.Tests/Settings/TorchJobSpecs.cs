using ActorTrain.Job;
using ActorTrain.Torch.Settings;

namespace ActorTrain.Torch.Tests.Settings;

public sealed class TorchJobSpecs
{
    [Theory]
    [InlineData("mlp", "mlp.hidden", "1024, 1024")]
    [InlineData("mlp", "mlp.hidden", "")]
    [InlineData("mlp", "mlp.hidden", "65536")]
    [InlineData("cnn", "cnn.channels", "1,1024")]
    [InlineData("mobilenet", "mobilenet.width", "1")]
    [InlineData("mobilenet", "mobilenet.width", "0.75")]
    [InlineData("mobilenet", "mlp.hidden", "the setting of another model")]
    [InlineData("mlp", "augmentation.flip", "true")]
    [InlineData("mlp", "augmentation.crop-padding", "14")]
    public void Valid_settings_are_accepted(string model, string key, string value) =>
        TorchJob.Validate(Jobs.Create(model, (key, value)));

    [Theory]
    [InlineData(
        "mlp",
        "mlp.hidden",
        "10,x",
        "actortrain.job.model.mlp.hidden is 10,x; it must be a list of 0 to 16 whole numbers from 1 to 65536."
    )]
    [InlineData(
        "mlp",
        "mlp.hidden",
        "0",
        "actortrain.job.model.mlp.hidden is 0; it must be a list of 0 to 16 whole numbers from 1 to 65536."
    )]
    [InlineData(
        "mlp",
        "mlp.hidden",
        "65537",
        "actortrain.job.model.mlp.hidden is 65537; it must be a list of 0 to 16 whole numbers from 1 to 65536."
    )]
    [InlineData(
        "cnn",
        "cnn.channels",
        "16",
        "actortrain.job.model.cnn.channels is 16; it must be a list of 2 whole numbers from 1 to 1024."
    )]
    [InlineData(
        "cnn",
        "cnn.hidden",
        "-1",
        "actortrain.job.model.cnn.hidden is -1; it must be a whole number from 1 to 65536."
    )]
    [InlineData(
        "cnn",
        "cnn.hidden",
        "",
        "actortrain.job.model.cnn.hidden is empty; it must be a whole number from 1 to 65536."
    )]
    [InlineData(
        "mobilenet",
        "mobilenet.width",
        "0.3",
        "actortrain.job.model.mobilenet.width is 0.3; it must be 0.25, 0.5, 0.75 or 1.0."
    )]
    [InlineData(
        "mlp",
        "source",
        "internet",
        "actortrain.job.data.source is internet; it must be auto, full or built-in."
    )]
    [InlineData(
        "mlp",
        "augmentation.flip",
        "maybe",
        "actortrain.job.data.augmentation.flip is maybe; it must be on or off."
    )]
    [InlineData(
        "mlp",
        "augmentation.crop-padding",
        "15",
        "actortrain.job.data.augmentation.crop-padding is 15; it must be a whole number from 0 to 14."
    )]
    public void A_wrong_setting_is_named_with_its_value_and_the_allowed_values(
        string model,
        string key,
        string value,
        string message
    ) =>
        Should
            .Throw<ActorTrainException>(() => TorchJob.Validate(Jobs.Create(model, (key, value))))
            .Message.ShouldBe(message);

    [Fact]
    public void A_setting_that_is_not_given_has_its_default_and_one_without_a_default_is_named()
    {
        TorchJob.Validate(new JobOptions { Model = "mlp" });

        Should
            .Throw<ActorTrainException>(() =>
                new SettingReader("actortrain.job.model", new Dictionary<string, string>()).Switch("rings.open")
            )
            .Message.ShouldBe("actortrain.job.model.rings.open is not set; it must be on or off.");
    }

    [Theory]
    [InlineData("resnet", "unknown model 'resnet'; known models: cnn, mlp, mobilenet")]
    [InlineData("mobilnet", "unknown model 'mobilnet' (did you mean 'mobilenet'?); known models: cnn, mlp, mobilenet")]
    public void An_unknown_model_is_refused_with_the_known_ones(string model, string message) =>
        Should.Throw<ActorTrainException>(() => TorchJob.Validate(Jobs.Create(model))).Message.ShouldBe(message);

    [Fact]
    public void An_unknown_data_set_is_refused_with_the_known_ones()
    {
        var job = Jobs.Create("mlp");
        job = job with { Data = job.Data with { Name = "fashion-mnits" } };

        Should
            .Throw<ActorTrainException>(() => TorchJob.Validate(job))
            .Message.ShouldBe(
                "unknown data set 'fashion-mnits' (did you mean 'fashion-mnist'?); known data sets: fashion-mnist"
            );
    }

    [Theory]
    [InlineData("", "", 0)]
    [InlineData("cnn", "", 3)]
    [InlineData("kitten", "sitting", 3)]
    [InlineData("mlp", "mpl", 2)]
    public void Counts_the_edits_between_two_words(string from, string to, int edits) =>
        KnownNames.Edits(from, to).ShouldBe(edits);
}
