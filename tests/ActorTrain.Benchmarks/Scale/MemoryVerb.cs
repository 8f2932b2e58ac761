using System.CommandLine;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Scale;

/// <summary>
/// One job after the other on a seed and a worker, each in a process of its own: what both hold after each, and that it
/// stays what it was after the third of each model. It is looked at when the nodes have given back what they kept.
/// </summary>
internal static class MemoryVerb
{
    private const int Known = 3;

    // The nodes wait for a second; a collection in the background takes a part of another.
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2.5);
    private static readonly string[] Models = ["mlp", "cnn"];

    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "Jobs.", DefaultValueFactory = _ => 18 };
        var models = new Option<string[]>("--models")
        {
            Description = "Models, taken in turn.",
            DefaultValueFactory = _ => Models,
            AllowMultipleArgumentsPerToken = true,
        };
        var source = new Option<string>("--source")
        {
            Description = "full or built-in.",
            DefaultValueFactory = _ => "built-in",
        };
        var growth = new Option<double>("--growth")
        {
            Description = "The part by which a process may have grown since its first jobs of the same model.",
            DefaultValueFactory = _ => 0.05,
        };
        var command = new Command("memory", "One job after the other: what the processes hold after each.")
        {
            count,
            models,
            source,
            growth,
        };
        command.SetAction(
            (parsed, _) =>
                RunAsync(
                    parsed.GetValue(count),
                    parsed.GetValue(models) ?? Models,
                    parsed.GetValue(source)!,
                    parsed.GetValue(growth)
                )
        );
        return command;
    }

    private static async Task<int> RunAsync(int count, string[] models, string source, double growth)
    {
        using var seed = Child.OfTheCommand("seed", "--port", "0");
        var address = HostPort.Parse(seed.Hear().Split(' ')[^1]);
        _ = seed.Ignore();
        using var file = new NodeFile("");
        using var worker = WorkerChild.Start(address, file, []);
        await using var client = await TrainingClient.ConnectAsync(address, TimeSpan.FromSeconds(60));
        var table = new Table("job", "model", "seed MB", "worker MB");
        var after = new List<(string Model, long Seed, long Worker)>();
        for (var number = 1; number <= count; number++)
        {
            var model = models[(number - 1) % models.Length];
            var run = await client.SubmitAsync(
                JobOptionsReader.Read(
                    ConfigurationFactory.ParseString(
                        $"actortrain.job {{ model.name = {model}, data.source = {source}, epochs = 1 }}"
                    )
                )
            );
            await run.Completion;
            await Task.Delay(Settled);
            after.Add((model, Resident(seed.Id), Resident(worker.Process.Id)));
            table.Add($"{number}", model, Megabytes(after[^1].Seed), Megabytes(after[^1].Worker));
        }
        table.Print("Resident memory after each job");
        seed.Send(Signal.Terminate);
        return Judge(after, growth);
    }

    // Each model has its own size, and what libraries keep of others is there when each has had its first jobs.
    private static int Judge(List<(string Model, long Seed, long Worker)> after, double growth)
    {
        var kinds = after.Select(job => job.Model).Distinct().Count();
        foreach (var model in after.GroupBy(job => job.Model).Where(group => group.Count() > Known))
        {
            var first = after.Take(Known * kinds).Last(job => job.Model == model.Key);
            var last = model.Last();
            if (last.Seed <= first.Seed * (1 + growth) && last.Worker <= first.Worker * (1 + growth))
                continue;
            Console.WriteLine(
                $"It grows with {model.Key}: the seed from {Megabytes(first.Seed)} to {Megabytes(last.Seed)} MB, the "
                    + $"worker from {Megabytes(first.Worker)} to {Megabytes(last.Worker)} MB."
            );
            return 1;
        }
        Console.WriteLine("It does not grow.");
        return 0;
    }

    private static string Megabytes(long bytes) => (bytes >> 20).ToString(CultureInfo.InvariantCulture);

    private static long Resident(int process)
    {
        var words = File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(':', 'k')[1];
        return 1024 * long.Parse(words.Trim(), CultureInfo.InvariantCulture);
    }
}
