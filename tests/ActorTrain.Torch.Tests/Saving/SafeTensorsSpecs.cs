using System.Text;
using ActorTrain.Engines;
using ActorTrain.Parameters;
using ActorTrain.Saving;

namespace ActorTrain.Torch.Tests.Saving;

public sealed class SafeTensorsSpecs : IDisposable
{
    private static readonly Dictionary<string, string> Metadata = new()
    {
        ["epochs"] = "5",
        ["note"] = "naïve \"quotes\"",
    };

    private readonly TemporaryFolder _folder = new();

    private string File => _folder["model.safetensors"];

    [Fact]
    public void The_bytes_follow_the_format()
    {
        SafeTensors.Save(File, Small(), new Dictionary<string, string> { ["epochs"] = "5" });

        var header = """
            {"__metadata__":{"epochs":"5"},
            "bn.num_batches_tracked":{"dtype":"I64","shape":[],"data_offsets":[0,8]},
            "a.weight":{"dtype":"F32","shape":[1,2],"data_offsets":[8,16]},
            "bn.running_mean":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}}
            """.ReplaceLineEndings("");
        header = header.PadRight((header.Length + 7) / 8 * 8);
        System
            .IO.File.ReadAllBytes(File)
            .ShouldBe([
                .. BitConverter.GetBytes((long)header.Length),
                .. Encoding.UTF8.GetBytes(header),
                7,
                0,
                0,
                0,
                0,
                0,
                0,
                0, // 7 as I64
                0,
                0,
                0x80,
                0x3f,
                0,
                0,
                0,
                0xc0, // 1 and -2 as F32
                0,
                0,
                0,
                0x3f, // 0.5 as F32
            ]);
    }

    [Fact]
    public void A_saved_model_loads_unchanged()
    {
        using var engine = Jobs.Started("mobilenet");
        engine.ComputeGradient(Jobs.Samples(4), seed: 0);
        SafeTensors.Save(File, new TrainedModel(engine.Model, engine.Parameters, engine.Buffers), Metadata);

        var saved = SafeTensors.Load(File);
        var model = saved.As(engine.Model);

        saved.Metadata.ShouldBe(Metadata);
        model.Parameters.ToArray().ShouldBe(engine.Parameters.ToArray());
        model.Buffers.ToArray().ShouldBe(engine.Buffers.ToArray());
    }

    [Fact]
    public void A_file_replaces_an_earlier_one_and_leaves_no_other_file()
    {
        SafeTensors.Save(File, Small(first: 1), Metadata);
        SafeTensors.Save(File, Small(first: 9), Metadata);

        SafeTensors.Load(File).Tensors["a.weight"].ToFloats().ShouldBe([9f, -2f]);
        Directory.GetFiles(_folder.Path).ShouldBe([File]);
    }

    [Fact]
    public void A_file_that_cannot_be_written_is_named()
    {
        var nowhere = _folder["nowhere/model.safetensors"];

        Should
            .Throw<ActorTrainException>(() => SafeTensors.Save(nowhere, Small(), Metadata))
            .Message.ShouldStartWith($"The model cannot be saved as {nowhere}: ");
    }

    [Fact]
    public void A_failed_write_leaves_no_file_and_keeps_the_earlier_one()
    {
        // A folder has the file's name: the final renaming fails.
        Directory.CreateDirectory(_folder["model.safetensors/inside"]);

        Should.Throw<ActorTrainException>(() => SafeTensors.Save(File, Small(), Metadata));
        Directory.GetFileSystemEntries(_folder.Path).ShouldBe([File]);
        Directory.Exists(_folder["model.safetensors/inside"]).ShouldBeTrue();
    }

    [Fact]
    public void The_file_of_another_model_is_refused_with_the_first_difference()
    {
        SafeTensors.Save(File, Small(), Metadata);
        var saved = SafeTensors.Load(File);

        Refusal([("a.weight", [2L, 1L])])
            .ShouldBe($"{File}: its tensor a.weight is [1, 2], and that of the model other is [2, 1].");
        Refusal([("a.weight", [1L, 2L]), ("b", [1L])])
            .ShouldBe($"{File}: it has no tensor b, which the model other has.");
        Should
            .Throw<ActorTrainException>(() =>
                saved.As(new ModelDescription("other", ParameterLayout.Empty, Small().Description.Buffers))
            )
            .Message.ShouldBe($"{File}: it has a tensor a.weight, which the model other has not.");

        string Refusal(IEnumerable<(string, IReadOnlyList<long>)> tensors) =>
            Should
                .Throw<ActorTrainException>(() =>
                    saved.As(
                        new ModelDescription("other", ParameterLayout.Create(tensors), Small().Description.Buffers)
                    )
                )
                .Message;
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("not json")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[-1,-2],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}""")]
    [InlineData("""{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}""")]
    [InlineData("""{"a":{"shape":[2]}}""")]
    [InlineData("""{"a":3}""")]
    [InlineData("[]")]
    public void A_truncated_or_damaged_file_is_refused(string header)
    {
        var length = header == "{}" ? 1_000_000 : header.Length;
        System.IO.File.WriteAllBytes(
            File,
            [.. BitConverter.GetBytes((long)length), .. Encoding.UTF8.GetBytes(header), .. new byte[8]]
        );

        Should
            .Throw<ActorTrainException>(() => SafeTensors.Load(File))
            .Message.ShouldStartWith($"{File} is not a safetensors file that can be read: ");
    }

    [Fact]
    public void A_missing_file_is_named() =>
        Should
            .Throw<ActorTrainException>(() => SafeTensors.Load(File))
            .Message.ShouldStartWith($"The model {File} cannot be loaded: ");

    public void Dispose() => _folder.Dispose();

    private static TrainedModel Small(float first = 1) =>
        new(
            new ModelDescription(
                "small",
                ParameterLayout.Create([("a.weight", [1L, 2L])]),
                ParameterLayout.Create([
                    new TensorSpec("bn.running_mean", [1L], 0),
                    new TensorSpec("bn.num_batches_tracked", [], 0) { Type = ElementType.I64 },
                ])
            ),
            new[] { first, -2f },
            new[] { 0.5f, BitConverter.Int32BitsToSingle(7), 0f }
        );
}
