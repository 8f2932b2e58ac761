using System.CommandLine;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.Benchmarks.Training;
using ActorTrain.Hosting;
using ActorTrain.Job;
using Akka.Configuration;

namespace ActorTrain.Benchmarks.Scale;

/// <summary>
/// Runs jobs one after the other on a seed and a worker in separate processes. The memory of both is measured after
/// each job, when the nodes have released their caches. It must not grow after the third job of each model.
/// </summary>
internal static class MemoryVerb
{
    private const int FirstJobs = 3;

    // Nodes release caches after a second; a background collection takes a part of another.
    private static readonly TimeSpan ReleaseTime = TimeSpan.FromSeconds(2.5);
    private static readonly string[] Models = ["mlp", "cnn"];

    public static Command Create()
    {
        var count = new Option<int>("--count") { Description = "Jobs.", DefaultValueFactory = _ => 18 };
        var models = new Option<string[]>("--models")
        {
            Description = "Models, used alternately.",
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
            Description = "The part by which a process may grow after its first jobs of the same model.",
            DefaultValueFactory = _ => 0.05,
        };
        var command = new Command("memory", "Jobs one after the other: the memory of the processes after each.")
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
        using var seed = Child.StartCommand("seed", "--port", "0");
        var address = HostPort.Parse(seed.ReadLine().Split(' ')[^1]);
        _ = seed.DiscardOutput();
        using var file = new NodeFile("");
        using var worker = NodeChild.StartWorker(address, file, []);
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
            await Task.Delay(ReleaseTime);
            after.Add((model, Resident(seed.Id), Resident(worker.Process.Id)));
            table.Add($"{number}", model, Megabytes(after[^1].Seed), Megabytes(after[^1].Worker));
        }
        table.Print("Resident memory after each job");
        seed.Send(Signal.Terminate);
        return Judge(after, growth);
    }

    // Each model has its own size, and libraries fill their caches during the first jobs of each model.
    private static int Judge(List<(string Model, long Seed, long Worker)> after, double growth)
    {
        var kinds = after.Select(job => job.Model).Distinct().Count();
        foreach (var model in after.GroupBy(job => job.Model).Where(group => group.Count() > FirstJobs))
        {
            var first = after.Take(FirstJobs * kinds).Last(job => job.Model == model.Key);
            var last = model.Last();
            if (last.Seed <= first.Seed * (1 + growth) && last.Worker <= first.Worker * (1 + growth))
                continue;
            Console.WriteLine(
                $"Memory grows with {model.Key}: the seed from {Megabytes(first.Seed)} to {Megabytes(last.Seed)} MB, "
                    + $"the worker from {Megabytes(first.Worker)} to {Megabytes(last.Worker)} MB."
            );
            return 1;
        }
        Console.WriteLine("Memory does not grow.");
        return 0;
    }

    private static string Megabytes(long bytes) => (bytes >> 20).ToString(CultureInfo.InvariantCulture);

    private static long Resident(int process)
    {
        var kibibytes = File.ReadLines($"/proc/{process}/status")
            .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
            .Split(':', 'k')[1];
        return 1024 * long.Parse(kibibytes.Trim(), CultureInfo.InvariantCulture);
    }
}
