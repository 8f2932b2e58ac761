namespace ActorTrain.TestKit.Laws;

/// <summary>
/// A theorem about distributed training, measured on the real actors in virtual time.
/// </summary>
internal interface ILaw
{
    /// <summary>A short name.</summary>
    string Name { get; }

    /// <summary>What it says, in one sentence.</summary>
    string Statement { get; }

    /// <summary>Its authors and publication.</summary>
    string Source { get; }

    /// <summary>
    /// The cases that it is measured in. Each runs a cluster and compares the result; they are independent and may run
    /// in parallel.
    /// </summary>
    /// <param name="effort">How much is run.</param>
    IEnumerable<Func<LawRow>> Cases(Effort effort);
}

/// <summary>
/// How long a law is measured. Tolerances are the same, unless a law documents a wider one for the short form.
/// </summary>
internal enum Effort
{
    /// <summary>Some seconds in all.</summary>
    Short,

    /// <summary>More workers, and results well within the tolerance.</summary>
    Full,
}
