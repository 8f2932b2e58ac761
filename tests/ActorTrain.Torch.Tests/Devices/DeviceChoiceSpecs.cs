using ActorTrain.Torch.Devices;

namespace ActorTrain.Torch.Tests.Devices;

public sealed class DeviceChoiceSpecs
{
    [Theory]
    [InlineData("auto", 0, null)]
    [InlineData("auto", 2, 0)]
    [InlineData("cpu", 2, null)]
    [InlineData("cuda", 1, 0)]
    [InlineData("cuda:0", 1, 0)]
    [InlineData("cuda:1", 2, 1)]
    public void Resolves_to_a_gpu_where_one_is_wanted_and_available(string asked, int gpus, int? taken) =>
        DeviceChoice.Parse(asked).Resolve(gpus).ShouldBe(taken);

    [Theory]
    [InlineData("cuda", 0, "The device cuda is not there; this machine, with this build of libtorch, has cpu only.")]
    [InlineData(
        "cuda:1",
        1,
        "The device cuda:1 is not there; this machine, with this build of libtorch, has cpu and cuda:0."
    )]
    [InlineData(
        "cuda:3",
        3,
        "The device cuda:3 is not there; this machine, with this build of libtorch, has cpu and cuda:0 to cuda:2."
    )]
    public void A_missing_device_is_refused_with_the_available_ones(string asked, int gpus, string message) =>
        Should.Throw<ActorTrainException>(() => DeviceChoice.Parse(asked).Resolve(gpus)).Message.ShouldBe(message);

    [Theory]
    [InlineData("gpu")]
    [InlineData("")]
    [InlineData("cuda:")]
    [InlineData("cuda:-1")]
    [InlineData("cuda:99999999999")]
    public void A_text_that_names_no_device_is_refused(string text) =>
        Should
            .Throw<ActorTrainException>(() => DeviceChoice.Parse(text))
            .Message.ShouldBe(
                $"The device is '{text}'; it must be auto, cpu, cuda or cuda:i, where i is the number of a GPU."
            );

    [Fact]
    public void Processors_have_a_name() => DeviceNames.Cpu().ShouldNotBeNullOrWhiteSpace();
}
