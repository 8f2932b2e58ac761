using CsCheck;

namespace ActorTrain.TestKit.Exploration;

/// <summary>Finds the smallest script that breaks the same law as a given one.</summary>
/// <param name="run">Runs a script.</param>
internal sealed class SmallestScript(Func<Simulation, SimulationResult> run)
{
    private const int Attempts = 300;

    /// <summary>Searches generated scripts first, and then drops faults one by one.</summary>
    /// <param name="generated">Generates scripts.</param>
    /// <param name="number">The number of the script that broke a law.</param>
    /// <param name="seed">The seed that the generator creates it from.</param>
    /// <returns>The error to throw: the smallest script as C#, and what was wrong.</returns>
    public CsCheckException Find(Gen<Simulation> generated, int number, string seed)
    {
        if (SmallestGenerated(generated, seed) is not { } small)
            return new CsCheckException(
                $"Script {number} broke a law, but not when it ran again: its run is not determined by its seed."
            );
        var smallest = Shrink(small);
        return new CsCheckException(
            $"Script {number} breaks a law. The smallest script found that breaks it, without a fault to spare:\n"
                + Describe(smallest)
        );
    }

    /// <summary>Drops every fault without which the same law is broken.</summary>
    internal Simulation Shrink(Simulation script)
    {
        var broken = run(script);
        var kind = KindOfFailure(broken);
        // A violation is always wrong. A job that does not end is wrong only if its troubles end.
        var ends = broken.Violations.Count == 0;
        return Shrinking.Smallest(
            script,
            smaller => !(ends && Shrinking.LeavesTroubleOpen(smaller, script)) && KindOfFailure(run(smaller)) == kind
        );
    }

    /// <summary>Which law was broken, without numbers; null when none was.</summary>
    internal static string? KindOfFailure(SimulationResult result) =>
        result.Violations is [var first, ..] ? WithoutNumbers(first.ReplaceLineEndings("\n").Split('\n')[0])
        : result.Failure is not { } failure ? null
        : result.HasEnded ? WithoutNumbers(failure)
        : "the job did not end";

    private static string WithoutNumbers(string text) => string.Concat(text.Where(letter => !char.IsDigit(letter)));

    // CsCheck runs the script again, then smaller ones, and prints the smallest that breaks a law.
    private Simulation? SmallestGenerated(Gen<Simulation> generated, string seed)
    {
        Simulation? smallest = null;
        try
        {
            generated.Sample(
                script => run(script).ShouldSucceed(),
                seed: seed,
                iter: Attempts,
                print: script =>
                {
                    smallest = script;
                    return "";
                }
            );
        }
        catch (CsCheckException) when (smallest is not null) { }
        return smallest;
    }

    private string Describe(Simulation script)
    {
        try
        {
            run(script).ShouldSucceed();
            return script.ToCode();
        }
        catch (SimulationFailedException failed)
        {
            return failed.Message;
        }
    }
}
