using CsCheck;

namespace ActorTrain.TestKit.Exploration;

/// <summary>Finds the smallest script that breaks a law as another one does, and says it.</summary>
/// <param name="run">Runs a script.</param>
internal sealed class SmallestScript(Func<Simulation, SimulationResult> run)
{
    private const int Smaller = 300;

    /// <summary>Looks for it: among generated ones first, and then by dropping one fault after the other.</summary>
    /// <param name="generated">Generates scripts.</param>
    /// <param name="number">The number of the script that broke a law.</param>
    /// <param name="seed">Its seed, with which the generator makes it again.</param>
    /// <returns>The error to throw: the smallest script as C#, and what was wrong.</returns>
    public CsCheckException Find(Gen<Simulation> generated, int number, string seed)
    {
        if (Generated(generated, seed) is not { } small)
            return new CsCheckException(
                $"Script {number} broke a law, and did not when it ran again: its run does not follow from its seed."
            );
        var smallest = Shrunk(small);
        return new CsCheckException(
            $"Script {number} breaks a law. The smallest found that does, from which no fault can be taken away:\n"
                + Complaint(smallest)
        );
    }

    /// <summary>Drops every fault without which the same law is broken.</summary>
    internal Simulation Shrunk(Simulation script)
    {
        var broken = run(script);
        var kind = KindOf(broken);
        // What never must be is wrong whatever else is; that a job does not end is wrong where its troubles do.
        var ends = broken.Violations.Count == 0;
        return Shrinking.Smallest(
            script,
            smaller => !(ends && Shrinking.LeavesTroubleOpen(smaller, script)) && KindOf(run(smaller)) == kind
        );
    }

    /// <summary>Which law was broken, whichever nodes and numbers it was about; null when none was.</summary>
    internal static string? KindOf(SimulationResult result) =>
        result.Violations is [var first, ..] ? WithoutNumbers(first.ReplaceLineEndings("\n").Split('\n')[0])
        : result.Failure is not { } failure ? null
        : result.HasEnded ? WithoutNumbers(failure)
        : "the job did not end";

    private static string WithoutNumbers(string text) => string.Concat(text.Where(letter => !char.IsDigit(letter)));

    // CsCheck tries the script again, then ones that are smaller, and shows the smallest that breaks.
    private Simulation? Generated(Gen<Simulation> generated, string seed)
    {
        Simulation? smallest = null;
        try
        {
            generated.Sample(
                script => run(script).ShouldBeSound(),
                seed: seed,
                iter: Smaller,
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

    private string Complaint(Simulation script)
    {
        try
        {
            run(script).ShouldBeSound();
            return script.ToCode();
        }
        catch (SimulationFailedException failed)
        {
            return failed.Message;
        }
    }
}
