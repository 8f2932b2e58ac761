namespace ActorTrain.TestKit.Laws;

/// <summary>
/// Something that mathematics says of distributed training, measured on the real actors in virtual time.
/// </summary>
internal interface ILaw
{
    /// <summary>A few words that name it.</summary>
    string Name { get; }

    /// <summary>What it says, in one sentence.</summary>
    string Statement { get; }

    /// <summary>Who has shown it, and where.</summary>
    string Source { get; }

    /// <summary>
    /// What it is measured by: each runs what it speaks of, and compares. They have nothing to do with each other, and
    /// may run at once.
    /// </summary>
    /// <param name="effort">How much is run.</param>
    IEnumerable<Func<LawRow>> Cases(Effort effort);
}

/// <summary>
/// How long a law is measured. The tolerances are the same, but where a law says that its own needs the long form.
/// </summary>
internal enum Effort
{
    /// <summary>Some seconds in all.</summary>
    Short,

    /// <summary>With more workers, and with room between what is measured and its tolerance.</summary>
    Full,
}
