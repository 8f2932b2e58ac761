using System.Net;
using System.Net.Sockets;

namespace ActorTrain.Cli.Tests.Verbs;

/// <summary>Wrong command lines: one line with the correction, and exit code 2.</summary>
public sealed class WrongInputTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actortrain-test-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(
        "",
        "a verb is missing; write one of demo, seed, worker, train, local, status, jobs, attach, result, "
            + "set, pause, resume, cancel, simulate, laws, or --help"
    )]
    [InlineData("trian", "there is no verb trian; did you mean train?")]
    [InlineData(
        "fly",
        "there is no verb fly; write one of demo, seed, worker, train, local, status, jobs, attach, result, "
            + "set, pause, resume, cancel, simulate, laws"
    )]
    [InlineData("train", "train needs --join HOST:PORT, a node of the cluster such as 127.0.0.1:4053.")]
    [InlineData("worker", "worker needs --join HOST:PORT, a node of the cluster such as 127.0.0.1:4053.")]
    [InlineData("status", "status needs --join HOST:PORT, a node of the cluster such as 127.0.0.1:4053.")]
    [InlineData(
        "train --join nowhere",
        "--join: 'nowhere' is not an address; write HOST:PORT, such as 127.0.0.1:4053."
    )]
    [InlineData(
        "worker --join 127.0.0.1:0",
        "--join: '127.0.0.1:0' is not an address; write HOST:PORT, such as 127.0.0.1:4053."
    )]
    [InlineData(
        "status --join 127.0.0.1:65536",
        "--join: '127.0.0.1:65536' is not an address; write HOST:PORT, such as 127.0.0.1:4053."
    )]
    [InlineData("train --epohs 3", "train has no option --epohs; did you mean --epochs?")]
    [InlineData("stop --join 127.0.0.1:4053", "there is no verb stop; it is called cancel now")]
    [InlineData("train --epohs=3", "train has no option --epohs; did you mean --epochs?")]
    [InlineData("seed --prot 3", "seed has no option --prot; did you mean --port?")]
    [InlineData("demo --nonsense", "demo has no option --nonsense; see actortrain demo --help")]
    [InlineData("seed extra", "seed takes no argument extra; see actortrain seed --help")]
    [InlineData("train --epochs", "--epochs needs a value; see actortrain train --help")]
    [InlineData(
        "train --join 127.0.0.1:4053 --batch-size -3",
        "actortrain.job.batch-size is -3 (--batch-size); it must be 1 or more."
    )]
    [InlineData(
        "local --workers 2 --lr fast",
        "actortrain.job.optimizer.learning-rate is fast (--lr); it must be a number, more than 0."
    )]
    [InlineData(
        "demo --optimizer rmsprop",
        "actortrain.job.optimizer.name is rmsprop (--optimizer); it must be one of sgd, adam, adamw."
    )]
    [InlineData("local", "local needs --workers N, the number of worker processes, such as 2.")]
    [InlineData("local --workers 0", "--workers is 0; it must be a whole number from 1 to 256.")]
    [InlineData("local --workers 257", "--workers is 257; it must be a whole number from 1 to 256.")]
    [InlineData("local --workers two", "--workers is two; it must be a whole number from 1 to 256.")]
    [InlineData(
        "local --workers 1 --minimum-workers 2",
        "the job waits for 2 workers and --workers is 1; it must be 2 or more."
    )]
    [InlineData("train --join 127.0.0.1:4053 --wait -1", "--wait is -1; it must be a whole number from 0 to 86400.")]
    [InlineData("seed --port 65536", "actortrain.seed.port is 65536 (--port); it must be at most 65535.")]
    [InlineData(
        "seed --role cook",
        "actortrain.seed.roles is cook (--role); it must be one or more of coordinator, server, standby, worker."
    )]
    [InlineData(
        "worker --join 127.0.0.1:4053 --data no-such-folder",
        "actortrain.worker.data is no-such-folder (--data); it must be a folder that exists, with the data set's files."
    )]
    [InlineData(
        "worker --join 127.0.0.1:4053 --threads -1",
        "actortrain.worker.threads is -1 (--threads); it must be 0 or more."
    )]
    [InlineData("simulate", "simulate needs SCRIPT.conf, a simulation script such as hocon/simulations/trouble.conf.")]
    [InlineData("simulate no.conf", "no.conf does not exist; name a configuration file.")]
    [InlineData("train no.conf --join 127.0.0.1:4053", "no.conf does not exist; name a configuration file.")]
    public async Task A_wrong_command_line_is_refused_with_the_correction(string line, string sentence) =>
        (await CliResult.Run(line.Split(' ', StringSplitOptions.RemoveEmptyEntries))).ShouldRefuse(sentence);

    [Theory]
    [InlineData(
        "actortrain.job {\n  batch-size = -3\n}",
        "actortrain.job.batch-size is -3 (FILE, line 2); it must be 1 or more."
    )]
    [InlineData(
        "actortrain.job {\n\n  optimiser.name = sgd\n}",
        "unknown key actortrain.job.optimiser (FILE, line 3); did you mean optimizer?"
    )]
    [InlineData("actortrain.job {\n  epochs = 3\n", "FILE, line 1: the { of this line is never closed; add a }.")]
    [InlineData("actortrain.job {\n  epochs 3\n}", "FILE, line 2: epochs must be followed by = and a value, or by {.")]
    public async Task A_wrong_job_file_is_named_with_its_line(string text, string sentence)
    {
        var file = Path.Combine(_folder.FullName, "job.conf");
        await File.WriteAllTextAsync(file, text);

        foreach (
            var verb in new[] { new[] { "train", file, "--join", "127.0.0.1:4053" }, ["local", file, "--workers", "2"] }
        )
            (await CliResult.Run(verb)).ShouldRefuse(sentence.Replace("FILE", file, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_node_configuration_is_named_with_its_line()
    {
        var file = Path.Combine(_folder.FullName, "node.conf");
        await File.WriteAllTextAsync(file, "# a node\nactortrain.worker.treads = 3\n");

        (await CliResult.Run("worker", "--join", "127.0.0.1:4053", "--config", file)).ShouldRefuse(
            $"unknown key actortrain.worker.treads ({file}, line 2); did you mean threads?"
        );
        (await CliResult.Run("seed", "--config", file)).ShouldRefuse(
            $"unknown key actortrain.worker.treads ({file}, line 2); did you mean threads?"
        );
    }

    [Fact]
    public async Task An_unknown_model_is_refused_before_anything_starts()
    {
        foreach (
            var verb in new[] { new[] { "train", "--join", "127.0.0.1:4053" }, ["local", "--workers", "2"], ["demo"] }
        )
        {
            var result = await CliResult.Run([.. verb, "--model", "resnet"]);

            result.ExitCode.ShouldBe(2);
            result.Error.ShouldContain("resnet");
            result.Error.ShouldContain("mlp");
            result.Error.TrimEnd().ShouldNotContain("\n");
        }
    }

    [Theory]
    [InlineData("demo", "--report"), InlineData("demo", "--save"), InlineData("demo", "--log")]
    [InlineData("local --workers 1", "--report"), InlineData("local --workers 1", "--save")]
    [InlineData("local --workers 1", "--log"), InlineData("train --join 127.0.0.1:1", "--report")]
    [InlineData("train --join 127.0.0.1:1", "--save"), InlineData("train --join 127.0.0.1:1", "--log")]
    [InlineData("worker --join 127.0.0.1:1", "--log"), InlineData("seed --port 0", "--log")]
    [InlineData("simulate no.conf", "--report"), InlineData("simulate no.conf", "--plot")]
    [InlineData("laws", "--report")]
    public async Task A_file_that_cannot_be_written_is_refused_before_anything_starts(string verb, string option)
    {
        var missing = Path.Combine(_folder.FullName, "missing", "result");
        var longName = Path.Combine(_folder.FullName, new string('x', 300));

        (await RunWith(missing)).ShouldRefuse(
            $"{option} is {missing}, and {Path.GetDirectoryName(missing)} "
                + "does not exist; it must be a file in a folder that does."
        );
        (await RunWith(_folder.FullName)).ShouldRefuse(
            $"{option} is {_folder.FullName}, a folder; it must be a file to write."
        );
        (await RunWith("")).ShouldRefuse($"{option} is empty; it must be a file to write.");
        (await RunWith(longName)).Error.ShouldStartWith(
            $"actortrain: {option} is {longName}, which cannot be written: "
        );
        _folder.GetFileSystemInfos().ShouldBeEmpty();

        Task<CliResult> RunWith(string file) => CliResult.Run([.. verb.Split(' '), option, file]);
    }

    [Theory]
    [InlineData("demo", "--report", "--save"), InlineData("demo", "--save", "--log")]
    [InlineData("simulate no.conf", "--report", "--plot")]
    public async Task Two_results_cannot_be_one_file(string verb, string one, string other)
    {
        var file = Path.Combine(_folder.FullName, "result");

        (await CliResult.Run([.. verb.Split(' '), one, file, other, file])).ShouldRefuse(
            $"{one} and {other} are both {file}; they must be two files."
        );
        File.Exists(file).ShouldBeFalse();
    }

    [Fact]
    public async Task A_data_folder_without_the_data_is_refused_at_start()
    {
        foreach (
            var verb in new[]
            {
                new[] { "worker", "--join", "127.0.0.1:4053" },
                ["local", "--workers", "2"],
                ["demo", "--source", "full"],
            }
        )
            (await CliResult.Run([.. verb, "--data", _folder.FullName])).ShouldRefuse(
                $"The data folder {_folder.FullName} is empty; it must have the four files of Fashion-MNIST "
                    + $"(train-images-idx3-ubyte.gz and its like)."
            );
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        (await CliResult.Run("seed", "--port", $"{port}")).ShouldRefuse(
            $"Port {port} on 127.0.0.1 is in use; choose another with --port, or 0 for any that is free."
        );
    }

    [Fact]
    public async Task A_join_address_that_does_not_answer_is_named()
    {
        // No process listens on port 1, so the verb need not wait.
        foreach (var verb in new[] { "train", "status" })
        {
            var result = await CliResult.Run(verb, "--join", "127.0.0.1:1", "--wait", "0");

            result.ExitCode.ShouldBe(2);
            result.Error.ShouldStartWith("actortrain: ");
            result.Error.ShouldContain("127.0.0.1:1");
            result.Error.TrimEnd().ShouldNotContain("\n");
            result.Error.ShouldNotContain("   at ");
        }
    }

    [Theory, InlineData("status"), InlineData("pause"), InlineData("cancel")]
    public async Task A_verb_that_waits_for_a_cluster_says_why_on_standard_error(string verb)
    {
        var result = await CliResult.Run(verb, "--join", $"127.0.0.1:{FreePort.Reserve()}");

        result.ExitCode.ShouldBe(2);
        result.Output.ShouldBeEmpty();
        result.Error.Split('\n')[0].ShouldContain(": nothing listens there (connection refused)");
        result.Error.TrimEnd().Split('\n')[^1].ShouldStartWith("actortrain: No ActorTrain node answers");
    }

    [Fact]
    public async Task Debug_shows_the_trace() =>
        (await CliResult.Run("train", "--debug")).Error.ShouldContain("   at ActorTrain.");
}
