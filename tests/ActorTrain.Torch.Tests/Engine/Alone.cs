namespace ActorTrain.Torch.Tests.Engine;

/// <summary>
/// Tests that run without others: those that measure the whole process, and those that make modules or draw numbers by
/// themselves, from the only random generator of the process, while an engine of another test may have seeded it.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
