using System.CommandLine;
using System.Diagnostics;
using ActorTrain.TestKit.Exploration;

namespace ActorTrain.Benchmarks.Simulated;

/// <summary>What the simulator finds under random faults.</summary>
internal static class ExploreVerb
{
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
                new Explorer(Explorer.Cluster(seed: 1), SimulatedJob.Of($"epochs = 3, lease-batches = 8\n{parsed.GetValue(job)}")).Run(count, from);
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
