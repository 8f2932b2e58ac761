using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using ActorTrain.Checkpoints;
using ActorTrain.Job;

namespace ActorTrain.Tests.Checkpoints;

/// <summary>Checkpoints on the disk: whole or not there, and what is damaged is said.</summary>
public sealed class CheckpointFolderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("actortrain-test-");
    private readonly CheckpointFolder _folder;

    public CheckpointFolderTests() => _folder = new CheckpointFolder(Path.Combine(_root.FullName, "run"));

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void What_is_read_is_what_was_written_bit_for_bit()
    {
        var written = ToyCheckpoint.Create();
        var path = ToyCheckpoint.Write(_folder, written);

        var read = CheckpointFiles.Read(path);

        BitsOf(read).ShouldBe(BitsOf(written));
        var manifest = read.Manifest with { Files = [], Number = 0 };
        ManifestJson.Serialize(manifest).ShouldBe(ManifestJson.Serialize(written.Manifest));
        JobAsSettings.Read(read.Manifest.Job, path).ShouldBe(JobAsSettings.Read(written.Manifest.Job, path));
        read.Manifest.Files.Select(file => file.Name)
            .ShouldBe(
                new[] { "model", "optimizer.0", "optimizer.1", "weights.1", "buffers.0" }.Select(name =>
                    name + ".safetensors"
                )
            );
    }

    [Fact]
    public void The_newest_are_kept_and_numbers_go_on()
    {
        for (var i = 0; i < 5; i++)
            ToyCheckpoint.Write(_folder, ToyCheckpoint.Create(), new CheckpointOptions { Keep = 2 });

        _folder.List().ShouldBe([4, 5]);
        _folder.ReadNewest().Path.ShouldBe(_folder.PathOf(5));
    }

    public static TheoryData<string> Files =>
        [
            "model.safetensors",
            "optimizer.1.safetensors",
            "buffers.0.safetensors",
            "manifest.json",
            "manifest.json.sha256",
        ];

    [Theory, MemberData(nameof(Files))]
    public void With_any_bit_of_a_file_flipped_the_one_before_is_taken_and_the_file_is_named(string name)
    {
        var before = ToyCheckpoint.Write(_folder, ToyCheckpoint.Create());
        var newest = ToyCheckpoint.Write(_folder, ToyCheckpoint.Create());
        var file = Path.Combine(newest, name);
        var bytes = File.ReadAllBytes(file);
        var random = new Random(1);
        for (var i = 0; i < 100; i++)
        {
            var damaged = bytes.ToArray();
            damaged[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(file, damaged);

            var found = _folder.ReadNewest();

            found.Path.ShouldBe(before);
            found.Damaged.ShouldHaveSingleItem().ShouldStartWith(file.Replace(".sha256", ""));
        }
    }

    [Theory, MemberData(nameof(Files))]
    public void With_a_file_cut_short_or_missing_the_one_before_is_taken(string name)
    {
        var before = ToyCheckpoint.Write(_folder, ToyCheckpoint.Create());
        var file = Path.Combine(ToyCheckpoint.Write(_folder, ToyCheckpoint.Create()), name);

        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^1]);
        _folder.ReadNewest().Path.ShouldBe(before);

        File.Delete(file);
        _folder.ReadNewest().Damaged.ShouldHaveSingleItem().ShouldStartWith(file);
    }

    [Fact]
    public void What_a_killed_process_has_left_counts_for_nothing_and_is_deleted_by_the_next()
    {
        ToyCheckpoint.Write(_folder, ToyCheckpoint.Create());
        var left = Directory.CreateDirectory(_folder.PathOf(2) + ".1234.tmp");
        File.WriteAllText(Path.Combine(left.FullName, "manifest.json"), "{");

        _folder.ReadNewest().Path.ShouldBe(_folder.PathOf(1));

        ToyCheckpoint.Write(_folder, ToyCheckpoint.Create()).ShouldBe(_folder.PathOf(2));
        Directory.GetDirectories(_folder.Path).Length.ShouldBe(2);
    }

    [Fact]
    public void The_folder_of_another_run_is_refused_and_stays_as_it_is()
    {
        ToyCheckpoint.Write(_folder, ToyCheckpoint.Create("first"));

        Should
            .Throw<ActorTrainException>(() => ToyCheckpoint.Write(_folder, ToyCheckpoint.Create("second")))
            .Message.ShouldBe(
                $"{_folder.Path} has the checkpoints of another run of the job test; name another folder, or go on "
                    + $"from them with --resume {_folder.Path}."
            );
        _folder.List().ShouldBe([1]);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named()
    {
        File.WriteAllText(Path.Combine(_root.FullName, "run"), "a file");

        Should
            .Throw<ActorTrainException>(() => _folder.Claim("run"))
            .Message.ShouldStartWith($"Checkpoints cannot be written to {_folder.Path}: ");
    }

    [Fact]
    public void A_newer_format_is_named()
    {
        var file = Path.Combine(ToyCheckpoint.Write(_folder, ToyCheckpoint.Create()), "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(file))!;
        manifest["format"] = 2;
        manifest.AsObject().Remove("applied");
        var json = Encoding.UTF8.GetBytes(manifest.ToJsonString());
        File.WriteAllBytes(file, json);
        var sum = Convert.ToHexStringLower(SHA256.HashData(json));
        File.WriteAllText(file + ".sha256", $"{sum}  manifest.json\n");

        Should
            .Throw<ActorTrainException>(() => CheckpointFiles.ReadManifest(_folder.PathOf(1)))
            .Message.ShouldBe(
                $"{file} is of format 2, and this program reads formats up to 1; use the version of ActorTrain that "
                    + "wrote it, or a newer one."
            );
    }

    [Fact]
    public void A_folder_without_checkpoints_says_what_to_give() =>
        Should
            .Throw<ActorTrainException>(() => _folder.ReadNewest())
            .Message.ShouldBe(
                $"{_folder.Path} has no checkpoint; give a folder that a job has written checkpoints to, or one of "
                    + "them."
            );

    private static IEnumerable<int> BitsOf(Checkpoint checkpoint) =>
        new[] { checkpoint.State.Weights }
            .Concat(checkpoint.State.Optimizer)
            .Concat(checkpoint.State.Policy)
            .Concat(checkpoint.State.Epochs)
            .Concat(checkpoint.Buffers)
            .SelectMany(vector => vector.Select(BitConverter.SingleToInt32Bits));
}
