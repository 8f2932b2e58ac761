using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.TestKit.Exploration;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>
/// Explores each consistency mode in the simulator: under random faults, and at random speeds without faults.
/// </summary>
internal static class ExploreVerb
{
    // Each portion has another number of samples.
    private const int Portion = 1000;

    public static Command Create()
    {
        var scripts = new Option<int>("--scripts")
        {
            Description = "Scripts of each job and kind.",
            DefaultValueFactory = _ => 20_000,
        };
        var first = new Option<int>("--first")
        {
            Description = "Number of the first script; the tests run scripts from 1 on.",
            DefaultValueFactory = _ => 1001,
        };
        var only = new Option<string[]>("--only")
        {
            Description = "Jobs, by a part of their name; all by default.",
            AllowMultipleArgumentsPerToken = true,
        };
        var faults = new Option<string>("--faults")
        {
            Description = "Scripts with faults, without, or both.",
            DefaultValueFactory = _ => "both",
        };
        faults.AcceptOnlyFromAmong("with", "without", "both");
        var command = new Command(
            "explore",
            "Runs a job of each consistency mode in virtual time, with and without random faults, and checks the "
                + "laws after each. Exit code 1: a law is broken."
        )
        {
            scripts,
            first,
            only,
            faults,
        };
        command.SetAction(parsed =>
        {
            var (count, from) = (parsed.GetValue(scripts), parsed.GetValue(first));
            var wanted = parsed.GetValue(only) ?? [];
            var names = ExploredJobs.Names.Where(name =>
                wanted.Length == 0 || wanted.Any(part => name.Contains(part, StringComparison.Ordinal))
            );
            var kinds = parsed.GetValue(faults) switch
            {
                "with" => [false],
                "without" => [true],
                _ => new[] { true, false },
            };
            var broken = 0;
            foreach (var (name, withoutFaults) in names.SelectMany(name => kinds.Select(kind => (name, kind))))
                broken += Explore(name, withoutFaults, count, from) ? 0 : 1;
            return broken == 0 ? 0 : 1;
        });
        return command;
    }

    private static bool Explore(string name, bool withoutFaults, int count, int from)
    {
        var (title, watch) = ($"{name}, {(withoutFaults ? "without faults" : "random faults")}", Stopwatch.StartNew());
        for (var done = 0; done < count; done += Portion)
        {
            try
            {
                ExploredJobs.Explore(name, withoutFaults, Math.Min(Portion, count - done), from + done);
            }
            catch (CsCheck.CsCheckException broken)
            {
                Console.WriteLine($"{title}: {broken.Message}");
                return false;
            }
        }
        Interim.Print(
            title,
            ("scripts", count.ToString(CultureInfo.InvariantCulture)),
            ("seconds", watch.Elapsed.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)),
            ("broken", "0")
        );
        return true;
    }
}
