using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using ActorTrain.Benchmarks.Measuring;
using ActorTrain.TestKit.Exploration;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>What the simulator finds under random faults.</summary>
internal static class ExploreVerb
{
    // Printed one by one; so many that to wait for the last of each costs nothing.
    private const int Portion = 1000;

    public static Command Create()
    {
        var scripts = new Option<int>("--scripts") { Description = "Fault scripts to run.", DefaultValueFactory = _ => 100_000 };
        var first = new Option<int>("--first") { Description = "Number of the first; the tests run those from 1 on.", DefaultValueFactory = _ => 1001 };
        var job = new Option<string>("--job") { Description = "Settings of the job, as HOCON: consistency.name = synchronous.", DefaultValueFactory = _ => "" };
        var command = new Command("explore", "Runs a job in virtual time under random fault scripts, and checks the laws after each. Exit code 1: one is broken.") { scripts, first, job };
        command.SetAction(parsed =>
        {
            var (count, from, watch) = (parsed.GetValue(scripts), parsed.GetValue(first), Stopwatch.StartNew());
            try
            {
                var explorer = new Explorer(Explorer.Cluster(seed: 1), SimulatedJob.Of($"epochs = 3, lease-batches = 8\n{parsed.GetValue(job)}"));
                for (var done = 0; done < count; done += Portion)
                {
                    explorer.Run(Math.Min(Portion, count - done), from + done);
                    SoFar.Print(
                        string.Create(CultureInfo.InvariantCulture, $"scripts {from} to {from + Math.Min(done + Portion, count) - 1}"), ("seconds", watch.Elapsed.TotalSeconds.ToString("0", CultureInfo.InvariantCulture)), ("broken", "0"));
                }
            }
            catch (CsCheck.CsCheckException broken)
            {
                Console.WriteLine(broken.Message);
                return 1;
            }
            Console.WriteLine(FormattableString.Invariant($"{count:N0} scripts from {from} on, {watch.Elapsed.TotalSeconds:0} s: every job ended, every sample counted once"));
            return 0;
        });
        return command;
    }
}
